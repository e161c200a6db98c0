package io.jakube.common.informer;

import io.jakube.common.api.ObjectKey;
import java.util.Collection;
import java.util.Optional;

/**
 * Reads an informer's cache. Thread-safe, without locks. Objects are shared: never modify one, copy it first. Collections are weakly
 * consistent views without order; they are cheap to obtain and must not be modified.
 */
public interface Lister<T> {
    Optional<T> get(ObjectKey key);

    /** @param namespace empty for cluster-scoped objects */
    default Optional<T> get(String namespace, String name) {
        return get(new ObjectKey(namespace, name));
    }

    /** All objects. */
    Collection<T> list();

    /** Objects of one namespace. */
    Collection<T> namespace(String namespace);

    /**
     * Objects that an index has under a value.
     *
     * @throws IllegalArgumentException if there is no such index
     */
    Collection<T> byIndex(String index, String value);
}
