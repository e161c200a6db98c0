package io.jakube.db.postgres;

import io.jakube.db.StoreException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has to happen regularly. In every process: deadlines and idle connections. In one of the writing processes, elected anew at each turn by an advisory
 * lock of the database: expired leases, automatic compaction, forgotten writers.
 */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final long DEADLINE_MILLIS = 100;
    private static final long LEASE_MILLIS = 500;
    private static final long SYNCHRONY_MILLIS = 5_000;
    private static final long MAX_COMPACTION_MILLIS = 60_000;
    private static final long MIN_COMPACTION_MILLIS = 500;
    private static final long ELECTION_LOCK = 8;
    private static final int EXPIRE_LIMIT = 100;
    /** After an outage the holders of leases get this long to renew them. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final StoreConfig config;
    private final ConnectionPool pool;
    private final GroupCommitWriter writer;
    private final Leases leases;
    private final Compactor compactor;
    private final ScheduledExecutorService deadlines = executor("jakube-store-deadlines");
    private final ScheduledExecutorService chores = executor("jakube-store-chores");
    private long graceUntil = System.nanoTime();

    Housekeeping(StoreConfig config, ConnectionPool pool, GroupCommitWriter writer, Leases leases, Compactor compactor) {
        this.config = config;
        this.pool = pool;
        this.writer = writer;
        this.leases = leases;
        this.compactor = compactor;
    }

    private static ScheduledExecutorService executor(String name) {
        return Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name(name).factory());
    }

    void start() {
        chores.scheduleWithFixedDelay(guarded(pool::trim), 10_000, 10_000, TimeUnit.MILLISECONDS);
        if (config.access() == StoreConfig.Access.READ_WRITE) {
            deadlines.scheduleWithFixedDelay(guarded(writer::expire), DEADLINE_MILLIS, DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
            chores.scheduleWithFixedDelay(guarded(this::expireLeases), LEASE_MILLIS, LEASE_MILLIS, TimeUnit.MILLISECONDS);
            chores.scheduleWithFixedDelay(guarded(this::noteSynchrony), 0, SYNCHRONY_MILLIS, TimeUnit.MILLISECONDS);
            long pause = compactionPause();
            chores.scheduleWithFixedDelay(guarded(() -> whenElected(this::compact)), pause / 2, pause, TimeUnit.MILLISECONDS);
        }
    }

    /** Writes down whether commits wait for a standby, for the day when that has become the primary. */
    private void noteSynchrony() {
        pool.run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(
                    "UPDATE kv_epoch SET synchronous = kv_synchronous() WHERE epoch = (SELECT max(epoch) FROM kv_epoch) AND synchronous <> kv_synchronous()")) {
                return statement.executeUpdate();
            }
        });
    }

    /** A tenth of what is kept, and at most a minute. */
    private long compactionPause() {
        long age = config.retention().age().toMillis();
        return age <= 0 ? MAX_COMPACTION_MILLIS : Math.clamp(age / 10, MIN_COMPACTION_MILLIS, MAX_COMPACTION_MILLIS);
    }

    private static Runnable guarded(Runnable chore) {
        return () -> {
            try {
                chore.run();
            } catch (RuntimeException e) {
                LOG.warn("Housekeeping failed and is tried again: {}", e.getMessage());
            }
        };
    }

    private void expireLeases() {
        try {
            boolean due = pool.run(connection -> exists(connection, "SELECT 1 FROM kv_lease WHERE expires_at < clock_timestamp() LIMIT 1"));
            if (due && System.nanoTime() - graceUntil >= 0) {
                whenElected(() -> {
                    while (leases.expire(EXPIRE_LIMIT) == EXPIRE_LIMIT) {
                        Thread.onSpinWait();
                    }
                });
            }
        } catch (StoreException.Unavailable e) {
            graceUntil = System.nanoTime() + GRACE_NANOS;
            throw e;
        }
    }

    /** Frees the space of compacted revisions, on a thread of its own. */
    void sweepSoon() {
        chores.execute(guarded(() -> whenElected(compactor::sweepAll)));
    }

    private void compact() {
        StoreConfig.Retention retention = config.retention();
        if (retention.age().isPositive()) {
            long target = pool.run(connection -> {
                try (PreparedStatement statement = connection.prepareStatement(
                        "SELECT least(kv_revision_at(clock_timestamp() - make_interval(secs => ?)), (SELECT coalesce(max(revision), 0) FROM kv_log) - ?)")) {
                    statement.setDouble(1, retention.age().toMillis() / 1000.0);
                    statement.setLong(2, retention.revisions());
                    try (ResultSet row = statement.executeQuery()) {
                        row.next();
                        return row.getLong(1);
                    }
                }
            });
            if (target > compactor.progress().promised()) {
                compactor.promise(target);
            }
        }
        compactor.sweepAll();
        pool.run(connection -> {
            try (PreparedStatement statement = connection.prepareStatement("DELETE FROM kv_writer WHERE used_at < clock_timestamp() - interval '1 day'")) {
                return statement.executeUpdate();
            }
        });
    }

    /** Does something while no other process does it. The lock belongs to the connection, and so ends with it. */
    private void whenElected(Runnable chore) {
        try {
            Connection connection = pool.take(pool.deadlineFromNow());
            boolean sound = false;
            try {
                if (exists(connection, "SELECT 1 WHERE pg_try_advisory_lock(" + ELECTION_LOCK + ")")) {
                    try {
                        chore.run();
                    } finally {
                        exists(connection, "SELECT pg_advisory_unlock(" + ELECTION_LOCK + ")");
                    }
                }
                sound = true;
            } finally {
                pool.give(connection, sound);
            }
        } catch (SQLException e) {
            throw SqlErrors.unavailable(e, false);
        }
    }

    private static boolean exists(Connection connection, String query) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query); ResultSet row = statement.executeQuery()) {
            return row.next();
        }
    }

    @Override
    public void close() {
        deadlines.shutdownNow();
        chores.shutdownNow();
    }
}
