package io.jakube.db.etcd.v3;

import io.jakube.db.KeyRange;
import io.jakube.db.Transaction;
import io.jakube.db.Write;
import io.jakube.db.etcd.api.RequestOp;
import io.jakube.db.etcd.api.TxnRequest;
import org.jspecify.annotations.Nullable;

/** Recognises the transaction that is a compare-and-swap of one key: what Kubernetes sends for every create, update and delete. */
final class SwapShape {
    private SwapShape() {}

    /** The write a transaction comes down to; null where it is more than that. */
    static @Nullable Write of(TxnRequest request, Transaction transaction) {
        if (transaction.conditions().size() != 1 || transaction.then().size() != 1 || transaction.otherwise().size() > 1
                || !(transaction.conditions().getFirst() instanceof Transaction.NumberIs condition)
                || condition.number() != Transaction.Number.MOD_REVISION
                || condition.relation() != Transaction.Relation.EQUAL
                || condition.wanted() < 0
                || !isSingle(condition.range())) {
            return null;
        }
        KeyRange key = condition.range();
        if (!transaction.otherwise().isEmpty()
                && !(transaction.otherwise().getFirst() instanceof Transaction.Get(io.jakube.db.RangeRequest wanted) && wanted.equals(io.jakube.db.RangeRequest.of(key)))) {
            return null;
        }
        RequestOp operation = request.getSuccess(0);
        return switch (transaction.then().getFirst()) {
            case Transaction.Put put when put.key().equals(key.from()) && put.value() != null && put.lease() >= 0 && !operation.getRequestPut().getPrevKv() ->
                new Write(put.key(), put.value(), condition.wanted(), put.lease());
            case Transaction.Delete delete when delete.range().equals(key) && condition.wanted() > 0 && !operation.getRequestDeleteRange().getPrevKv() ->
                Write.delete(key.from(), condition.wanted());
            default -> null;
        };
    }

    private static boolean isSingle(KeyRange range) {
        return range.from().successor().equals(range.to());
    }
}
