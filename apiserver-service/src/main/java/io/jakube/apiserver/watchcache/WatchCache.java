package io.jakube.apiserver.watchcache;

import io.jakube.apiserver.storage.ObjectKeys;
import io.jakube.apiserver.storage.ObjectStorage;
import io.jakube.apiserver.storage.StoredObject;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.status.ApiException;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreException;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All objects of one resource in memory, kept up to date by one watch of the store.
 *
 * <p>Threading: the feed applies changes under {@link #lock}; the current {@link Snapshot} is published through a volatile field after the
 * change has been queued at every watcher, so whoever sees a revision here finds all its changes in its queue. Readers of snapshots take no
 * lock. Lock order: cache, then watcher.
 *
 * <p>When the store has compacted what the feed needs, or lost acknowledged writes in a failover, all watchers end with 410 and the
 * cache reads everything anew; readers wait meanwhile.
 */
public final class WatchCache implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WatchCache.class);
    private static final int WINDOW = 4096;
    private static final Duration START_TIMEOUT = Duration.ofSeconds(20);
    private static final ApiException RESTARTED = ApiException.expired("The resourceVersion for the provided watch is too old.");

    private final KeyValueStore store;
    private final ObjectStorage storage;
    private final ResourceDefinition definition;
    private final @Nullable String indexedField;
    private final FreshnessGate freshness;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition advanced = lock.newCondition();
    private final WatcherSet watchers;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final EventWindow window;
    private final StoredHistory history;
    /** Null until the first fill and while filling again. */
    private volatile @Nullable Snapshot current;
    private @Nullable Feed feed;
    /** Revisions before this one may name another history: the database has lost acknowledged writes. */
    private long historyBegin;
    private boolean lostWrites;
    private boolean closed;

    /**
     * @param indexedField selectable field to index by; null for none
     * @param freshness shared by all caches of the process
     */
    WatchCache(KeyValueStore store, ObjectStorage storage, ResourceDefinition definition, @Nullable String indexedField, FreshnessGate freshness) {
        this.store = store;
        this.storage = storage;
        this.definition = definition;
        this.indexedField = indexedField;
        this.freshness = freshness;
        this.watchers = new WatcherSet(indexedField);
        this.history = new StoredHistory(store, storage, definition);
        this.window = new EventWindow(WINDOW, new Snapshot(0, SortedTree.empty(), SortedTree.empty()));
        Thread.ofVirtual().name("watch-cache-" + definition.plural()).start(this::fill);
    }

    public ResourceDefinition definition() {
        return definition;
    }

    public @Nullable String indexedField() {
        return indexedField;
    }

    public boolean ready() {
        return current != null;
    }

    /** Called on the feed's thread after each change; must be quick. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * The newest state here, possibly a few milliseconds old.
     *
     * @throws ApiException 503 if the cache could not be filled in time
     */
    public Snapshot latest() {
        Snapshot snapshot = current;
        return snapshot != null ? snapshot : await(0, START_TIMEOUT).orElseThrow(() -> ApiException.unavailable("storage is (re)initializing"));
    }

    /**
     * A state that contains every change of the resource that clients may have learnt from this server; the newest one where the feed is so far behind that it
     * did not come within the time. What clients that ask for "any" version get: a client that has seen an object and then watches for it finds it.
     *
     * @throws ApiException 503 if the cache could not be filled in time
     */
    public Snapshot recent(Duration timeout) {
        return await(storage.knownRevision(definition), timeout).orElseGet(this::latest);
    }

    /** A state that contains every write acknowledged before the call; empty if the feed did not catch up within the time. */
    public Optional<Snapshot> consistent(Duration timeout) {
        return await(freshness.currentRevision(), timeout);
    }

    /** A state not older than a revision; empty if it did not come within the time. */
    public Optional<Snapshot> await(long revision, Duration timeout) {
        Snapshot snapshot = current;
        if (snapshot != null && snapshot.revision() >= revision) {
            return Optional.of(snapshot);
        }
        lock.lock();
        try {
            long nanos = (snapshot == null ? START_TIMEOUT : timeout).toNanos();
            while (true) {
                snapshot = current;
                if (snapshot != null && snapshot.revision() >= revision) {
                    return Optional.of(snapshot);
                }
                if (nanos <= 0 || closed) {
                    return Optional.empty();
                }
                nanos = advanced.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** The state at exactly a revision, if it is recent enough to be remembered. */
    public Optional<Snapshot> at(long revision) {
        lock.lock();
        try {
            Snapshot snapshot = current;
            if (snapshot == null || revision > snapshot.revision()) {
                return Optional.empty();
            }
            return window.at(revision);
        } finally {
            lock.unlock();
        }
    }

    /** A watch of all changes from now on; what there is already is in {@link CacheWatcher#start}. */
    public CacheWatcher watch(WatchScope scope) {
        return register(scope, -1);
    }

    /**
     * A watch of all changes after a revision. Those from before the cache began, or that it has forgotten, come from the store's history.
     *
     * @throws ApiException 410 if some of them are no longer known
     */
    public CacheWatcher watchAfter(WatchScope scope, long revision) {
        return register(scope, revision);
    }

    private CacheWatcher register(WatchScope scope, long after) {
        latest();
        CacheWatcher watcher;
        boolean remembered;
        lock.lock();
        try {
            Snapshot snapshot = current;
            if (snapshot == null) {
                throw ApiException.unavailable("storage is (re)initializing");
            }
            watcher = new CacheWatcher(this, scope, snapshot);
            Optional<List<CacheEvent>> missed = after < 0 ? Optional.of(List.of()) : window.after(after);
            missed.ifPresent(watcher::preload);
            remembered = missed.isPresent();
            if (!remembered && after < historyBegin) {
                throw StoredHistory.tooOld(after, snapshot);
            }
            watchers.add(watcher);
        } finally {
            lock.unlock();
        }
        if (!remembered) {
            try {
                watcher.preload(history.between(after, watcher.start(), scope));
            } catch (RuntimeException e) {
                watcher.close();
                throw e;
            }
        }
        return watcher;
    }

    void remove(CacheWatcher watcher) {
        lock.lock();
        try {
            watchers.remove(watcher);
        } finally {
            lock.unlock();
        }
    }

    long publishedRevision() {
        Snapshot snapshot = current;
        return snapshot == null ? 0 : snapshot.revision();
    }

    /** Watchers at present. */
    public int watcherCount() {
        lock.lock();
        try {
            return watchers.size();
        } finally {
            lock.unlock();
        }
    }

    private void fill() {
        Duration pause = Duration.ofMillis(100);
        while (true) {
            try {
                if (tryFill()) {
                    return;
                }
            } catch (RuntimeException e) {
                LOG.warn("cannot read {} from the store, will try again in {} ms: {}", definition.groupResource(), pause.toMillis(), e.getMessage());
                LOG.debug("cause", e);
            }
            try {
                Thread.sleep(pause.plusMillis(ThreadLocalRandom.current().nextLong(pause.toMillis())));
            } catch (InterruptedException e) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(Duration.ofSeconds(5)) < 0 ? pause.multipliedBy(2) : Duration.ofSeconds(5);
        }
    }

    /** @return whether nothing is left to do: filled, or closed */
    private boolean tryFill() {
        ObjectStorage.Page page = storage.list(definition, "", "", 0, 0);
        SortedTree<StoredObject> objects = SortedTree.empty();
        SortedTree<StoredObject> byField = SortedTree.empty();
        for (StoredObject object : page.items()) {
            objects = objects.with(object.path(), object);
            byField = index(byField, null, object);
        }
        Snapshot snapshot = new Snapshot(page.revision(), objects, byField);
        Feed mine = new Feed();
        lock.lock();
        try {
            if (closed) {
                return true;
            }
            window.clear(snapshot);
            if (lostWrites) {
                lostWrites = false;
                historyBegin = snapshot.revision();
            }
            current = snapshot;
            feed = mine;
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
        KeyRange range = KeyRange.prefix(Key.of(ObjectKeys.prefix(definition.groupResource())));
        mine.started(store.watch(range, snapshot.revision() + 1, mine));
        listeners.forEach(Runnable::run);
        return true;
    }

    private SortedTree<StoredObject> index(SortedTree<StoredObject> tree, @Nullable StoredObject old, @Nullable StoredObject now) {
        if (indexedField == null) {
            return tree;
        }
        SortedTree<StoredObject> changed = tree;
        if (old != null) {
            changed = changed.without(Snapshot.indexKey(old.field(indexedField), old.path()));
        }
        if (now != null) {
            changed = changed.with(Snapshot.indexKey(now.field(indexedField), now.path()), now);
        }
        return changed;
    }

    private void apply(Feed from, List<WatchEvent> events, long revision) {
        lock.lock();
        try {
            Snapshot snapshot = current;
            if (feed != from || snapshot == null) {
                return;
            }
            for (WatchEvent event : events) {
                snapshot = apply(snapshot, event);
            }
            if (revision > snapshot.revision()) {
                snapshot = new Snapshot(revision, snapshot.objects(), snapshot.byField());
            }
            current = snapshot;
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
        if (!events.isEmpty()) {
            listeners.forEach(Runnable::run);
        }
    }

    private Snapshot apply(Snapshot before, WatchEvent event) {
        String path = event.current().key().toString().substring(ObjectKeys.prefix(definition.groupResource()).length());
        StoredObject previous = before.get(path).orElse(null);
        StoredObject now = event.deleted() ? null : storage.decode(definition, event.current());
        if (now == null && previous == null) {
            return before;
        }
        SortedTree<StoredObject> objects = now == null ? before.objects().without(path) : before.objects().with(path, now);
        Snapshot after = new Snapshot(event.revision(), objects, index(before.byField(), previous, now));
        CacheEvent change = new CacheEvent(now, previous, event.revision(), after);
        window.add(change);
        watchers.dispatch(change);
        return after;
    }

    private void restart(Feed from, StoreException reason) {
        lock.lock();
        try {
            if (feed != from || closed) {
                return;
            }
            LOG.warn("the feed of {} ended, reading it anew: {}", definition.groupResource(), reason.getMessage());
            feed = null;
            current = null;
            lostWrites |= reason instanceof StoreException.LostWrites;
            watchers.endAll(RESTARTED);
        } finally {
            lock.unlock();
        }
        Thread.ofVirtual().name("watch-cache-" + definition.plural()).start(this::fill);
    }

    @Override
    public void close() {
        Feed last;
        lock.lock();
        try {
            closed = true;
            last = feed;
            feed = null;
            watchers.endAll(ApiException.unavailable("the server is shutting down"));
            advanced.signalAll();
        } finally {
            lock.unlock();
        }
        if (last != null) {
            last.stop();
        }
    }

    /** One watch of the store; calls of one that has been replaced are ignored. */
    private final class Feed implements WatchObserver {
        private @Nullable AutoCloseable handle;
        private boolean stopped;

        synchronized void started(AutoCloseable watch) {
            handle = watch;
            if (stopped) {
                stop();
            }
        }

        synchronized void stop() {
            stopped = true;
            AutoCloseable watch = handle;
            if (watch != null) {
                try {
                    watch.close();
                } catch (Exception e) {
                    LOG.debug("closing the feed of {}", definition.groupResource(), e);
                }
            }
        }

        @Override
        public void onEvents(List<WatchEvent> events, long revision) {
            apply(this, events, revision);
        }

        @Override
        public void onEnd(StoreException reason) {
            restart(this, reason);
        }
    }
}
