package io.jakube.db.postgres;

import io.jakube.db.Key;
import io.jakube.db.KeyValue;
import io.jakube.db.RangeResult;
import io.jakube.db.mapping.LogRow;
import java.util.List;
import org.hibernate.StatelessSession;

/** Reads single keys. One statement, so that the head revision and the row are of one instant. Stateless. */
final class PointReader {
    private static final String LATEST = "select (select max(h.revision) from LogRow h), l from MetaRow m"
            + " left join CurrentRow c on c.key = :key left join LogRow l on l.key = c.key and l.revision = c.modRevision where m.id = 1";

    private PointReader() {}

    static RangeResult latest(StatelessSession session, Key key) {
        Object[] row = session.createSelectionQuery(LATEST, Object[].class).setParameter("key", key.toBytes()).getSingleResult();
        long head = row[0] == null ? 0 : (Long) row[0];
        if (row[1] instanceof LogRow found) {
            byte[] value = found.value == null ? new byte[0] : found.value;
            return new RangeResult(List.of(new KeyValue(key, value, found.createRevision, found.revision, found.version, found.lease)), head, 1, false);
        }
        return new RangeResult(List.of(), head, 0, false);
    }
}
