package io.jakube.apiserver.watchcache;

import io.jakube.apiserver.storage.StoredObject;

/**
 * The part of a resource a watcher asks for, coarse enough to be found by one look-up per change. Label and field selectors are applied later, by the watcher.
 */
public sealed interface WatchScope {
    WatchScope ALL = new Namespace("");

    /** @param namespace empty for all */
    record Namespace(String namespace) implements WatchScope {}

    /** One object. @param namespace empty for cluster-scoped resources */
    record Single(String namespace, String name) implements WatchScope {}

    /** Objects whose indexed field has, or had before the change, this value. */
    record Indexed(String value) implements WatchScope {}

    static WatchScope namespaceOf(StoredObject object) {
        return new Namespace(object.namespace());
    }

    static WatchScope singleOf(StoredObject object) {
        return new Single(object.namespace(), object.name());
    }
}
