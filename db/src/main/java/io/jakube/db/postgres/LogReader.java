package io.jakube.db.postgres;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.StoreException;
import io.jakube.db.WatchEvent;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads changes from the log in revision order. Stateless. */
final class LogReader {
    /** Rows per read; a revision is never cut in two. */
    static final int PAGE = 500;

    private LogReader() {}

    /**
     * Some changes.
     *
     * @param events all changes after the asked revision, up to {@code revision}
     * @param revision how far this page reaches; the asked one where there is nothing new
     * @param more whether the log goes on
     * @param writtenAt when the last event was written; null where that was not read
     */
    record Page(List<WatchEvent> events, long revision, boolean more, @Nullable OffsetDateTime writtenAt) {}

    /** What the database says about its log. */
    record Head(long revision, long compactRevision) {}

    static Head head(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                        connection.prepareStatement("SELECT (SELECT coalesce(max(revision), 0) FROM kv_log), (SELECT compact_revision FROM kv_meta)");
                ResultSet row = statement.executeQuery()) {
            row.next();
            return new Head(row.getLong(1), row.getLong(2));
        }
    }

    /**
     * Reads the changes after a revision.
     *
     * @param range keys to read, null for all. A page of a range may end with revisions that hold nothing of it
     * @param upTo last revision to read, inclusive
     * @throws StoreException.Compacted where some of them are gone
     */
    static Page after(Connection connection, @Nullable KeyRange range, long revision, long upTo) throws SQLException {
        for (int limit = PAGE; ; limit *= 4) {
            Page page = read(connection, range, revision, upTo, limit);
            if (page != null) {
                return page;
            }
        }
    }

    private static @Nullable Page read(Connection connection, @Nullable KeyRange range, long after, long upTo, int limit) throws SQLException {
        Key to = range == null ? null : range.to();
        String sql = "SELECT h.compacted, h.head, l.deleted, l.key, l.value, l.create_revision, l.revision, l.version, l.lease,"
                + " p.key, p.value, p.create_revision, p.revision, p.version, p.lease, l.written_at"
                + " FROM (SELECT (SELECT compact_revision FROM kv_meta) AS compacted, (SELECT coalesce(max(revision), 0) FROM kv_log) AS head) h"
                + " LEFT JOIN (SELECT * FROM kv_log WHERE revision > ? AND revision <= ?" + (range == null ? "" : " AND key >= ?") + (to == null ? "" : " AND key < ?")
                + " ORDER BY revision, sub LIMIT " + limit + ") l ON true"
                + " LEFT JOIN kv_log p ON l.prev_revision > 0 AND p.key = l.key AND p.revision = l.prev_revision ORDER BY l.revision, l.sub";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int parameter = 0;
            statement.setLong(++parameter, after);
            statement.setLong(++parameter, upTo);
            if (range != null) {
                statement.setBytes(++parameter, range.from().toBytes());
            }
            if (to != null) {
                statement.setBytes(++parameter, to.toBytes());
            }
            List<WatchEvent> events = new ArrayList<>();
            long head = after;
            OffsetDateTime writtenAt = null;
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    if (events.isEmpty()) {
                        head = Math.max(after, Math.min(upTo, rows.getLong(2)));
                        if (after + 1 < rows.getLong(1)) {
                            throw new StoreException.Compacted(rows.getLong(1));
                        }
                    }
                    KeyValue current = RangeReader.keyValue(rows, 4);
                    if (current != null) {
                        events.add(new WatchEvent(rows.getBoolean(3), current, RangeReader.keyValue(rows, 10)));
                        if (rows.isLast()) {
                            writtenAt = rows.getObject(16, OffsetDateTime.class);
                        }
                    }
                }
            }
            if (events.size() < limit) {
                // The log's head belongs to the same snapshot: nothing of the range lies between the last event and it.
                return new Page(events, head, false, writtenAt);
            }
            long last = events.getLast().revision();
            while (!events.isEmpty() && events.getLast().revision() == last) {
                events.removeLast();
            }
            return events.isEmpty() ? null : new Page(events, events.getLast().revision(), true, null);
        }
    }
}
