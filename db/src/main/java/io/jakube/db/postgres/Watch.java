package io.jakube.db.postgres;

import io.jakube.db.KeyRange;
import io.jakube.db.StoreException;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One watch: what it wants, and how far it has come. Called by one thread at a time: its own while it catches up with the log, then the feed's. */
final class Watch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watch.class);
    private static final long SLOW_NANOS = 1_000_000_000;

    private final KeyRange range;
    private final WatchObserver observer;
    private final Feed feed;
    private final ConnectionPool pool;
    private long delivered;
    private volatile boolean closed;
    private volatile @Nullable StoreException doom;

    /** @param delivered the revision before the first to deliver */
    Watch(Feed feed, ConnectionPool pool, KeyRange range, WatchObserver observer, long delivered) {
        this.feed = feed;
        this.pool = pool;
        this.range = range;
        this.observer = observer;
        this.delivered = delivered;
    }

    KeyRange range() {
        return range;
    }

    boolean reads(ConnectionPool candidate) {
        return pool == candidate;
    }

    /** Reads on from where the watch stands. */
    LogReader.Page readLog() {
        return pool.run(connection -> {
            LogReader.Page page = LogReader.after(connection, range, delivered, Long.MAX_VALUE);
            feed.durable().await(connection, page.revision());
            return page;
        });
    }

    long delivered() {
        return delivered;
    }

    boolean isClosed() {
        return closed;
    }

    /** Hands over events of the range, all of them after what was delivered and up to {@code revision}. */
    void deliver(List<WatchEvent> events, long revision) {
        if (closed || revision <= delivered) {
            return;
        }
        delivered = revision;
        long start = System.nanoTime();
        try {
            observer.onEvents(events, revision);
        } catch (RuntimeException e) {
            LOG.error("The observer of {} failed at revision {}", range, revision, e);
        }
        long took = System.nanoTime() - start;
        if (took > SLOW_NANOS) {
            LOG.warn("The observer of {} held up the feed for {} ms", range, took / 1_000_000);
        }
    }

    /** Has the watch end itself, on its own thread. */
    void doom(StoreException reason) {
        doom = reason;
    }

    boolean isDoomed() {
        return doom != null;
    }

    void endIfDoomed() {
        StoreException reason = doom;
        if (reason != null) {
            end(reason);
        }
    }

    void end(StoreException reason) {
        if (closed) {
            return;
        }
        closed = true;
        try {
            observer.onEnd(reason);
        } catch (RuntimeException e) {
            LOG.error("The observer of {} failed at its end", range, e);
        }
    }

    @Override
    public void close() {
        closed = true;
        feed.remove(this);
    }
}
