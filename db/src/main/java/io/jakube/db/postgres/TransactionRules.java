package io.jakube.db.postgres;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.StoreException;
import io.jakube.db.StoreException.Reason;
import io.jakube.db.Transaction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What a transaction must keep to before it is tried: its size, and that no list writes a key twice. Stateless. */
final class TransactionRules {
    private TransactionRules() {}

    private record Writes(Set<Key> puts, List<KeyRange> deletes) {
        boolean collidesWith(Writes other) {
            return other.puts.stream().anyMatch(puts::contains) || hits(other.deletes) || other.hits(deletes);
        }

        private boolean hits(List<KeyRange> ranges) {
            return puts.stream().anyMatch(key -> ranges.stream().anyMatch(range -> range.contains(key)));
        }

        void addAll(Writes other) {
            puts.addAll(other.puts);
            deletes.addAll(other.deletes);
        }
    }

    /** @return bytes of keys and values in it */
    static int check(Transaction transaction, StoreConfig.Limits limits) {
        writes(transaction);
        return bytes(transaction, limits);
    }

    /** The two lists never both happen, and so may write the same keys. */
    private static Writes writes(Transaction transaction) {
        if (Math.max(transaction.conditions().size(), Math.max(transaction.then().size(), transaction.otherwise().size())) > Transaction.MAX_OPERATIONS) {
            throw new StoreException.InvalidRequest(Reason.TOO_MANY_OPERATIONS, "too many operations in txn request: the limit is " + Transaction.MAX_OPERATIONS);
        }
        Writes both = writes(transaction.then());
        both.addAll(writes(transaction.otherwise()));
        return both;
    }

    private static Writes writes(List<Transaction.Operation> operations) {
        Writes all = new Writes(new HashSet<>(), new ArrayList<>());
        for (Transaction.Operation operation : operations) {
            Writes own = switch (operation) {
                case Transaction.Put put -> new Writes(Set.of(put.key()), List.of());
                case Transaction.Delete delete -> new Writes(Set.of(), List.of(delete.range()));
                case Transaction.Get get -> new Writes(Set.of(), List.of());
                case Transaction.Nested nested -> writes(nested.transaction());
            };
            if (all.collidesWith(own)) {
                throw new StoreException.InvalidRequest(Reason.DUPLICATE_KEY, "duplicate key given in txn request");
            }
            all.addAll(own);
        }
        return all;
    }

    private static int bytes(Transaction transaction, StoreConfig.Limits limits) {
        long bytes = 0;
        for (List<Transaction.Operation> operations : List.of(transaction.then(), transaction.otherwise())) {
            for (Transaction.Operation operation : operations) {
                if (operation instanceof Transaction.Put put) {
                    ValueRules.check(put.key(), put.value(), limits);
                    byte[] value = put.value();
                    bytes += put.key().length() + (value == null ? 0 : value.length);
                } else if (operation instanceof Transaction.Nested nested) {
                    bytes += bytes(nested.transaction(), limits);
                }
            }
        }
        if (bytes > limits.queuedBytes()) {
            throw new StoreException.InvalidRequest(Reason.TOO_LARGE, "request is too large: " + bytes + " bytes");
        }
        return (int) bytes;
    }
}
