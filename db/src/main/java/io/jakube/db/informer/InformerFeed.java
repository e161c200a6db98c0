package io.jakube.db.informer;

import io.jakube.common.api.GroupResource;
import io.jakube.common.informer.EventType;
import io.jakube.common.informer.InformerSource.Item;
import io.jakube.common.informer.InformerSource.Sink;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.RangeResult;
import io.jakube.db.StoreException;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One informer's feed. It lists on a thread of its own, then the store's feed calls it; when the watch ends it lists again. {@code lock} is held while the
 * sink is called, so that {@code close} returns after the last call.
 */
final class InformerFeed implements AutoCloseable, WatchObserver {
    private static final Logger LOG = LoggerFactory.getLogger(InformerFeed.class);
    private static final long FIRST_DELAY_MILLIS = 50;
    private static final long MAX_DELAY_MILLIS = 2_000;

    private final KeyValueStore store;
    private final GroupResource resource;
    private final KeyRange range;
    private final ObjectFilter filter;
    private final Sink sink;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;
    private @Nullable Thread lister;
    private @Nullable AutoCloseable watch;

    InformerFeed(KeyValueStore store, GroupResource resource, KeyRange range, ObjectFilter filter, Sink sink) {
        this.store = store;
        this.resource = resource;
        this.range = range;
        this.filter = filter;
        this.sink = sink;
    }

    void start() {
        lock.lock();
        try {
            if (!closed) {
                watch = null;
                lister = Thread.ofVirtual().name("informer-" + resource).start(this::listAndWatch);
            }
        } finally {
            lock.unlock();
        }
    }

    private void listAndWatch() {
        long delay = FIRST_DELAY_MILLIS;
        while (!isClosed()) {
            try {
                RangeResult list = store.range(range, 0, 0);
                lock.lock();
                try {
                    if (closed) {
                        return;
                    }
                    sink.replace(items(list), list.revision());
                } finally {
                    lock.unlock();
                }
                AutoCloseable started = store.watch(range, list.revision() + 1, this);
                keep(started);
                return;
            } catch (RuntimeException e) {
                if (isClosed()) {
                    return;
                }
                LOG.warn("Listing {} failed and is tried again: {}", resource, e.toString());
                try {
                    Thread.sleep(delay / 2 + ThreadLocalRandom.current().nextLong(delay));
                } catch (InterruptedException interrupted) {
                    return;
                }
                delay = Math.min(MAX_DELAY_MILLIS, delay * 2);
            }
        }
    }

    private void keep(AutoCloseable started) {
        lock.lock();
        try {
            if (closed) {
                close(started);
            } else if (lister == Thread.currentThread()) {
                watch = started;
            }
        } finally {
            lock.unlock();
        }
    }

    private List<Item> items(RangeResult list) {
        List<Item> items = new ArrayList<>(list.items().size());
        for (KeyValue stored : list.items()) {
            Item item = matching(stored, stored.modRevision());
            if (item != null) {
                items.add(item);
            }
        }
        return items;
    }

    @Override
    public void onEvents(List<WatchEvent> events, long revision) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            for (WatchEvent event : events) {
                apply(event);
            }
            sink.progress(revision);
        } finally {
            lock.unlock();
        }
    }

    private void apply(WatchEvent event) {
        Item before = event.previous() == null ? null : matching(event.previous(), event.revision());
        Item after = event.deleted() ? null : matching(event.current(), event.revision());
        try {
            if (after != null) {
                sink.apply(before == null ? EventType.ADDED : EventType.MODIFIED, after);
            } else if (before != null) {
                sink.apply(EventType.DELETED, before);
            }
        } catch (RuntimeException e) {
            LOG.error("The informer of {} failed on {} at revision {}", resource, event.current().key(), event.revision(), e);
        }
    }

    /** The object if the informer wants it. A value that is not an object counts as absent, and so does not hold up the others. */
    private @Nullable Item matching(KeyValue stored, long revision) {
        try {
            return filter.matches(stored.value()) ? new Item(revision, StoredJson.withResourceVersion(stored.value(), revision)) : null;
        } catch (UncheckedIOException e) {
            // Not the exception: it quotes the value.
            LOG.error("The value of {} at revision {} is not an object with metadata", stored.key(), stored.modRevision());
            return null;
        }
    }

    @Override
    public void onEnd(StoreException reason) {
        LOG.info("The watch of {} ended and the list is read again: {}", resource, reason.getMessage());
        start();
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        AutoCloseable open;
        lock.lock();
        try {
            closed = true;
            open = watch;
        } finally {
            lock.unlock();
        }
        close(open);
    }

    private static void close(@Nullable AutoCloseable watch) {
        try {
            if (watch != null) {
                watch.close();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
