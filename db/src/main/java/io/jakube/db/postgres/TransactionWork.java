package io.jakube.db.postgres;

import io.jakube.db.StoreException;
import io.jakube.db.TransactionResult;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One transaction. Conditions and operations are evaluated here, statement by statement, while the lock that orders all writes is held. The writer's row is
 * part of the transaction; so after a lost connection it tells whether the commit took place, and the result that was worked out before it stands.
 */
final class TransactionWork implements Work {
    private final Pending.OfTransaction pending;
    private boolean dropped;
    private @Nullable TransactionResult result;
    private @Nullable StoreException refusal;

    TransactionWork(Pending.OfTransaction pending) {
        this.pending = pending;
    }

    @Override
    public List<Pending> callers() {
        return dropped ? List.of() : List.of(pending);
    }

    @Override
    public void dropExpired(long now) {
        dropped = pending.expired(now);
    }

    @Override
    public void commit(Connection connection, long writer, long sequence) throws SQLException {
        connection.setAutoCommit(false);
        try {
            apply(connection, writer, sequence);
            connection.commit();
        } catch (SQLException e) {
            if (!SqlErrors.connectionLost(e)) {
                connection.rollback();
            }
            throw e;
        } catch (RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            if (!connection.isClosed()) {
                connection.setAutoCommit(true);
            }
        }
    }

    private void apply(Connection connection, long writer, long sequence) throws SQLException {
        try (PreparedStatement lock = connection.prepareStatement("SELECT pg_advisory_xact_lock(7)")) {
            lock.execute();
        }
        long last = lastSequence(connection, writer);
        if (last == sequence && (result != null || refusal != null)) {
            return;
        }
        if (last != sequence - 1) {
            throw new SQLException("writer " + writer + " sends transaction " + sequence + " but the database has " + last, "KV001");
        }
        TransactionRun run = new TransactionRun(connection);
        TransactionResult done;
        try {
            done = run.run(pending.transaction());
        } catch (StoreException e) {
            // What it may have written goes; the sequence number is used, so that the outcome of a resend is the same.
            connection.rollback();
            refusal = e;
            record(connection, writer, sequence, 0);
            return;
        }
        refusal = null;
        result = done;
        record(connection, writer, sequence, run.wrote() ? done.revision() : 0);
    }

    static long lastSequence(Connection connection, long writer) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT last_seq FROM kv_writer WHERE writer_id = ?")) {
            statement.setLong(1, writer);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    private static void record(Connection connection, long writer, long sequence, long revision) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("INSERT INTO kv_writer AS w VALUES (?, ?, ARRAY[?::bigint], clock_timestamp())"
                + " ON CONFLICT (writer_id) DO UPDATE SET last_seq = excluded.last_seq, results = excluded.results, used_at = excluded.used_at")) {
            statement.setLong(1, writer);
            statement.setLong(2, sequence);
            statement.setLong(3, revision);
            statement.executeUpdate();
        }
        if (revision > 0) {
            try (PreparedStatement statement = connection.prepareStatement("SELECT pg_notify('jakube_kv', ?)")) {
                statement.setString(1, String.valueOf(revision));
                statement.execute();
            }
        }
    }

    @Override
    public long revision() {
        TransactionResult done = result;
        return done == null ? 0 : done.revision();
    }

    @Override
    public void answer() {
        TransactionResult done = result;
        StoreException refused = refusal;
        if (refused != null) {
            pending.fail(refused);
        } else if (done != null) {
            pending.result().complete(done);
        }
    }

    @Override
    public List<Work> parts() {
        return List.of(this);
    }

    @Override
    public String describe() {
        return "a transaction";
    }
}
