package io.jakube.db.postgres;

import io.jakube.db.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database's lives, as this process knows them. PostgreSQL begins a new timeline when a standby is promoted or a backup restored. The first process that
 * connects afterwards, be it one that knows of nothing, writes down a new epoch, and with it whether acknowledged writes can be missing: not where commits waited for a
 * standby, possibly where they did not, certainly where somebody has seen a revision that is not there. In the last two cases revisions jump, and what lies before is
 * compacted (see {@code kv_begin_epoch}). Thread-safe.
 */
final class Epochs {
    private static final Logger LOG = LoggerFactory.getLogger(Epochs.class);

    private final boolean writer;
    private final AtomicLong seen = new AtomicLong();
    private volatile @Nullable Identity identity;
    private volatile int epoch;

    /** Which server's data, and which of its histories. */
    private record Identity(long system, long timeline) {}

    /** @param writer whether the role may write down an epoch; others wait for one that may */
    Epochs(boolean writer) {
        this.writer = writer;
    }

    /** Takes note of a revision that the database has shown. */
    void seen(long revision) {
        seen.accumulateAndGet(revision, Math::max);
    }

    /** Looks at the database behind a new connection. */
    void check(Connection connection) throws SQLException {
        Identity found;
        Identity recorded;
        int latest;
        try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT epoch, e.system_identifier, e.timeline, c.system_identifier, kv_timeline() FROM kv_epoch e, pg_control_system() c ORDER BY epoch DESC LIMIT 1");
                ResultSet row = statement.executeQuery()) {
            row.next();
            latest = row.getInt(1);
            recorded = new Identity(row.getLong(2), row.getLong(3));
            found = new Identity(row.getLong(4), row.getLong(5));
        }
        if (writer && (!found.equals(recorded) || !found.equals(identity))) {
            latest = begin(connection, false);
        }
        identity = found;
        advance(connection, latest);
    }

    /** Writes down that acknowledged writes are gone. */
    void lost(Connection connection) throws SQLException {
        if (writer) {
            advance(connection, begin(connection, true));
        }
    }

    private int begin(Connection connection, boolean lost) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT kv_begin_epoch(?, ?)")) {
            statement.setLong(1, seen.get());
            statement.setBoolean(2, lost);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private synchronized void advance(Connection connection, int latest) throws SQLException {
        int known = epoch;
        if (latest <= known) {
            return;
        }
        epoch = latest;
        if (known == 0 && latest == 1) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT epoch, loss, began_at, kept_revision, seen_revision, first_revision FROM kv_epoch WHERE epoch > ? ORDER BY epoch")) {
            statement.setInt(1, known == 0 ? latest - 1 : known);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    tell(row);
                }
            }
        }
    }

    private static void tell(ResultSet row) throws SQLException {
        String text = "The database was promoted or restored (epoch " + row.getInt(1) + ", " + row.getString(3) + ") with revision " + row.getLong(4);
        switch (row.getString(2)) {
            case "none" -> LOG.info("{}; commits waited for a standby, so nothing acknowledged is missing", text);
            case "possible" -> LOG.warn("{}; commits did not wait for a standby, so acknowledged writes may be missing. Revisions go on at {}; clients read anew",
                    text, row.getLong(6));
            default -> LOG.error("{}; ACKNOWLEDGED WRITES ARE LOST (revision {} had been seen). Revisions go on at {}; clients read anew",
                    text, row.getLong(5), row.getLong(6));
        }
    }

    /** The epoch this process knows to be the latest; 0 before the first connection. */
    int current() {
        return epoch;
    }

    /** Why watches end that were begun in an earlier epoch and stood at a revision; null where nothing can be missing since. */
    static @Nullable StoreException loss(Connection connection, int since, long revision) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT loss, kept_revision FROM kv_epoch WHERE epoch > ? AND loss <> 'none' ORDER BY loss = 'certain' DESC, epoch DESC LIMIT 1")) {
            statement.setInt(1, since);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return null;
                }
                return new StoreException.LostWrites(row.getString(1).equals("certain")
                        ? "the database lost acknowledged writes in a failover: it kept revision " + row.getLong(2) + ", the watch stood at " + revision
                        : "the database may have lost acknowledged writes in a failover: its standby was not synchronous and had come to revision " + row.getLong(2), null);
            }
        }
    }
}
