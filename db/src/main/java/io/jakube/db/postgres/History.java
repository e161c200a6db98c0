package io.jakube.db.postgres;

import io.jakube.db.HistoryEntry;
import io.jakube.db.Key;
import io.jakube.db.KeyValue;
import io.jakube.db.mapping.LogRow;
import java.time.Instant;
import java.util.List;
import org.hibernate.StatelessSession;

/** Reads what became of a key. Stateless. */
final class History {
    private History() {}

    static List<HistoryEntry> read(StatelessSession session, Key key, int limit) {
        return session.createSelectionQuery("from LogRow where key = :key order by revision desc", LogRow.class)
                .setParameter("key", key.toBytes())
                .setMaxResults(limit == 0 ? Integer.MAX_VALUE : limit)
                .getResultList()
                .stream()
                .map(row -> entry(key, row))
                .toList();
    }

    static long revisionAt(StatelessSession session, Instant instant) {
        return session.createNativeQuery("SELECT kv_revision_at(:instant)", Long.class).setParameter("instant", instant).getSingleResult();
    }

    private static HistoryEntry entry(Key key, LogRow row) {
        byte[] value = row.value;
        return new HistoryEntry(
                row.deleted, new KeyValue(key, value == null ? new byte[0] : value, row.createRevision, row.revision, row.version, row.lease), row.writtenAt);
    }
}
