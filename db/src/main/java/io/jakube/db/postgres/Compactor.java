package io.jakube.db.postgres;

import io.jakube.db.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * Removes history. First the promise is withdrawn ({@code compact_revision}, committed), then rows go in small windows with pauses between them, so that
 * writers hardly notice.
 *
 * <p>A row goes when it was replaced before the compaction revision, or is a deletion before it. Each window is a stretch of revisions, oldest first; what it
 * removes are its rows' predecessors and its own deletions. Rows from the compaction revision on stay, and so do their predecessors: every revision that can
 * still be read has all its rows, and every change that can still be watched has its previous value. The newest revision is never removed.
 */
final class Compactor {
    private static final long WINDOW = 2_000;
    private static final long PAUSE_MILLIS = 20;

    private final ConnectionPool pool;

    Compactor(ConnectionPool pool) {
        this.pool = pool;
    }

    /**
     * How far compaction is.
     *
     * @param promised history before this revision is promised to nobody
     * @param reached history before this revision is gone
     */
    record Progress(long promised, long reached) {}

    Progress progress() {
        return pool.run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("SELECT compact_revision, compacted_to FROM kv_meta"); ResultSet row = statement.executeQuery()) {
                row.next();
                return new Progress(row.getLong(1), row.getLong(2));
            }
        });
    }

    /** Withdraws the promise of what lies before a revision. */
    void promise(long revision) {
        LogReader.Head head = pool.run(LogReader::head);
        if (revision <= head.compactRevision()) {
            throw new StoreException.Compacted(head.compactRevision());
        }
        if (revision > head.revision()) {
            throw new StoreException.FutureRevision(head.revision());
        }
        pool.run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("UPDATE kv_meta SET compact_revision = ? WHERE compact_revision < ?")) {
                statement.setLong(1, revision);
                statement.setLong(2, revision);
                return statement.executeUpdate();
            }
        });
    }

    /** Removes one window of what is no longer promised. Idempotent. @return whether more is left */
    boolean sweep() {
        Progress progress = progress();
        if (progress.reached() >= progress.promised()) {
            return false;
        }
        long from = progress.reached();
        long to = Math.min(progress.promised(), from + WINDOW);
        pool.run(connection -> {
            connection.setAutoCommit(false);
            try {
                remove(connection, from, to);
                connection.commit();
                return null;
            } catch (SQLException e) {
                if (!SqlErrors.connectionLost(e)) {
                    connection.rollback();
                }
                throw e;
            } finally {
                if (!connection.isClosed()) {
                    connection.setAutoCommit(true);
                }
            }
        });
        return to < progress.promised();
    }

    private static void remove(Connection connection, long from, long to) throws SQLException {
        try (PreparedStatement replaced = connection.prepareStatement("DELETE FROM kv_log p USING kv_log n"
                        + " WHERE n.revision >= ? AND n.revision < ? AND n.prev_revision > 0 AND p.key = n.key AND p.revision = n.prev_revision");
                PreparedStatement deletions = connection.prepareStatement("DELETE FROM kv_log WHERE revision >= ? AND revision < ? AND deleted");
                PreparedStatement progress = connection.prepareStatement("UPDATE kv_meta SET compacted_to = ? WHERE compacted_to < ?")) {
            for (PreparedStatement statement : new PreparedStatement[] {replaced, deletions}) {
                statement.setLong(1, from);
                statement.setLong(2, to);
                statement.executeUpdate();
            }
            progress.setLong(1, to);
            progress.setLong(2, to);
            progress.executeUpdate();
        }
    }

    void sweepAll() {
        try {
            while (sweep()) {
                Thread.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
