package io.jakube.db.postgres;

import io.jakube.db.Key;
import io.jakube.db.LeaseStatus;
import io.jakube.db.StoreException;
import io.jakube.db.StoreException.Reason;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Grants, renews and ends leases. Time is the database's. Thread-safe. */
final class Leases {
    private static final String GRANT = "INSERT INTO kv_lease VALUES (?, ?, clock_timestamp() + make_interval(secs => ?)) ON CONFLICT DO NOTHING";
    private static final String RENEW = "UPDATE kv_lease SET expires_at = clock_timestamp() + make_interval(secs => ttl_seconds)"
            + " WHERE id = ? AND expires_at >= clock_timestamp() RETURNING ttl_seconds";
    private static final String STATUS = "SELECT l.ttl_seconds, greatest(0, floor(extract(epoch FROM l.expires_at - clock_timestamp())))::bigint, c.key"
            + " FROM kv_lease l LEFT JOIN kv_current c ON c.lease = l.id WHERE l.id = ? ORDER BY c.key";

    private final ConnectionPool pool;

    Leases(ConnectionPool pool) {
        this.pool = pool;
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
        Optional<Long> renewed = pool.run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(RENEW)) {
                statement.setLong(1, id);
                try (ResultSet row = statement.executeQuery()) {
                    return row.next() ? Optional.of(row.getLong(1)) : Optional.empty();
                }
            }
        });
        return renewed.orElseThrow(() -> new StoreException.InvalidRequest(Reason.LEASE_NOT_FOUND, "requested lease not found: " + id));
    }

    Optional<LeaseStatus> status(long id) {
        return pool.run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(STATUS)) {
                statement.setLong(1, id);
                try (ResultSet rows = statement.executeQuery()) {
                    long granted = 0;
                    long remaining = 0;
                    List<Key> keys = new ArrayList<>();
                    while (rows.next()) {
                        granted = rows.getLong(1);
                        remaining = rows.getLong(2);
                        byte[] key = rows.getBytes(3);
                        if (key != null) {
                            keys.add(Key.of(key));
                        }
                    }
                    return granted == 0 ? Optional.empty() : Optional.of(new LeaseStatus(id, granted, remaining, keys));
                }
            }
        });
    }

    List<Long> ids() {
        return pool.run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("SELECT id FROM kv_lease ORDER BY id"); ResultSet rows = statement.executeQuery()) {
                List<Long> ids = new ArrayList<>();
                while (rows.next()) {
                    ids.add(rows.getLong(1));
                }
                return ids;
            }
        });
    }
}
