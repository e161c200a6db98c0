package io.jakube.db.postgres;

import io.jakube.db.Key;
import io.jakube.db.LeaseStatus;
import io.jakube.db.StoreException;
import io.jakube.db.StoreException.Reason;
import io.jakube.db.mapping.LeaseRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Grants, renews and ends leases. Time is the database's. Thread-safe. */
final class Leases {
    private static final String GRANT = "INSERT INTO kv_lease VALUES (?, ?, clock_timestamp() + make_interval(secs => ?)) ON CONFLICT DO NOTHING";

    private final ConnectionPool pool;
    private final Sessions sessions;

    Leases(ConnectionPool pool, Sessions sessions) {
        this.pool = pool;
        this.sessions = sessions;
    }

    long grant(long ttlSeconds, long wishedId) {
        if (ttlSeconds < 1) {
            throw new StoreException.InvalidRequest("a lease lives at least 1 second, not " + ttlSeconds);
        }
        if (wishedId < 0) {
            throw new StoreException.InvalidRequest("a lease id is positive, not " + wishedId);
        }
        long id = wishedId == 0 ? ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE) : wishedId;
        boolean[] repeated = {false};
        int inserted = pool.run(connection -> {
            boolean first = !repeated[0];
            repeated[0] = true;
            try (PreparedStatement statement = connection.prepareStatement(GRANT)) {
                statement.setLong(1, id);
                statement.setLong(2, ttlSeconds);
                statement.setDouble(3, ttlSeconds);
                int rows = statement.executeUpdate();
                // A repeated call may meet the row of its own first attempt.
                return first ? rows : Integer.valueOf(1);
            }
        });
        if (inserted == 0) {
            throw new StoreException.InvalidRequest(Reason.LEASE_EXISTS, "lease already exists: " + id);
        }
        return id;
    }

    void revoke(long id) {
        boolean[] repeated = {false};
        int ended = pool.run(connection -> {
            boolean again = repeated[0];
            repeated[0] = true;
            int rows = end(connection, id, 1);
            return again ? Integer.valueOf(1) : rows;
        });
        if (ended == 0) {
            throw new StoreException.InvalidRequest(Reason.LEASE_NOT_FOUND, "requested lease not found: " + id);
        }
    }

    /** Ends leases whose time has passed. @return how many */
    int expire(int limit) {
        return pool.run(connection -> end(connection, null, limit));
    }

    /** @param id null for leases whose time has passed */
    private static int end(Connection connection, @Nullable Long id, int limit) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT kv_revoke(?, ?)")) {
            statement.setObject(1, id, Types.BIGINT);
            statement.setInt(2, limit);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    /** @return the time to live in seconds */
    long keepAlive(long id) {
        List<Long> renewed = sessions.run(session -> session.createNativeQuery(
                        "UPDATE kv_lease SET expires_at = clock_timestamp() + make_interval(secs => ttl_seconds) WHERE id = :id AND expires_at >= clock_timestamp()"
                                + " RETURNING ttl_seconds",
                        Long.class)
                .setParameter("id", id)
                .getResultList());
        if (renewed.isEmpty()) {
            throw new StoreException.InvalidRequest(Reason.LEASE_NOT_FOUND, "requested lease not found: " + id);
        }
        return renewed.getFirst();
    }

    Optional<LeaseStatus> status(long id) {
        return sessions.run(session -> {
            LeaseRow row = session.get(LeaseRow.class, id);
            if (row == null) {
                return Optional.empty();
            }
            Instant now = session.createNativeQuery("SELECT clock_timestamp()", Instant.class).getSingleResult();
            List<Key> keys = session.createSelectionQuery("select key from CurrentRow where lease = :id order by key", byte[].class)
                    .setParameter("id", id)
                    .getResultList()
                    .stream()
                    .map(Key::of)
                    .toList();
            return Optional.of(new LeaseStatus(id, row.ttlSeconds, Math.max(0, Duration.between(now, row.expiresAt).toSeconds()), keys));
        });
    }

    List<Long> ids() {
        return sessions.run(session -> session.createSelectionQuery("select id from LeaseRow order by id", Long.class).getResultList());
    }
}
