package io.jakube.db.postgres;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether the database is away, by what became of attempts to use it. A short absence, such as a restart, shows to callers as delay; once it has lasted longer
 * than {@link #GRACE} they are refused at once, but for one at a time, which finds out when the database is back. Thread-safe.
 */
final class Outage {
    static final Duration GRACE = Duration.ofSeconds(2);
    /** What was found out is believed for this long; afterwards callers find out for themselves. */
    private static final long BELIEVED_NANOS = Duration.ofSeconds(3).toNanos();

    private final AtomicBoolean probing = new AtomicBoolean();
    /** Both 0 while all is well. */
    private volatile long since;
    private volatile long lastFailure;

    /** The connection was lost, or none could be had. */
    synchronized void failed() {
        long now = System.nanoTime() | 1;
        if (since == 0) {
            since = now;
        }
        lastFailure = now;
    }

    /** The database answered. */
    void over() {
        if (since != 0) {
            synchronized (this) {
                since = 0;
                lastFailure = 0;
            }
        }
    }

    boolean lasting() {
        long start = since;
        if (start == 0) {
            return false;
        }
        long now = System.nanoTime();
        return now - start > GRACE.toNanos() && now - lastFailure < BELIEVED_NANOS;
    }

    /** Whether the caller is the one to find out; {@link #endProbe} must follow then. */
    boolean beginProbe() {
        return probing.compareAndSet(false, true);
    }

    void endProbe() {
        probing.set(false);
    }
}
