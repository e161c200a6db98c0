package io.jakube.db.etcd.v3;

import io.jakube.db.KeyValueStore;
import io.jakube.db.etcd.api.ResponseHeader;

/** What every response begins with. */
public final class Headers {
    /** There are no elections here; clients only expect it not to fall. */
    static final long TERM = 2;

    private final KeyValueStore store;
    private final long clusterId;
    private final long memberId;

    public Headers(KeyValueStore store, long clusterId, long memberId) {
        this.store = store;
        this.clusterId = clusterId;
        this.memberId = memberId;
    }

    ResponseHeader at(long revision) {
        return ResponseHeader.newBuilder().setClusterId(clusterId).setMemberId(memberId).setRevision(revision).setRaftTerm(TERM).build();
    }

    ResponseHeader now() {
        return at(store.currentRevision());
    }

    /** Of an operation within a transaction. */
    static ResponseHeader within(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    long clusterId() {
        return clusterId;
    }

    long memberId() {
        return memberId;
    }
}
