package io.jakube.db.embedded;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * A primary and a streaming standby for tests of failover; both go on close. It does what an operator's high-availability manager does: stop the primary for good,
 * promote the standby, make the old primary a standby of the new one. Not thread-safe.
 */
public final class TemporaryPair implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** Whether a commit waits until it is on the standby's disk. */
    public enum Replication { SYNCHRONOUS, ASYNCHRONOUS }

    private final Replication replication;
    private final IntUnaryOperator route;
    private TemporaryPostgres primary;
    private TemporaryPostgres standby;

    private TemporaryPair(Replication replication, IntUnaryOperator route, TemporaryPostgres primary, TemporaryPostgres standby) {
        this.replication = replication;
        this.route = route;
        this.primary = primary;
        this.standby = standby;
    }

    /** As {@link #start(Replication, ServerSettings, IntUnaryOperator)}, with default settings and a direct link. */
    public static TemporaryPair start(Replication replication) {
        return start(replication, ServerSettings.DEFAULT, port -> port);
    }

    /**
     * Starts both servers; returns when the standby follows.
     *
     * @param route gives the port by which a standby reaches the server at a port, for tests that disturb the link between them
     */
    public static TemporaryPair start(Replication replication, ServerSettings settings, IntUnaryOperator route) {
        requireNonNull(replication, "replication is null");
        requireNonNull(route, "route is null");
        Map<String, String> parameters = new HashMap<>(Map.of(
                "wal_level", "replica", "max_wal_senders", "4", "hot_standby", "on", "wal_keep_size", "512MB",
                "wal_retrieve_retry_interval", "200ms", "wal_receiver_timeout", "5s", "wal_sender_timeout", "5s", "wal_receiver_status_interval", "1s"));
        parameters.putAll(settings.overrides());
        ServerSettings replicated = settings.withOverrides(parameters);
        TemporaryPostgres first = TemporaryPostgres.start(replicated, directory -> {});
        try {
            first.allowReplication();
            TemporaryPostgres second = TemporaryPostgres.start(replicated, directory -> BaseBackup.copy(first.server(), directory, route.applyAsInt(first.server().port())));
            TemporaryPair pair = new TemporaryPair(replication, route, first, second);
            pair.awaitStandby();
            return pair;
        } catch (RuntimeException e) {
            first.close();
            throw e;
        }
    }

    public TemporaryPostgres primary() {
        return primary;
    }

    public TemporaryPostgres standby() {
        return standby;
    }

    /** The standby becomes the primary. The former primary must have been stopped or killed: two primaries are the one thing this must never make. */
    public void promote() {
        if (primary.server().isRunning()) {
            throw new IllegalStateException("the primary runs: stop it first");
        }
        query(standby, "SELECT pg_promote(true, 60)");
        TemporaryPostgres former = primary;
        primary = standby;
        standby = former;
    }

    /** Makes the former primary, which has ended, a standby of the present one. Its own data go. */
    public void rebuildStandby() {
        try {
            BaseBackup.copy(primary.server(), standby.server().directory(), route.applyAsInt(primary.server().port()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        standby.restart();
        awaitStandby();
    }

    /** Returns when the standby follows, and, where replication is synchronous, commits wait for it. */
    public void awaitStandby() {
        await("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming')");
        if (replication == Replication.SYNCHRONOUS) {
            query(primary, "ALTER SYSTEM SET synchronous_standby_names = '*'");
            query(primary, "SELECT pg_reload_conf()");
            await("SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync') AND current_setting('synchronous_standby_names') = '*'");
        }
    }

    private void await(String condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!"t".equals(query(primary, condition))) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the standby does not follow; see " + standby.server().logFile());
            }
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for the standby", e);
            }
        }
    }

    private static String query(TemporaryPostgres server, String sql) {
        try {
            return String.valueOf(Administrator.execute(server.server(), sql));
        } catch (SQLException e) {
            throw new IllegalStateException("PostgreSQL in " + server.server().directory() + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        standby.close();
        primary.close();
    }
}
