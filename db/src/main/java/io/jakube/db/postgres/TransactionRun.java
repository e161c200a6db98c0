package io.jakube.db.postgres;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.RangeRequest;
import io.jakube.db.StoreException;
import io.jakube.db.StoreException.Reason;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Evaluates a transaction over a connection that holds the lock of all writers. Used once. */
final class TransactionRun {
    private final Connection connection;
    private final long base;
    /** Which branch each transaction takes, nested ones too; decided before anything is done. */
    private final Map<Transaction, Boolean> branches = new IdentityHashMap<>();
    private int sub;

    TransactionRun(Connection connection) throws SQLException {
        this.connection = connection;
        this.base = LogReader.head(connection).revision();
    }

    boolean wrote() {
        return sub > 0;
    }

    TransactionResult run(Transaction transaction) throws SQLException {
        decide(transaction);
        return apply(transaction);
    }

    private void decide(Transaction transaction) throws SQLException {
        boolean succeeded = true;
        for (Transaction.Condition condition : transaction.conditions()) {
            succeeded = succeeded && holds(condition);
        }
        branches.put(transaction, succeeded);
        for (Transaction.Operation operation : succeeded ? transaction.then() : transaction.otherwise()) {
            if (operation instanceof Transaction.Nested nested) {
                decide(nested.transaction());
            }
        }
    }

    private TransactionResult apply(Transaction transaction) throws SQLException {
        boolean succeeded = branches.get(transaction);
        List<TransactionResult.OperationResult> results = new ArrayList<>();
        for (Transaction.Operation operation : succeeded ? transaction.then() : transaction.otherwise()) {
            results.add(switch (operation) {
                case Transaction.Put put -> put(put);
                case Transaction.Delete delete -> delete(delete.range());
                case Transaction.Get get -> new TransactionResult.GetDone(RangeReader.read(connection, get.request()));
                case Transaction.Nested nested -> new TransactionResult.NestedDone(apply(nested.transaction()));
            });
        }
        return new TransactionResult(succeeded, wrote() ? base + 1 : base, results);
    }

    private boolean holds(Transaction.Condition condition) throws SQLException {
        RangeRequest request = RangeRequest.of(condition.range());
        List<KeyValue> found = RangeReader.read(connection, condition instanceof Transaction.ValueIs ? request : request.only(RangeRequest.Content.KEYS)).items();
        if (found.isEmpty()) {
            return condition instanceof Transaction.NumberIs number && holds(number.relation(), Long.compare(0, number.wanted()));
        }
        for (KeyValue item : found) {
            int compared = switch (condition) {
                case Transaction.NumberIs number -> Long.compare(number(item, number.number()), number.wanted());
                case Transaction.ValueIs value -> Arrays.compareUnsigned(item.value(), value.wanted());
            };
            if (!holds(condition.relation(), compared)) {
                return false;
            }
        }
        return true;
    }

    private static long number(KeyValue item, Transaction.Number number) {
        return switch (number) {
            case VERSION -> item.version();
            case CREATE_REVISION -> item.createRevision();
            case MOD_REVISION -> item.modRevision();
            case LEASE -> item.lease();
        };
    }

    private static boolean holds(Transaction.Relation relation, int compared) {
        return switch (relation) {
            case EQUAL -> compared == 0;
            case NOT_EQUAL -> compared != 0;
            case GREATER -> compared > 0;
            case LESS -> compared < 0;
        };
    }

    private TransactionResult.PutDone put(Transaction.Put put) throws SQLException {
        if (put.lease() > 0 && !leaseExists(put.lease())) {
            throw new StoreException.InvalidRequest(Reason.LEASE_NOT_FOUND, "requested lease not found: " + put.lease());
        }
        List<KeyValue> found = RangeReader.read(connection, KeyRange.single(put.key()), 0, 0).items();
        KeyValue previous = found.isEmpty() ? null : found.getFirst();
        if (previous == null && (put.value() == null || put.lease() == Transaction.Put.KEEP_LEASE)) {
            throw new StoreException.InvalidRequest(Reason.KEY_NOT_FOUND, "key not found: " + put.key());
        }
        byte[] value = put.value() != null || previous == null ? put.value() : previous.value();
        long lease = put.lease() == Transaction.Put.KEEP_LEASE && previous != null ? previous.lease() : put.lease();
        long create = previous == null ? base + 1 : previous.createRevision();
        long version = previous == null ? 1 : previous.version() + 1;
        try (PreparedStatement log = connection.prepareStatement("INSERT INTO kv_log VALUES (?, ?, ?, ?, ?, ?, false, clock_timestamp(), ?, ?)")) {
            log.setLong(1, base + 1);
            log.setInt(2, ++sub);
            log.setLong(3, create);
            log.setLong(4, previous == null ? 0 : previous.modRevision());
            log.setLong(5, version);
            log.setLong(6, lease);
            log.setBytes(7, put.key().toBytes());
            log.setBytes(8, value);
            log.executeUpdate();
        }
        try (PreparedStatement current = connection.prepareStatement("INSERT INTO kv_current VALUES (?, ?, ?, ?, ?) ON CONFLICT (key) DO UPDATE"
                + " SET mod_revision = excluded.mod_revision, version = excluded.version, lease = excluded.lease")) {
            current.setBytes(1, put.key().toBytes());
            current.setLong(2, base + 1);
            current.setLong(3, create);
            current.setLong(4, version);
            current.setLong(5, lease);
            current.executeUpdate();
        }
        return new TransactionResult.PutDone(previous);
    }

    private boolean leaseExists(long id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT 1 FROM kv_lease WHERE id = ?")) {
            statement.setLong(1, id);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    private TransactionResult.DeleteDone delete(KeyRange range) throws SQLException {
        List<KeyValue> previous = RangeReader.read(connection, range, 0, 0).items();
        if (!previous.isEmpty()) {
            Key to = range.to();
            try (PreparedStatement statement = connection.prepareStatement("WITH gone AS (DELETE FROM kv_current WHERE key >= ?" + (to == null ? "" : " AND key < ?")
                    + " RETURNING *) INSERT INTO kv_log SELECT ?, ? + row_number() OVER (ORDER BY key), create_revision, mod_revision, version + 1, 0, true,"
                    + " clock_timestamp(), key, NULL FROM gone")) {
                int parameter = 0;
                statement.setBytes(++parameter, range.from().toBytes());
                if (to != null) {
                    statement.setBytes(++parameter, to.toBytes());
                }
                statement.setLong(++parameter, base + 1);
                statement.setInt(++parameter, sub);
                sub += statement.executeUpdate();
            }
        }
        return new TransactionResult.DeleteDone(previous);
    }
}
