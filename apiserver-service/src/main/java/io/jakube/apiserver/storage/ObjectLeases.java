package io.jakube.apiserver.storage;

import io.jakube.common.api.GroupResource;
import io.jakube.db.KeyValueStore;
import java.time.Duration;

/** Leases of objects that live for a limited time: events, one hour after their last write. A lease is shared by what is written within a minute. Thread-safe. */
final class ObjectLeases {
    private static final Duration EVENT_TTL = Duration.ofHours(1);
    private static final Duration SHARED = Duration.ofMinutes(1);
    private static final int MAX_KEYS = 1000;

    private final KeyValueStore store;
    private long lease;
    private long grantedNanos;
    private int keys;

    ObjectLeases(KeyValueStore store) {
        this.store = store;
    }

    /** The lease to attach on a write of the resource; 0 for none. */
    long leaseFor(GroupResource resource) {
        boolean event = resource.resource().equals("events") && (resource.group().isEmpty() || resource.group().equals("events.k8s.io"));
        return event ? eventLease() : 0;
    }

    private synchronized long eventLease() {
        long now = System.nanoTime();
        if (lease == 0 || keys >= MAX_KEYS || now - grantedNanos > SHARED.toNanos()) {
            lease = store.grantLease(EVENT_TTL.plus(SHARED).toSeconds(), 0);
            grantedNanos = now;
            keys = 0;
        }
        keys++;
        return lease;
    }
}
