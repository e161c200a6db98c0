package io.jakube.apiserver.watchcache;

import io.jakube.apiserver.storage.StoredObject;
import org.jspecify.annotations.Nullable;

/**
 * One change of one object.
 *
 * @param current state after the change; null where the object was deleted
 * @param previous state before; null where it was created
 * @param revision the change's revision
 * @param after all objects after the change
 */
public record CacheEvent(@Nullable StoredObject current, @Nullable StoredObject previous, long revision, Snapshot after) {
    StoredObject either() {
        if (current != null) {
            return current;
        }
        if (previous != null) {
            return previous;
        }
        throw new IllegalStateException("event without object");
    }
}
