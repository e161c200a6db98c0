package io.jakube.db.postgres;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.RangeRequest;
import io.jakube.db.RangeRequest.Content;
import io.jakube.db.RangeRequest.SortBy;
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
        return read(connection, RangeRequest.of(range).at(revision).limit(limit));
    }

    static RangeResult read(Connection connection, RangeRequest request) throws SQLException {
        KeyRange range = request.range();
        boolean single = range.equals(KeyRange.single(range.from()));
        Key to = single ? null : range.to();
        String bounds = single ? "key = ?" : to == null ? "key >= ?" : "key >= ? AND key < ?";
        boolean rows = request.content() != Content.COUNT;
        boolean count = countsApart(request);
        String sql = request.revision() == 0 ? latest(bounds, request) : past(bounds, request);
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            int parameter = 0;
            for (int part = 0; part < (rows ? 1 : 0) + (count ? 1 : 0); part++) {
                statement.setBytes(++parameter, range.from().toBytes());
                if (to != null) {
                    statement.setBytes(++parameter, to.toBytes());
                }
                if (request.revision() != 0) {
                    statement.setLong(++parameter, request.revision());
                }
            }
            if (rows && request.limit() > 0) {
                statement.setLong(++parameter, wantedRows(request));
            }
            try (ResultSet found = statement.executeQuery()) {
                return result(found, request);
            }
        }
    }

    /** Whether the number of keys does not follow from the rows. */
    private static boolean countsApart(RangeRequest request) {
        return request.limit() > 0 || request.filtered() || request.content() == Content.COUNT;
    }

    /** Under a filter only one row too many tells that there are more. */
    private static long wantedRows(RangeRequest request) {
        return request.filtered() ? request.limit() + 1L : request.limit();
    }

    private static RangeResult result(ResultSet rows, RangeRequest request) throws SQLException {
        List<KeyValue> items = new ArrayList<>();
        long head = 0;
        long count = 0;
        while (rows.next()) {
            if (head == 0) {
                head = rows.getLong(1);
                check(request.revision(), head, rows.getLong(2));
                count = rows.getLong(3);
            }
            KeyValue item = request.content() == Content.COUNT ? null : keyValue(rows, 4);
            if (item != null) {
                items.add(item);
            }
        }
        if (!countsApart(request)) {
            count = items.size();
        }
        boolean more = request.limit() > 0 && request.content() != Content.COUNT && (request.filtered() ? items.size() > request.limit() : count > items.size());
        if (more && items.size() > request.limit()) {
            items.removeLast();
        }
        return new RangeResult(items, head, count, more);
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

    private static String latest(String bounds, RangeRequest request) {
        String head = "SELECT h.head, 0::bigint, h.matching, r.* FROM (SELECT (SELECT coalesce(max(revision), 0) FROM kv_log) AS head, "
                + (countsApart(request) ? "(SELECT count(*) FROM kv_current WHERE " + bounds + ")" : "0::bigint") + " AS matching) h";
        String order = order(request, "mod_revision");
        String limit = request.limit() > 0 ? " LIMIT ?" : " OFFSET 0";
        String filters = filters(request, "mod_revision");
        String pointers = "SELECT key, mod_revision, create_revision, version, lease FROM kv_current WHERE " + bounds + filters;
        String values = "SELECT l.key, l.value, l.create_revision, l.revision, l.version, l.lease FROM (";
        String join = ") c JOIN kv_log l ON l.key = c.key AND l.revision = c.mod_revision ORDER BY ";
        if (request.content() == Content.COUNT) {
            return head + " LEFT JOIN LATERAL (SELECT 1) r ON true";
        }
        if (request.content() == Content.KEYS && request.sortBy() != SortBy.VALUE) {
            return head + " LEFT JOIN LATERAL (SELECT key, NULL::bytea, create_revision, mod_revision, version, lease FROM (" + pointers + ") c ORDER BY " + order + limit + ") r ON true";
        }
        if (request.sortBy() == SortBy.VALUE) {
            String value = request.content() == Content.KEYS ? "NULL::bytea" : "l.value";
            return head + " LEFT JOIN LATERAL (" + values.replace("l.value", value) + pointers + join + direction("l.value", request) + ", l.key" + limit + ") r ON true";
        }
        return head + " LEFT JOIN LATERAL (" + values + pointers + " ORDER BY " + order + limit + join + order(request, "c.", "mod_revision") + ") r ON true";
    }

    private static String past(String bounds, RangeRequest request) {
        String rows = "(SELECT DISTINCT ON (key) key, value, create_revision, revision, version, lease, deleted FROM kv_log"
                + " WHERE " + bounds + " AND revision <= ? ORDER BY key, revision DESC) d WHERE NOT deleted";
        String head = "SELECT h.head, h.compacted, h.matching, r.* FROM (SELECT (SELECT coalesce(max(revision), 0) FROM kv_log) AS head,"
                + " (SELECT compact_revision FROM kv_meta) AS compacted, "
                + (countsApart(request) ? "(SELECT count(*) FROM " + rows + ")" : "0::bigint") + " AS matching) h";
        if (request.content() == Content.COUNT) {
            return head + " LEFT JOIN LATERAL (SELECT 1) r ON true";
        }
        String value = request.content() == Content.KEYS ? "NULL::bytea" : "value";
        return head + " LEFT JOIN LATERAL (SELECT key, " + value + ", create_revision, revision, version, lease FROM " + rows + filters(request, "revision")
                + " ORDER BY " + order(request, "revision") + (request.limit() > 0 ? " LIMIT ?" : "") + ") r ON true";
    }

    private static String filters(RangeRequest request, String modRevision) {
        return filter(modRevision, request.modRevisions()) + filter("create_revision", request.createRevisions());
    }

    private static String filter(String column, RangeRequest.Revisions wanted) {
        return (wanted.min() > 0 ? " AND " + column + " >= " + wanted.min() : "") + (wanted.max() > 0 ? " AND " + column + " <= " + wanted.max() : "");
    }

    private static String order(RangeRequest request, String modRevision) {
        return order(request, "", modRevision);
    }

    private static String order(RangeRequest request, String table, String modRevision) {
        return switch (request.sortBy()) {
            case KEY -> direction(table + "key", request);
            case VERSION -> direction(table + "version", request) + ", " + table + "key";
            case CREATE_REVISION -> direction(table + "create_revision", request) + ", " + table + "key";
            case MOD_REVISION -> direction(table + modRevision, request) + ", " + table + "key";
            case VALUE -> direction(table + "value", request) + ", " + table + "key";
        };
    }

    private static String direction(String column, RangeRequest request) {
        return request.descending() ? column + " DESC" : column;
    }
}
