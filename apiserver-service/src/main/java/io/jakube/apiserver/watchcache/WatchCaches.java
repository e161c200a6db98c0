package io.jakube.apiserver.watchcache;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.storage.ObjectStorage;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.db.KeyValueStore;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The caches of all resources, each started when first asked for. Thread-safe. */
public final class WatchCaches implements AutoCloseable {
    private static final Map<GroupResource, String> INDEXED = Map.of(GroupResource.core("pods"), "spec.nodeName");

    private final KeyValueStore store;
    private final ObjectStorage storage;
    private final FreshnessGate freshness;
    private final Map<GroupResource, WatchCache> caches = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public WatchCaches(KeyValueStore store, ObjectStorage storage) {
        this.store = requireNonNull(store, "store is null");
        this.storage = requireNonNull(storage, "storage is null");
        this.freshness = new FreshnessGate(storage::currentRevision);
    }

    /** The resource's cache; filling begins with the first call. */
    public WatchCache of(ResourceDefinition definition) {
        WatchCache cache = caches.get(definition.groupResource());
        if (cache != null) {
            return cache;
        }
        if (closed) {
            throw new IllegalStateException("closed");
        }
        return caches.computeIfAbsent(definition.groupResource(), r -> new WatchCache(store, storage, definition, INDEXED.get(r), freshness));
    }

    /** The caches started so far. */
    public Collection<WatchCache> started() {
        return List.copyOf(caches.values());
    }

    @Override
    public void close() {
        closed = true;
        caches.values().forEach(WatchCache::close);
    }
}
