package io.jakube.db.postgres;

import io.jakube.db.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections for reads. A read that meets a lost connection is repeated over a new one until its deadline, so that a short outage
 * shows as delay; once the {@link Outage} lasts reads fail at once with {@link StoreException.Unavailable}.
 *
 * <p>Thread-safe. At most {@code maxConnections} exist; further callers wait. The most recently used one is taken first, and those unused for a while are
 * closed by {@link #trim}, since each costs the server a process.
 */
final class ConnectionPool implements AutoCloseable {
    private static final long MAX_IDLE_NANOS = Duration.ofSeconds(30).toNanos();

    private final Connector connector;
    private final Outage outage;
    private final Duration deadline;
    private final Semaphore permits;
    private final ArrayDeque<Idle> idle = new ArrayDeque<>();
    private volatile boolean closed;

    ConnectionPool(Connector connector, Outage outage, StoreConfig config) {
        this.connector = connector;
        this.outage = outage;
        this.deadline = config.deadline();
        this.permits = new Semaphore(config.maxConnections());
    }

    private record Idle(Connection connection, long since) {}

    /** What is done with a connection; may be done again where the connection broke. */
    @FunctionalInterface
    interface Work<T extends @Nullable Object> {
        T run(Connection connection) throws SQLException;
    }

    /** Runs idempotent work in auto-commit mode. */
    <T extends @Nullable Object> T run(Work<T> work) {
        if (!outage.lasting()) {
            return attempt(work);
        }
        if (!outage.beginProbe()) {
            throw new StoreException.Unavailable("the database is away", false, null);
        }
        try {
            return attempt(work);
        } finally {
            outage.endProbe();
        }
    }

    private <T extends @Nullable Object> T attempt(Work<T> work) {
        long end = System.nanoTime() + deadline.toNanos();
        for (Backoff backoff = new Backoff(); ; ) {
            try {
                Connection connection = take(end);
                boolean sound = false;
                try {
                    T result = work.run(connection);
                    sound = true;
                    outage.over();
                    return result;
                } catch (SQLException e) {
                    sound = !SqlErrors.connectionLost(e);
                    throw e;
                } finally {
                    give(connection, sound);
                }
            } catch (SQLException e) {
                if (SqlErrors.connectionLost(e)) {
                    outage.failed();
                }
                if (closed || !SqlErrors.transientFailure(e) || outage.lasting() || !backoff.pause(end)) {
                    throw SqlErrors.unavailable(e, false);
                }
            }
        }
    }

    /** Takes a connection out; {@link #give} must follow. */
    Connection take(long end) throws SQLException {
        try {
            if (!permits.tryAcquire(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                throw new SQLException("no connection became free within the deadline", "57014");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("interrupted", "57014", e);
        }
        try {
            if (closed) {
                throw new SQLException("the store is closed", "0A000");
            }
            Idle found;
            synchronized (idle) {
                found = idle.pollLast();
            }
            if (found != null) {
                return found.connection();
            }
            return connector.open("read");
        } catch (SQLException | RuntimeException e) {
            permits.release();
            throw e;
        }
    }

    /** @param sound false has the connection closed, and with it all idle ones, which most likely share its fate */
    void give(Connection connection, boolean sound) {
        List<Idle> close = new ArrayList<>();
        synchronized (idle) {
            if (sound && !closed) {
                idle.addLast(new Idle(connection, System.nanoTime()));
            } else {
                close.add(new Idle(connection, 0));
                if (!sound) {
                    close.addAll(idle);
                    idle.clear();
                }
            }
        }
        permits.release();
        close.forEach(gone -> quietly(gone.connection()));
    }

    long deadlineFromNow() {
        return System.nanoTime() + deadline.toNanos();
    }

    void trim() {
        List<Idle> close = new ArrayList<>();
        synchronized (idle) {
            while (!idle.isEmpty() && System.nanoTime() - idle.getFirst().since() > MAX_IDLE_NANOS) {
                close.add(idle.removeFirst());
            }
        }
        close.forEach(gone -> quietly(gone.connection()));
    }

    @Override
    public void close() {
        closed = true;
        List<Idle> close;
        synchronized (idle) {
            close = new ArrayList<>(idle);
            idle.clear();
        }
        close.forEach(gone -> quietly(gone.connection()));
    }

    static void quietly(@Nullable Connection connection) {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (SQLException e) {
            // It was being discarded.
        }
    }
}
