package io.jakube.db;

import org.jspecify.annotations.Nullable;

/**
 * One change of one key.
 *
 * @param deleted whether the key ceased to be; {@code current} then carries the deletion's revision and an empty value
 * @param current state after the change
 * @param previous state before it; null where the key was created, or where compaction removed it
 */
public record WatchEvent(boolean deleted, KeyValue current, @Nullable KeyValue previous) {
    public long revision() {
        return current.modRevision();
    }
}
