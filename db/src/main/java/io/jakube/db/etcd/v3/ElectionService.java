package io.jakube.db.etcd.v3;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreException;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import io.jakube.db.etcd.api.CampaignRequest;
import io.jakube.db.etcd.api.CampaignResponse;
import io.jakube.db.etcd.api.LeaderKey;
import io.jakube.db.etcd.api.LeaderRequest;
import io.jakube.db.etcd.api.LeaderResponse;
import io.jakube.db.etcd.api.ProclaimRequest;
import io.jakube.db.etcd.api.ProclaimResponse;
import io.jakube.db.etcd.api.ResignRequest;
import io.jakube.db.etcd.api.ResignResponse;
import java.util.List;
import java.util.Optional;

/** The service Election: whoever is first in the queue of an election leads, for as long as a lease lives. */
public final class ElectionService {
    private static final String NAME = "v3electionpb.Election";
    private static final long OWN_TTL = 60;

    private final KeyValueStore store;
    private final Headers headers;
    private final Access access;
    private final Waiting waiting;

    public ElectionService(KeyValueStore store, Headers headers, Access access) {
        this.store = requireNonNull(store, "store is null");
        this.headers = headers;
        this.access = access;
        this.waiting = new Waiting(store);
    }

    public List<RpcMethod<?, ?>> methods() {
        return List.of(
                RpcMethod.waiting(NAME, "Campaign", CampaignRequest.getDefaultInstance(), CampaignResponse.getDefaultInstance(), this::campaign),
                RpcMethod.unary(NAME, "Proclaim", ProclaimRequest.getDefaultInstance(), ProclaimResponse.getDefaultInstance(), this::proclaim),
                RpcMethod.unary(NAME, "Leader", LeaderRequest.getDefaultInstance(), LeaderResponse.getDefaultInstance(), this::leader),
                new RpcMethod<>(NAME, "Observe", RpcMethod.Kind.SERVER_STREAMING, LeaderRequest.getDefaultInstance(), LeaderResponse.getDefaultInstance(), this::observe),
                RpcMethod.unary(NAME, "Resign", ResignRequest.getDefaultInstance(), ResignResponse.getDefaultInstance(), this::resign));
    }

    private CampaignResponse campaign(Caller caller, CampaignRequest request) {
        access.write(caller, Waiting.queue(request.getName()));
        long lease = request.getLease() != 0 ? request.getLease() : store.grantLease(OWN_TTL, 0);
        Waiting.Place place = waiting.take(request.getName(), lease, request.getValue());
        LeaderKey key = LeaderKey.newBuilder().setName(request.getName()).setKey(KeySpace.name(place.key())).setRev(place.created()).setLease(lease).build();
        KeyValue held = store.range(KeyRange.single(place.key()), 0, 0).items().stream().findFirst().orElseThrow(EtcdError.LEASE_NOT_FOUND::exception);
        if (!ByteString.copyFrom(held.value()).equals(request.getValue())) {
            replace(key, request.getValue());
        }
        long revision = waiting.await(request.getName(), place);
        return CampaignResponse.newBuilder().setHeader(headers.at(revision)).setLeader(key).build();
    }

    private long replace(LeaderKey leader, ByteString value) {
        Key key = KeySpace.key(leader.getKey());
        TransactionResult result =
                store.transact(new Transaction(List.of(held(leader)), List.of(new Transaction.Put(key, value.toByteArray(), leader.getLease())), List.of())).join();
        if (!result.succeeded()) {
            throw notLeader();
        }
        return result.revision();
    }

    private static Transaction.Condition held(LeaderKey leader) {
        return new Transaction.NumberIs(KeySpace.range(leader.getKey(), ByteString.EMPTY), Transaction.Number.CREATE_REVISION, Transaction.Relation.EQUAL, leader.getRev());
    }

    private static StatusRuntimeException notLeader() {
        return Status.UNKNOWN.withDescription("election: not leader").asRuntimeException();
    }

    private ProclaimResponse proclaim(Caller caller, ProclaimRequest request) {
        access.write(caller, KeySpace.range(request.getLeader().getKey(), ByteString.EMPTY));
        return ProclaimResponse.newBuilder().setHeader(headers.at(replace(request.getLeader(), request.getValue()))).build();
    }

    private LeaderResponse leader(Caller caller, LeaderRequest request) {
        access.read(caller, Waiting.queue(request.getName()));
        KeyValue first = waiting.first(request.getName()).orElseThrow(() -> Status.UNKNOWN.withDescription("election: no leader").asRuntimeException());
        return LeaderResponse.newBuilder().setHeader(headers.now()).setKv(Messages.keyValue(first)).build();
    }

    private ResignResponse resign(Caller caller, ResignRequest request) {
        KeyRange range = KeySpace.range(request.getLeader().getKey(), ByteString.EMPTY);
        access.write(caller, range);
        TransactionResult result = store.transact(new Transaction(List.of(held(request.getLeader())), List.of(new Transaction.Delete(range)), List.of())).join();
        return ResignResponse.newBuilder().setHeader(headers.at(result.revision())).build();
    }

    private RpcMethod.Inbound<LeaderRequest> observe(Caller caller, RpcMethod.Outbound<LeaderResponse> out) {
        return new Observation(caller, out);
    }

    /** Tells who leads, whenever that or what the leader says changes. */
    private final class Observation implements RpcMethod.Inbound<LeaderRequest>, WatchObserver {
        private final Caller caller;
        private final RpcMethod.Outbound<LeaderResponse> out;
        private ByteString name = ByteString.EMPTY;
        private long told;
        private AutoCloseable watch = () -> {};

        Observation(Caller caller, RpcMethod.Outbound<LeaderResponse> out) {
            this.caller = caller;
            this.out = out;
        }

        @Override
        public void next(LeaderRequest request) {
            access.read(caller, Waiting.queue(request.getName()));
            name = request.getName();
            long from = store.currentRevision() + 1;
            tell();
            watch = store.watch(Waiting.queue(name), from, this);
        }

        private synchronized void tell() {
            Optional<KeyValue> first = waiting.first(name);
            if (first.isPresent() && first.get().modRevision() != told) {
                told = first.get().modRevision();
                out.send(LeaderResponse.newBuilder().setHeader(headers.at(told)).setKv(Messages.keyValue(first.get())).build());
            }
        }

        @Override
        public void onEvents(List<WatchEvent> events, long revision) {
            if (!events.isEmpty()) {
                // Not on the feed's thread: it reads.
                Thread.startVirtualThread(this::tell);
            }
        }

        @Override
        public void onEnd(StoreException reason) {
            out.fail(reason);
        }

        @Override
        public void cancelled() {
            Waiting.closeQuietly(watch);
        }
    }
}
