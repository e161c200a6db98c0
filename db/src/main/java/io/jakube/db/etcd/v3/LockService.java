package io.jakube.db.etcd.v3;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValueStore;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import io.jakube.db.etcd.api.LockRequest;
import io.jakube.db.etcd.api.LockResponse;
import io.jakube.db.etcd.api.UnlockRequest;
import io.jakube.db.etcd.api.UnlockResponse;
import java.util.List;

/** The service Lock: named locks that are held for as long as a lease lives. */
public final class LockService {
    private static final String NAME = "v3lockpb.Lock";
    private static final long OWN_TTL = 60;

    private final KeyValueStore store;
    private final Headers headers;
    private final Access access;
    private final Waiting waiting;

    public LockService(KeyValueStore store, Headers headers, Access access) {
        this.store = requireNonNull(store, "store is null");
        this.headers = headers;
        this.access = access;
        this.waiting = new Waiting(store);
    }

    public List<RpcMethod<?, ?>> methods() {
        return List.of(
                RpcMethod.waiting(NAME, "Lock", LockRequest.getDefaultInstance(), LockResponse.getDefaultInstance(), this::lock),
                RpcMethod.unary(NAME, "Unlock", UnlockRequest.getDefaultInstance(), UnlockResponse.getDefaultInstance(), this::unlock));
    }

    private LockResponse lock(Caller caller, LockRequest request) {
        access.write(caller, Waiting.queue(request.getName()));
        long lease = request.getLease() != 0 ? request.getLease() : store.grantLease(OWN_TTL, 0);
        Waiting.Place place = waiting.take(request.getName(), lease, ByteString.EMPTY);
        long revision = waiting.await(request.getName(), place);
        return LockResponse.newBuilder().setHeader(headers.at(revision)).setKey(KeySpace.name(place.key())).build();
    }

    private UnlockResponse unlock(Caller caller, UnlockRequest request) {
        KeyRange range = KeySpace.range(request.getKey(), ByteString.EMPTY);
        access.write(caller, range);
        TransactionResult result = store.transact(new Transaction(List.of(), List.of(new Transaction.Delete(range)), List.of())).join();
        return UnlockResponse.newBuilder().setHeader(headers.at(result.revision())).build();
    }
}
