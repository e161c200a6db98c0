package io.jakube.db.etcd.v3;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValueStore;
import io.jakube.db.RangeResult;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import io.jakube.db.etcd.api.CompactionRequest;
import io.jakube.db.etcd.api.CompactionResponse;
import io.jakube.db.etcd.api.DeleteRangeRequest;
import io.jakube.db.etcd.api.DeleteRangeResponse;
import io.jakube.db.etcd.api.PutRequest;
import io.jakube.db.etcd.api.PutResponse;
import io.jakube.db.etcd.api.RangeRequest;
import io.jakube.db.etcd.api.RangeResponse;
import io.jakube.db.etcd.api.TxnRequest;
import io.jakube.db.etcd.api.TxnResponse;
import java.util.List;

/**
 * The service KV. Whatever comes down to one conditional write of one key takes part in group commit; the rest goes as a transaction, which is committed by
 * itself.
 */
public final class KvService {
    /** Largest request (etcd's default of {@code --max-request-bytes}). */
    public static final int MAX_REQUEST_BYTES = 3 << 19;

    static final String NAME = "etcdserverpb.KV";

    private final KeyValueStore store;
    private final Headers headers;
    private final Access access;
    private final TxnTranslation transactions;

    public KvService(KeyValueStore store, Headers headers, Access access) {
        this.store = requireNonNull(store, "store is null");
        this.headers = headers;
        this.access = access;
        this.transactions = new TxnTranslation(headers, access);
    }

    public List<RpcMethod<?, ?>> methods() {
        return List.of(
                RpcMethod.unary(NAME, "Range", RangeRequest.getDefaultInstance(), RangeResponse.getDefaultInstance(), this::range),
                RpcMethod.unary(NAME, "Put", PutRequest.getDefaultInstance(), PutResponse.getDefaultInstance(), this::put),
                RpcMethod.unary(NAME, "DeleteRange", DeleteRangeRequest.getDefaultInstance(), DeleteRangeResponse.getDefaultInstance(), this::delete),
                RpcMethod.unary(NAME, "Txn", TxnRequest.getDefaultInstance(), TxnResponse.getDefaultInstance(), this::transact),
                RpcMethod.unary(NAME, "Compact", CompactionRequest.getDefaultInstance(), CompactionResponse.getDefaultInstance(), this::compact));
    }

    RangeResponse range(Caller caller, RangeRequest request) {
        io.jakube.db.RangeRequest wanted = Messages.range(request);
        access.read(caller, wanted.range());
        RangeResult result = store.range(wanted);
        return Messages.range(result, headers.at(result.revision()));
    }

    PutResponse put(Caller caller, PutRequest request) {
        Transaction.Put put = transactions.put(caller, request);
        requireFitting(request);
        if (request.getPrevKv() || request.getIgnoreValue() || request.getIgnoreLease()) {
            TransactionResult result = store.transact(new Transaction(List.of(), List.of(put), List.of())).join();
            return TxnTranslation.put(request, (TransactionResult.PutDone) result.results().getFirst(), headers.at(result.revision()));
        }
        WriteResult result = store.write(new Write(put.key(), requireNonNull(put.value()), Write.ANY, put.lease())).join();
        return PutResponse.newBuilder().setHeader(headers.at(((WriteResult.Committed) result).revision())).build();
    }

    DeleteRangeResponse delete(Caller caller, DeleteRangeRequest request) {
        Transaction.Delete delete = transactions.delete(caller, request);
        if (request.getRangeEnd().isEmpty() && !request.getPrevKv()) {
            return switch (store.write(Write.delete(delete.range().from(), Write.ANY)).join()) {
                case WriteResult.Committed done -> DeleteRangeResponse.newBuilder().setHeader(headers.at(done.revision())).setDeleted(1).build();
                case WriteResult.Conflict missing -> DeleteRangeResponse.newBuilder().setHeader(headers.now()).build();
            };
        }
        TransactionResult result = store.transact(new Transaction(List.of(), List.of(delete), List.of())).join();
        return TxnTranslation.delete(request, (TransactionResult.DeleteDone) result.results().getFirst(), headers.at(result.revision()));
    }

    TxnResponse transact(Caller caller, TxnRequest request) {
        Transaction transaction = transactions.transaction(caller, request);
        requireFitting(request);
        Write write = SwapShape.of(request, transaction);
        if (write != null) {
            TxnResponse response = swap(request, write);
            if (response != null) {
                return response;
            }
        }
        return transactions.response(request, store.transact(transaction).join());
    }

    /** @return null where the key changed between the failed condition and the read that the client wants in that case */
    private @org.jspecify.annotations.Nullable TxnResponse swap(TxnRequest request, Write write) {
        switch (store.write(write).join()) {
            case WriteResult.Committed done -> {
                return transactions.swapped(request, done.revision());
            }
            case WriteResult.Conflict conflict -> {
                if (request.getFailureCount() == 0) {
                    return TxnResponse.newBuilder().setHeader(headers.now()).build();
                }
                Key key = write.key();
                RangeResult now = store.range(KeyRange.single(key), 0, 0);
                long at = now.items().isEmpty() ? 0 : now.items().getFirst().modRevision();
                return at == write.expectedRevision() ? null : transactions.notSwapped(now);
            }
        }
    }

    CompactionResponse compact(Caller caller, CompactionRequest request) {
        access.administer(caller);
        store.compact(request.getRevision(), request.getPhysical());
        return CompactionResponse.newBuilder().setHeader(headers.now()).build();
    }

    private static void requireFitting(Message request) {
        if (request.getSerializedSize() > MAX_REQUEST_BYTES) {
            throw EtcdError.REQUEST_TOO_LARGE.exception();
        }
    }

    static ByteString bytes(byte[] value) {
        return com.google.protobuf.UnsafeByteOperations.unsafeWrap(value);
    }
}
