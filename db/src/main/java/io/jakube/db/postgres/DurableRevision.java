package io.jakube.db.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Up to which revision the log is known to survive a crash. A batch of writes is visible to others shortly before that, since writers do not hold up one another
 * while they wait for the disk (see {@code kv_commit}). So whoever has read from the log comes here before showing it.
 *
 * <p>What is known comes from this process's own commits and from notifications, which are sent after the disk was reached. Thread-safe.
 */
final class DurableRevision {
    private final AtomicLong known = new AtomicLong();

    /** The log is durable up to a revision. */
    void reached(long revision) {
        known.accumulateAndGet(revision, Math::max);
    }

    long known() {
        return known.get();
    }

    /** What was known need not be true of the database behind a new connection. */
    void forget() {
        known.set(0);
    }

    /**
     * Returns when a revision that was read over a connection is durable. Where that is not known, commits a message of no content, which reaches the disk, and the
     * synchronous standby, after everything that was visible before.
     */
    void await(Connection connection, long revision) throws SQLException {
        if (revision > known.get()) {
            try (PreparedStatement statement = connection.prepareStatement("SELECT pg_logical_emit_message(true, 'jakube', '')")) {
                statement.execute();
            }
            reached(revision);
        }
    }
}
