package io.jakube.apiserver.watchcache;

import io.jakube.apiserver.storage.ObjectKeys;
import io.jakube.apiserver.storage.ObjectStorage;
import io.jakube.apiserver.storage.StoredObject;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.status.ApiException;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreException;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads changes from before a cache began, as far as the store has not compacted them. Thread-safe. */
final class StoredHistory {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    /** Whoever missed more is better served by a list. */
    private static final int MAX_EVENTS = 20_000;

    private final KeyValueStore store;
    private final ObjectStorage storage;
    private final ResourceDefinition definition;

    StoredHistory(KeyValueStore store, ObjectStorage storage, ResourceDefinition definition) {
        this.store = store;
        this.storage = storage;
        this.definition = definition;
    }

    /**
     * The changes after a revision up to those a snapshot contains, in revision order.
     *
     * @throws ApiException 410 where some of them are gone or they are too many, 503 where the store does not answer in time
     */
    List<CacheEvent> between(long after, Snapshot upTo, WatchScope scope) {
        if (after >= upTo.revision()) {
            return List.of();
        }
        Collector collector = new Collector(upTo.revision());
        try (AutoCloseable _ = store.watch(range(scope), after + 1, collector)) {
            List<WatchEvent> events = collector.done.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            List<CacheEvent> changes = new ArrayList<>(events.size());
            for (WatchEvent event : events) {
                changes.add(change(event, after, upTo));
            }
            return changes;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StoreException.Unavailable ? away() : tooOld(after, upTo);
        } catch (StoreException.Unavailable | TimeoutException e) {
            throw away();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw away();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("closing a watch of the store failed", e);
        }
    }

    private CacheEvent change(WatchEvent event, long after, Snapshot upTo) {
        KeyValue before = event.previous();
        boolean created = !event.deleted() && event.current().version() == 1;
        if (before == null && !created) {
            throw tooOld(after, upTo);
        }
        StoredObject now = event.deleted() ? null : storage.decode(definition, event.current());
        return new CacheEvent(now, before == null || created ? null : storage.decode(definition, before), event.revision(), upTo);
    }

    private KeyRange range(WatchScope scope) {
        return switch (scope) {
            case WatchScope.Namespace(String namespace) when !namespace.isEmpty() -> KeyRange.prefix(Key.of(ObjectKeys.prefix(definition.groupResource()) + namespace + "/"));
            case WatchScope.Single(String namespace, String name) -> KeyRange.single(ObjectKeys.key(definition.groupResource(), namespace, name));
            case WatchScope.Namespace _, WatchScope.Indexed _ -> KeyRange.prefix(Key.of(ObjectKeys.prefix(definition.groupResource())));
        };
    }

    private static ApiException away() {
        return ApiException.unavailable("the database does not answer");
    }

    static ApiException tooOld(long after, Snapshot upTo) {
        return ApiException.expired("too old resource version: " + after + " (" + upTo.revision() + ")");
    }

    /** Gathers events until it has come far enough; what comes later is left to the cache's own feed. */
    private static final class Collector implements WatchObserver {
        private final long upTo;
        private final List<WatchEvent> events = new ArrayList<>();
        private final CompletableFuture<List<WatchEvent>> done = new CompletableFuture<>();

        Collector(long upTo) {
            this.upTo = upTo;
        }

        @Override
        public void onEvents(List<WatchEvent> added, long revision) {
            if (done.isDone()) {
                return;
            }
            added.stream().filter(event -> event.revision() <= upTo).forEach(events::add);
            if (events.size() > MAX_EVENTS) {
                done.completeExceptionally(new IllegalStateException("too many events"));
            } else if (revision >= upTo) {
                done.complete(events);
            }
        }

        @Override
        public void onEnd(@Nullable StoreException reason) {
            done.completeExceptionally(reason);
        }
    }
}
