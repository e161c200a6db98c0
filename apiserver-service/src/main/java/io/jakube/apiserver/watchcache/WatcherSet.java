package io.jakube.apiserver.watchcache;

import io.jakube.apiserver.storage.StoredObject;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Watchers by what they ask for. Guarded by the cache's lock. */
final class WatcherSet {
    private final Map<WatchScope, Set<CacheWatcher>> watchers = new HashMap<>();
    private final @Nullable String indexedField;

    WatcherSet(@Nullable String indexedField) {
        this.indexedField = indexedField;
    }

    void add(CacheWatcher watcher) {
        watchers.computeIfAbsent(watcher.scope(), s -> new LinkedHashSet<>()).add(watcher);
    }

    void remove(CacheWatcher watcher) {
        Set<CacheWatcher> group = watchers.get(watcher.scope());
        if (group != null && group.remove(watcher) && group.isEmpty()) {
            watchers.remove(watcher.scope());
        }
    }

    void dispatch(CacheEvent event) {
        if (watchers.isEmpty()) {
            return;
        }
        StoredObject object = event.either();
        send(WatchScope.ALL, event);
        if (!object.namespace().isEmpty()) {
            send(WatchScope.namespaceOf(object), event);
        }
        send(WatchScope.singleOf(object), event);
        if (indexedField != null) {
            String now = value(event.current());
            String before = value(event.previous());
            if (now != null) {
                send(new WatchScope.Indexed(now), event);
            }
            if (before != null && !before.equals(now)) {
                send(new WatchScope.Indexed(before), event);
            }
        }
    }

    void endAll(ApiException reason) {
        List<CacheWatcher> all = new ArrayList<>();
        watchers.values().forEach(all::addAll);
        watchers.clear();
        all.forEach(watcher -> watcher.end(reason));
    }

    int size() {
        return watchers.values().stream().mapToInt(Set::size).sum();
    }

    private void send(WatchScope scope, CacheEvent event) {
        Set<CacheWatcher> group = watchers.get(scope);
        if (group != null) {
            group.forEach(watcher -> watcher.offer(event));
        }
    }

    private @Nullable String value(@Nullable StoredObject object) {
        return object == null || indexedField == null ? null : object.field(indexedField);
    }
}
