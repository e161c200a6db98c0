package io.jakube.common.informer;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A local copy of one resource as typed objects: each object is decoded once, on the feed's thread, which then tells the handlers.
 *
 * <p>Threads: one feed thread changes the cache under {@code changes}; readers never lock; {@link #awaitRevision} waits on {@code progress},
 * which is taken inside {@code changes} only, never the other way round. An object that cannot be decoded is logged and treated as absent.
 *
 * @param <T> fabric8 model class of the objects
 */
public final class Informer<T extends HasMetadata> implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Informer.class);

    private final Class<T> type;
    private final GroupResource resource;
    private final InformerSource.Filter filter;
    private final Consumer<? super T> transform;
    private final ObjectCache<T> cache = new ObjectCache<>();
    private final List<EventHandler<? super T>> handlers = new CopyOnWriteArrayList<>();
    private final ReentrantLock changes = new ReentrantLock();
    private final ReentrantLock progress = new ReentrantLock();
    private final Condition advanced = progress.newCondition();
    private final AtomicInteger waiters = new AtomicInteger();
    private volatile long revision = -1;
    private volatile boolean synced;
    private @Nullable AutoCloseable feed;

    /** An informer of a whole resource that drops {@code managedFields}. */
    public Informer(Class<T> type) {
        this(type, InformerSource.Filter.NONE, Informer::dropManagedFields);
    }

    /**
     * @param filter evaluated at the source
     * @param transform changes each object in place before it is cached, to save memory; {@link #dropManagedFields} is the usual one
     */
    public Informer(Class<T> type, InformerSource.Filter filter, Consumer<? super T> transform) {
        this.type = requireNonNull(type, "type is null");
        this.filter = requireNonNull(filter, "filter is null");
        this.transform = requireNonNull(transform, "transform is null");
        this.resource = resourceOf(type);
    }

    /** The resource a model class stands for. */
    public static GroupResource resourceOf(Class<? extends HasMetadata> type) {
        String group = HasMetadata.getGroup(type);
        return new GroupResource(group == null ? "" : group, HasMetadata.getPlural(type));
    }

    /** Removes field ownership, which only the API server needs. */
    public static void dropManagedFields(HasMetadata object) {
        object.getMetadata().setManagedFields(null);
    }

    public GroupResource resource() {
        return resource;
    }

    /**
     * Adds an index, for {@link Lister#byIndex}.
     *
     * @param values the values an object is found under; must give the same for the same object
     * @throws IllegalArgumentException if the index exists
     */
    public Informer<T> addIndex(String name, Function<? super T, ? extends Collection<String>> values) {
        changes.lock();
        try {
            cache.addIndex(name, values);
        } finally {
            changes.unlock();
        }
        return this;
    }

    /** Adds an index unless one of that name exists; for users that share an informer. */
    public Informer<T> ensureIndex(String name, Function<? super T, ? extends Collection<String>> values) {
        changes.lock();
        try {
            if (!cache.hasIndex(name)) {
                cache.addIndex(name, values);
            }
        } finally {
            changes.unlock();
        }
        return this;
    }

    /** Adds a handler, at any time. Objects already cached are announced to it on the calling thread first. */
    public Informer<T> addHandler(EventHandler<? super T> handler) {
        changes.lock();
        try {
            cache.list().forEach(object -> guarded(() -> handler.onAdd(object)));
            handlers.add(handler);
        } finally {
            changes.unlock();
        }
        return this;
    }

    /** Removes a handler; returns when it will not be called any more. */
    public void removeHandler(EventHandler<? super T> handler) {
        changes.lock();
        try {
            handlers.remove(handler);
        } finally {
            changes.unlock();
        }
    }

    public Lister<T> lister() {
        return cache;
    }

    /** Starts the feed; once per informer. */
    public Informer<T> start(InformerSource source) {
        if (feed != null) {
            throw new IllegalStateException("informer of " + resource + " is running");
        }
        feed = source.start(resource, filter, new CacheSink());
        return this;
    }

    /** Whether the first full list is in the cache and has been announced to the handlers. */
    public boolean hasSynced() {
        return synced;
    }

    /** The revision up to which the cache is known to be complete; -1 before the first list. */
    public long revision() {
        return revision;
    }

    /** Waits for {@link #hasSynced}. @return false on time-out */
    public boolean awaitSync(Duration timeout) throws InterruptedException {
        return await(() -> synced, timeout);
    }

    /**
     * Read-your-writes: waits until the cache has seen a revision, for example that of an object just written.
     *
     * @return false on time-out
     */
    public boolean awaitRevision(long wanted, Duration timeout) throws InterruptedException {
        return await(() -> revision >= wanted, timeout);
    }

    /**
     * Waits until a condition on the cache holds; it is evaluated again after every change.
     *
     * @return false on time-out
     */
    public boolean await(BooleanSupplier condition, Duration timeout) throws InterruptedException {
        if (condition.getAsBoolean()) {
            return true;
        }
        long left = timeout.toNanos();
        waiters.incrementAndGet();
        progress.lockInterruptibly();
        try {
            while (!condition.getAsBoolean()) {
                if (left <= 0) {
                    return false;
                }
                left = advanced.awaitNanos(left);
            }
            return true;
        } finally {
            progress.unlock();
            waiters.decrementAndGet();
        }
    }

    /** Stops the feed. The cache stays readable. */
    @Override
    public void close() {
        AutoCloseable running = feed;
        if (running != null) {
            try {
                running.close();
            } catch (Exception e) {
                log.warn("Stopping the feed of {} failed", resource, e);
            }
        }
    }

    private void advance(long to) {
        if (to > revision) {
            revision = to;
        }
        if (waiters.get() > 0) {
            progress.lock();
            try {
                advanced.signalAll();
            } finally {
                progress.unlock();
            }
        }
    }

    private @Nullable T decode(InformerSource.Item item) {
        try {
            T object = Json.read(item.json(), type);
            transform.accept(object);
            return object;
        } catch (RuntimeException e) {
            log.warn("An object of {} at revision {} cannot be decoded and is ignored: {}", resource, item.resourceVersion(), e.getMessage());
            return null;
        }
    }

    private static void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            log.error("An event handler failed", e);
        }
    }

    private void put(T object) {
        ObjectKey key = ObjectCache.keyOf(object);
        T old = cache.put(key, object);
        for (EventHandler<? super T> handler : handlers) {
            guarded(() -> {
                if (old == null) {
                    handler.onAdd(object);
                } else {
                    handler.onUpdate(old, object);
                }
            });
        }
    }

    private void remove(ObjectKey key, @Nullable T last) {
        T old = cache.remove(key);
        if (old != null) {
            T gone = last == null ? old : last;
            for (EventHandler<? super T> handler : handlers) {
                guarded(() -> handler.onDelete(gone));
            }
        }
    }

    private final class CacheSink implements InformerSource.Sink {
        @Override
        public void replace(List<InformerSource.Item> items, long listRevision) {
            changes.lock();
            try {
                Set<ObjectKey> present = new HashSet<>(items.size() * 2);
                List<T> changed = new ArrayList<>();
                for (InformerSource.Item item : items) {
                    T object = decode(item);
                    if (object != null) {
                        ObjectKey key = ObjectCache.keyOf(object);
                        present.add(key);
                        T old = cache.find(key);
                        if (old == null || !String.valueOf(old.getMetadata().getResourceVersion()).equals(object.getMetadata().getResourceVersion())) {
                            changed.add(object);
                        }
                    }
                }
                for (ObjectKey key : List.copyOf(cache.keys())) {
                    if (!present.contains(key)) {
                        remove(key, null);
                    }
                }
                changed.forEach(Informer.this::put);
                // After a failover that lost writes the truth may be older than what was seen.
                revision = listRevision;
                synced = true;
            } finally {
                changes.unlock();
            }
            advance(listRevision);
        }

        @Override
        public void apply(EventType event, InformerSource.Item item) {
            changes.lock();
            try {
                T object = decode(item);
                if (object != null) {
                    if (event == EventType.DELETED) {
                        remove(ObjectCache.keyOf(object), object);
                    } else {
                        put(object);
                    }
                }
            } finally {
                changes.unlock();
            }
            advance(item.resourceVersion());
        }

        @Override
        public void progress(long to) {
            advance(to);
        }
    }
}
