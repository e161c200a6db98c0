package io.jakube.apiserver.watchcache;

import io.jakube.common.status.ApiException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One client's place in a cache's stream of changes: a bounded queue the feed fills and the client's thread drains. A full queue ends
 * the watch, it never drops a change silently.
 */
public final class CacheWatcher implements AutoCloseable {
    static final int CAPACITY = 8192;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final ArrayDeque<CacheEvent> queue = new ArrayDeque<>();
    private final WatchCache cache;
    private final WatchScope scope;
    private final Snapshot start;
    private boolean overflowed;
    private @Nullable ApiException end;

    CacheWatcher(WatchCache cache, WatchScope scope, Snapshot start) {
        this.cache = cache;
        this.scope = scope;
        this.start = start;
    }

    /** What changes are asked for. */
    WatchScope scope() {
        return scope;
    }

    /** The objects as they were when the watch began; changes delivered by a watch from an older revision are contained in it. */
    public Snapshot start() {
        return start;
    }

    /** Called by the feed, under the cache's lock. */
    void offer(CacheEvent event) {
        lock.lock();
        try {
            if (queue.size() >= CAPACITY) {
                overflowed = true;
            } else if (!overflowed) {
                queue.add(event);
            }
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Changes from before the watch began, put before what the feed may have queued already; called once. May exceed the capacity. */
    void preload(List<CacheEvent> missed) {
        lock.lock();
        try {
            missed.reversed().stream().filter(this::inScope).forEach(queue::addFirst);
        } finally {
            lock.unlock();
        }
    }

    private boolean inScope(CacheEvent event) {
        return switch (scope) {
            case WatchScope.Namespace(String namespace) -> namespace.isEmpty() || event.either().namespace().equals(namespace);
            case WatchScope.Single single -> single.equals(WatchScope.singleOf(event.either()));
            case WatchScope.Indexed _ -> true;
        };
    }

    /** Called by the cache when it cannot go on. */
    void end(ApiException reason) {
        lock.lock();
        try {
            end = reason;
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What has come together since the last call, in revision order.
     *
     * @param events empty if nothing came within the time
     * @param progress nothing up to and including this revision is outstanding once the events have been handled
     */
    public record Batch(List<CacheEvent> events, long progress) {}

    /**
     * Waits for changes and takes all there are.
     *
     * @return null once the watcher was too slow and changes had to be given up: the client must watch again
     * @throws ApiException 410 where the cache lost its place in history
     */
    public @Nullable Batch poll(Duration timeout) throws InterruptedException {
        lock.lock();
        try {
            long nanos = timeout.toNanos();
            while (queue.isEmpty() && !overflowed && end == null && nanos > 0) {
                nanos = filled.awaitNanos(nanos);
            }
            // Read before draining: every change up to this revision was queued before the cache published it.
            long progress = cache.publishedRevision();
            List<CacheEvent> events = new ArrayList<>(queue);
            queue.clear();
            if (events.isEmpty()) {
                if (end != null) {
                    throw end;
                }
                if (overflowed) {
                    return null;
                }
            }
            return new Batch(events, overflowed || end != null ? 0 : progress);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        cache.remove(this);
    }
}
