package io.jakube.db.postgres;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How a process uses the database.
 *
 * @param url JDBC URL without credentials
 * @param user database role: one that may write, or one that may only read
 * @param passwordFile file that holds the role's password; read at every new connection
 * @param access what the role may do
 * @param deadline within which a call answers or fails
 * @param maxConnections most connections for reads; they come and go with the load
 * @param limits bounds of the write queue and of what is accepted
 * @param retention which history automatic compaction keeps; only processes that write take part in it
 * @param sharedFeed whether all stores of this process over the same URL have one reader of the log between them, which saves a connection and memory each
 */
public record StoreConfig(
        String url, String user, Path passwordFile, Access access, Duration deadline, int maxConnections, Limits limits, Retention retention,
        boolean sharedFeed) {
    /** Rights of the role. */
    public enum Access { READ_WRITE, READ_ONLY }

    public StoreConfig {
        requireNonNull(url, "url is null");
        requireNonNull(user, "user is null");
        requireNonNull(passwordFile, "passwordFile is null");
        requireNonNull(access, "access is null");
        requireNonNull(limits, "limits is null");
        requireNonNull(retention, "retention is null");
        if (deadline.toMillis() < 100) {
            throw new IllegalArgumentException("deadline " + deadline + " is shorter than 100 ms");
        }
        if (maxConnections < 1) {
            throw new IllegalArgumentException("at least 1 connection is needed, not " + maxConnections);
        }
    }

    /** A writing process with default settings. */
    public static StoreConfig writer(String url, String user, Path passwordFile) {
        return new StoreConfig(url, user, passwordFile, Access.READ_WRITE, Duration.ofSeconds(10), 8, Limits.DEFAULT, Retention.DEFAULT, true);
    }

    /** A reading process with default settings. */
    public static StoreConfig reader(String url, String user, Path passwordFile) {
        return new StoreConfig(url, user, passwordFile, Access.READ_ONLY, Duration.ofSeconds(10), 4, Limits.DEFAULT, Retention.DEFAULT, true);
    }

    public StoreConfig withDeadline(Duration value) {
        return new StoreConfig(url, user, passwordFile, access, value, maxConnections, limits, retention, sharedFeed);
    }

    public StoreConfig withMaxConnections(int value) {
        return new StoreConfig(url, user, passwordFile, access, deadline, value, limits, retention, sharedFeed);
    }

    public StoreConfig withLimits(Limits value) {
        return new StoreConfig(url, user, passwordFile, access, deadline, maxConnections, value, retention, sharedFeed);
    }

    public StoreConfig withRetention(Retention value) {
        return new StoreConfig(url, user, passwordFile, access, deadline, maxConnections, limits, value, sharedFeed);
    }

    public StoreConfig withSharedFeed(boolean value) {
        return new StoreConfig(url, user, passwordFile, access, deadline, maxConnections, limits, retention, value);
    }

    /**
     * Bounds.
     *
     * @param queuedWrites most writes waiting for the database; a further one waits for room
     * @param queuedBytes most bytes of keys and values waiting
     * @param valueBytes longest value
     */
    public record Limits(int queuedWrites, long queuedBytes, int valueBytes) {
        /** Longest key: PostgreSQL's index entries hold no more. */
        public static final int KEY_BYTES = 2048;

        public static final Limits DEFAULT = new Limits(16_384, 64L << 20, 3 << 19);
    }

    /**
     * History that automatic compaction keeps: what is younger than {@code age}, and at least the newest {@code revisions}.
     *
     * @param age zero or negative turns automatic compaction off
     * @param revisions least number of revisions to keep
     */
    public record Retention(Duration age, long revisions) {
        public static final Retention DEFAULT = new Retention(Duration.ofMinutes(10), 1_000);
        public static final Retention UNLIMITED = new Retention(Duration.ZERO, 0);
    }
}
