package io.jakube.db.postgres;

import io.jakube.db.StoreException;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;

/** Independent writes, at most one per key, committed by one call of {@code kv_commit}. */
final class WriteBatch implements Work {
    private static final String SQL = "CALL kv_commit(?, ?, ?, ?, ?, ?, ?, NULL)";
    private static final long UNKNOWN_LEASE = Long.MIN_VALUE;

    private List<Pending.OfWrite> writes;
    private long[] results = {};

    WriteBatch(List<Pending.OfWrite> writes) {
        this.writes = writes;
    }

    @Override
    public List<Pending.OfWrite> callers() {
        return writes;
    }

    @Override
    public void dropExpired(long now) {
        if (writes.stream().anyMatch(write -> write.expired(now))) {
            writes = writes.stream().filter(write -> !write.expired(now)).toList();
        }
    }

    @Override
    public void commit(Connection connection, long writer, long sequence) throws SQLException {
        try {
            call(connection, writer, sequence);
        } catch (SQLException e) {
            if (!SqlErrors.connectionLost(e) && TransactionWork.lastSequence(connection, writer) == sequence) {
                throw new SQLException("the batch is applied, but did not reach the disk yet: " + e.getMessage(), "40001", e);
            }
            throw e;
        }
    }

    private void call(Connection connection, long writer, long sequence) throws SQLException {
        int n = writes.size();
        byte[][] keys = new byte[n][];
        Long[] expected = new Long[n];
        Boolean[] deletes = new Boolean[n];
        Long[] leases = new Long[n];
        byte[][] values = new byte[n][];
        for (int i = 0; i < n; i++) {
            Write write = writes.get(i).write();
            byte[] value = write.value();
            keys[i] = write.key().toBytes();
            expected[i] = write.expectedRevision();
            deletes[i] = value == null;
            leases[i] = value == null ? 0 : write.lease();
            values[i] = value == null ? new byte[0] : value;
        }
        try (PreparedStatement call = connection.prepareStatement(SQL)) {
            call.setLong(1, writer);
            call.setLong(2, sequence);
            call.setArray(3, connection.createArrayOf("bytea", keys));
            call.setArray(4, connection.createArrayOf("int8", expected));
            call.setArray(5, connection.createArrayOf("bool", deletes));
            call.setArray(6, connection.createArrayOf("int8", leases));
            call.setArray(7, connection.createArrayOf("bytea", values));
            try (ResultSet row = call.executeQuery()) {
                row.next();
                Long[] answers = (Long[]) row.getArray(1).getArray();
                results = new long[n];
                for (int i = 0; i < n; i++) {
                    results[i] = answers[i];
                }
            }
        }
    }

    @Override
    public long revision() {
        return Arrays.stream(results).max().orElse(0);
    }

    @Override
    public void answer() {
        for (int i = 0; i < results.length; i++) {
            Pending.OfWrite pending = writes.get(i);
            long result = results[i];
            if (result > 0) {
                pending.result().complete(new WriteResult.Committed(result));
            } else if (result == UNKNOWN_LEASE) {
                pending.fail(new StoreException.InvalidRequest(StoreException.Reason.LEASE_NOT_FOUND, "requested lease not found: " + pending.write().lease()));
            } else {
                pending.result().complete(new WriteResult.Conflict(-result - 1));
            }
        }
    }

    @Override
    public List<Work> parts() {
        int half = writes.size() / 2;
        return half == 0 ? List.of(this) : List.of(new WriteBatch(writes.subList(0, half)), new WriteBatch(writes.subList(half, writes.size())));
    }

    @Override
    public String describe() {
        return writes.size() == 1 ? "the write of " + writes.getFirst().write().key() : "a batch of " + writes.size() + " writes";
    }
}
