package io.jakube.db.postgres;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.RangeResult;
import io.jakube.db.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads ranges. Each read is a single statement, and so sees head revision, rows and count of one instant. Stateless. */
final class RangeReader {
    private RangeReader() {}

    static RangeResult read(Connection connection, KeyRange range, long revision, int limit) throws SQLException {
        boolean single = range.equals(KeyRange.single(range.from()));
        Key to = single ? null : range.to();
        String bounds = single ? "key = ?" : to == null ? "key >= ?" : "key >= ? AND key < ?";
        String sql = revision == 0 ? latest(bounds, limit > 0) : past(bounds, limit > 0);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int parameter = 0;
            for (int part = 0; part < (limit > 0 ? 2 : 1); part++) {
                statement.setBytes(++parameter, range.from().toBytes());
                if (to != null) {
                    statement.setBytes(++parameter, to.toBytes());
                }
                if (revision != 0) {
                    statement.setLong(++parameter, revision);
                }
            }
            if (limit > 0) {
                statement.setInt(++parameter, limit);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return result(rows, revision, limit);
            }
        }
    }

    private static RangeResult result(ResultSet rows, long revision, int limit) throws SQLException {
        List<KeyValue> items = new ArrayList<>();
        long head = 0;
        long count = 0;
        while (rows.next()) {
            if (head == 0) {
                head = rows.getLong(1);
                check(revision, head, rows.getLong(2));
                count = rows.getLong(3);
            }
            KeyValue item = keyValue(rows, 4);
            if (item != null) {
                items.add(item);
            }
        }
        if (limit <= 0) {
            count = items.size();
        }
        return new RangeResult(items, head, count, count > items.size());
    }

    static void check(long revision, long head, long compacted) {
        if (revision > head) {
            throw new StoreException.FutureRevision(head);
        }
        if (revision != 0 && revision < compacted) {
            throw new StoreException.Compacted(compacted);
        }
    }

    /** The columns key, value, create_revision, revision, version, lease; null where an outer join found nothing. */
    static @Nullable KeyValue keyValue(ResultSet row, int column) throws SQLException {
        byte[] key = row.getBytes(column);
        if (key == null) {
            return null;
        }
        byte[] value = row.getBytes(column + 1);
        return new KeyValue(
                Key.of(key), value == null ? new byte[0] : value, row.getLong(column + 2), row.getLong(column + 3), row.getLong(column + 4), row.getLong(column + 5));
    }

    private static String latest(String bounds, boolean limited) {
        return "SELECT h.head, 0::bigint, h.matching, r.* FROM (SELECT (SELECT coalesce(max(revision), 0) FROM kv_log) AS head, "
                + (limited ? "(SELECT count(*) FROM kv_current WHERE " + bounds + ")" : "0::bigint") + " AS matching) h"
                + " LEFT JOIN LATERAL (SELECT l.key, l.value, l.create_revision, l.revision, l.version, l.lease"
                + " FROM (SELECT key, mod_revision FROM kv_current WHERE " + bounds + " ORDER BY key" + (limited ? " LIMIT ?" : " OFFSET 0") + ") c"
                + " JOIN kv_log l ON l.key = c.key AND l.revision = c.mod_revision ORDER BY c.key) r ON true";
    }

    private static String past(String bounds, boolean limited) {
        String rows = "(SELECT DISTINCT ON (key) key, value, create_revision, revision, version, lease, deleted FROM kv_log"
                + " WHERE " + bounds + " AND revision <= ? ORDER BY key, revision DESC) d WHERE NOT deleted";
        return "SELECT h.head, h.compacted, h.matching, r.* FROM (SELECT (SELECT coalesce(max(revision), 0) FROM kv_log) AS head,"
                + " (SELECT compact_revision FROM kv_meta) AS compacted, "
                + (limited ? "(SELECT count(*) FROM " + rows + ")" : "0::bigint") + " AS matching) h"
                + " LEFT JOIN LATERAL (SELECT key, value, create_revision, revision, version, lease FROM " + rows
                + " ORDER BY key" + (limited ? " LIMIT ?" : "") + ") r ON true";
    }
}
