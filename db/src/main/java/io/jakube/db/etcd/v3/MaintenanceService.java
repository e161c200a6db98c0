package io.jakube.db.etcd.v3;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreAdministration;
import io.jakube.db.StoreException;
import io.jakube.db.etcd.api.AlarmRequest;
import io.jakube.db.etcd.api.AlarmResponse;
import io.jakube.db.etcd.api.DefragmentRequest;
import io.jakube.db.etcd.api.DefragmentResponse;
import io.jakube.db.etcd.api.DowngradeRequest;
import io.jakube.db.etcd.api.DowngradeResponse;
import io.jakube.db.etcd.api.HashKVRequest;
import io.jakube.db.etcd.api.HashKVResponse;
import io.jakube.db.etcd.api.HashRequest;
import io.jakube.db.etcd.api.HashResponse;
import io.jakube.db.etcd.api.MoveLeaderRequest;
import io.jakube.db.etcd.api.MoveLeaderResponse;
import io.jakube.db.etcd.api.SnapshotRequest;
import io.jakube.db.etcd.api.SnapshotResponse;
import io.jakube.db.etcd.api.StatusRequest;
import io.jakube.db.etcd.api.StatusResponse;
import java.util.List;

/** The service Maintenance. */
public final class MaintenanceService {
    /** The version whose API this is. Kubernetes asks for progress of watches from 3.5.13 on. */
    public static final String VERSION = "3.5.17";

    private static final String NAME = "etcdserverpb.Maintenance";
    private static final int CHUNK_BYTES = 32 << 10;

    private final KeyValueStore store;
    private final StoreAdministration administration;
    private final Membership membership;
    private final Headers headers;
    private final Access access;

    public MaintenanceService(KeyValueStore store, StoreAdministration administration, Membership membership, Headers headers, Access access) {
        this.store = requireNonNull(store, "store is null");
        this.administration = requireNonNull(administration, "administration is null");
        this.membership = membership;
        this.headers = headers;
        this.access = access;
    }

    public List<RpcMethod<?, ?>> methods() {
        return List.of(
                RpcMethod.unary(NAME, "Alarm", AlarmRequest.getDefaultInstance(), AlarmResponse.getDefaultInstance(), this::alarm),
                RpcMethod.unary(NAME, "Status", StatusRequest.getDefaultInstance(), StatusResponse.getDefaultInstance(), (caller, request) -> status()),
                RpcMethod.unary(NAME, "Defragment", DefragmentRequest.getDefaultInstance(), DefragmentResponse.getDefaultInstance(), (caller, request) -> {
                    access.administer(caller);
                    return DefragmentResponse.newBuilder().setHeader(headers.now()).build();
                }),
                RpcMethod.unary(NAME, "Hash", HashRequest.getDefaultInstance(), HashResponse.getDefaultInstance(), (caller, request) -> {
                    access.administer(caller);
                    return HashResponse.newBuilder().setHeader(headers.now()).setHash(administration.hash(0)).build();
                }),
                RpcMethod.unary(NAME, "HashKV", HashKVRequest.getDefaultInstance(), HashKVResponse.getDefaultInstance(), this::hash),
                new RpcMethod<>(NAME, "Snapshot", RpcMethod.Kind.SERVER_STREAMING, SnapshotRequest.getDefaultInstance(), SnapshotResponse.getDefaultInstance(), this::snapshot),
                RpcMethod.unary(NAME, "MoveLeader", MoveLeaderRequest.getDefaultInstance(), MoveLeaderResponse.getDefaultInstance(), (caller, request) -> {
                    access.administer(caller);
                    if (membership.all().stream().noneMatch(member -> member.id() == request.getTargetID())) {
                        throw EtcdError.BAD_LEADER_TRANSFEREE.exception();
                    }
                    throw EtcdError.BAD_LEADER_TRANSFEREE.because("all members serve alike, and none leads");
                }),
                RpcMethod.unary(NAME, "Downgrade", DowngradeRequest.getDefaultInstance(), DowngradeResponse.getDefaultInstance(), (caller, request) -> {
                    access.administer(caller);
                    throw EtcdError.unsupported("the version of the API does not depend on the data, so there is nothing to downgrade");
                }));
    }

    private AlarmResponse alarm(Caller caller, AlarmRequest request) {
        access.administer(caller);
        if (request.getAction() == AlarmRequest.AlarmAction.ACTIVATE) {
            throw EtcdError.unsupported("alarms are not raised by clients");
        }
        return AlarmResponse.getDefaultInstance();
    }

    public StatusResponse status() {
        long revision = store.currentRevision();
        return StatusResponse.newBuilder()
                .setHeader(headers.at(revision))
                .setVersion(VERSION)
                .setDbSize(administration.sizeBytes())
                .setDbSizeInUse(administration.tableBytes())
                .setLeader(membership.leader())
                .setRaftIndex(revision)
                .setRaftAppliedIndex(revision)
                .setRaftTerm(Headers.TERM)
                .build();
    }

    private HashKVResponse hash(Caller caller, HashKVRequest request) {
        access.administer(caller);
        long revision = store.currentRevision();
        long compacted = store.compactRevision();
        if (request.getRevision() > revision) {
            throw EtcdError.FUTURE_REVISION.exception();
        }
        if (request.getRevision() > 0 && request.getRevision() <= compacted) {
            throw EtcdError.COMPACTED.exception();
        }
        long wanted = request.getRevision() > 0 ? request.getRevision() : revision;
        return HashKVResponse.newBuilder()
                .setHeader(headers.at(revision))
                .setHash(administration.hash(wanted))
                .setCompactRevision(compacted == 0 ? -1 : compacted)
                .setHashRevision(wanted)
                .build();
    }

    private RpcMethod.Inbound<SnapshotRequest> snapshot(Caller caller, RpcMethod.Outbound<SnapshotResponse> out) {
        return request -> {
            access.administer(caller);
            try (SnapshotFile file = SnapshotFile.of(store, KvService.MAX_REQUEST_BYTES)) {
                file.chunks(CHUNK_BYTES, (bytes, remaining) -> out.send(SnapshotResponse.newBuilder()
                        .setHeader(headers.at(file.revision()))
                        .setRemainingBytes(remaining)
                        .setBlob(ByteString.copyFrom(bytes))
                        .build()));
                out.complete();
            } catch (java.io.IOException e) {
                throw new StoreException.Unavailable("the snapshot could not be written: " + e.getMessage(), false, e);
            }
        };
    }
}
