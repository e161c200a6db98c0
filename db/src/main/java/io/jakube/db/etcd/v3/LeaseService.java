package io.jakube.db.etcd.v3;

import static java.util.Objects.requireNonNull;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValueStore;
import io.jakube.db.LeaseStatus;
import io.jakube.db.StoreException;
import io.jakube.db.etcd.api.LeaseGrantRequest;
import io.jakube.db.etcd.api.LeaseGrantResponse;
import io.jakube.db.etcd.api.LeaseKeepAliveRequest;
import io.jakube.db.etcd.api.LeaseKeepAliveResponse;
import io.jakube.db.etcd.api.LeaseLeasesRequest;
import io.jakube.db.etcd.api.LeaseLeasesResponse;
import io.jakube.db.etcd.api.LeaseRevokeRequest;
import io.jakube.db.etcd.api.LeaseRevokeResponse;
import io.jakube.db.etcd.api.LeaseTimeToLiveRequest;
import io.jakube.db.etcd.api.LeaseTimeToLiveResponse;
import io.jakube.db.etcd.v2.V2Leases;
import java.util.List;
import java.util.Optional;

/** The service Lease. */
public final class LeaseService {
    /** etcd grants no less than one and a half election timeouts, rounded up. */
    private static final long MIN_TTL = 2;

    private static final long MAX_TTL = 9_000_000_000L;
    private static final long GONE = -1;
    private static final String NAME = "etcdserverpb.Lease";

    private final KeyValueStore store;
    private final Headers headers;
    private final Access access;

    public LeaseService(KeyValueStore store, Headers headers, Access access) {
        this.store = requireNonNull(store, "store is null");
        this.headers = headers;
        this.access = access;
    }

    public List<RpcMethod<?, ?>> methods() {
        return List.of(
                RpcMethod.unary(NAME, "LeaseGrant", LeaseGrantRequest.getDefaultInstance(), LeaseGrantResponse.getDefaultInstance(), this::grant),
                RpcMethod.unary(NAME, "LeaseRevoke", LeaseRevokeRequest.getDefaultInstance(), LeaseRevokeResponse.getDefaultInstance(), this::revoke),
                new RpcMethod<>(NAME, "LeaseKeepAlive", RpcMethod.Kind.BIDIRECTIONAL, LeaseKeepAliveRequest.getDefaultInstance(), LeaseKeepAliveResponse.getDefaultInstance(), this::keepAlive),
                RpcMethod.unary(NAME, "LeaseTimeToLive", LeaseTimeToLiveRequest.getDefaultInstance(), LeaseTimeToLiveResponse.getDefaultInstance(), this::timeToLive),
                RpcMethod.unary(NAME, "LeaseLeases", LeaseLeasesRequest.getDefaultInstance(), LeaseLeasesResponse.getDefaultInstance(), this::leases));
    }

    LeaseGrantResponse grant(Caller caller, LeaseGrantRequest request) {
        if (request.getTTL() > MAX_TTL) {
            throw EtcdError.LEASE_TTL_TOO_LARGE.exception();
        }
        long ttl = Math.max(MIN_TTL, request.getTTL());
        long id = store.grantLease(ttl, request.getID());
        return LeaseGrantResponse.newBuilder().setHeader(headers.now()).setID(id).setTTL(ttl).build();
    }

    LeaseRevokeResponse revoke(Caller caller, LeaseRevokeRequest request) {
        Optional<LeaseStatus> lease = store.lease(request.getID());
        if (lease.isPresent()) {
            for (Key key : lease.get().keys()) {
                access.write(caller, KeyRange.single(key));
            }
        }
        store.revokeLease(request.getID());
        return LeaseRevokeResponse.newBuilder().setHeader(headers.now()).build();
    }

    /** Lets a lease live on; the response says 0 where there is none. */
    LeaseKeepAliveResponse keepAlive(long id) {
        long ttl;
        try {
            ttl = store.keepLeaseAlive(id);
        } catch (StoreException.InvalidRequest e) {
            ttl = 0;
        }
        return LeaseKeepAliveResponse.newBuilder().setHeader(headers.now()).setID(id).setTTL(ttl).build();
    }

    private RpcMethod.Inbound<LeaseKeepAliveRequest> keepAlive(Caller caller, RpcMethod.Outbound<LeaseKeepAliveResponse> out) {
        return new RpcMethod.Inbound<>() {
            @Override
            public void next(LeaseKeepAliveRequest request) {
                out.send(keepAlive(request.getID()));
            }

            @Override
            public void completed() {
                out.complete();
            }
        };
    }

    LeaseTimeToLiveResponse timeToLive(Caller caller, LeaseTimeToLiveRequest request) {
        Optional<LeaseStatus> lease = store.lease(request.getID());
        LeaseTimeToLiveResponse.Builder response = LeaseTimeToLiveResponse.newBuilder().setHeader(headers.now()).setID(request.getID()).setTTL(GONE);
        lease.ifPresent(found -> {
            response.setTTL(found.remainingSeconds()).setGrantedTTL(found.grantedSeconds());
            if (request.getKeys()) {
                found.keys().forEach(key -> {
                    access.read(caller, KeyRange.single(key));
                    response.addKeys(KeySpace.name(key));
                });
            }
        });
        return response.build();
    }

    LeaseLeasesResponse leases(Caller caller, LeaseLeasesRequest request) {
        LeaseLeasesResponse.Builder response = LeaseLeasesResponse.newBuilder().setHeader(headers.now());
        store.leases().stream().filter(id -> !V2Leases.owns(id)).forEach(id -> response.addLeases(io.jakube.db.etcd.api.LeaseStatus.newBuilder().setID(id)));
        return response.build();
    }
}
