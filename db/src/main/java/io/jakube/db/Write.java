package io.jakube.db;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A put or delete of one key, conditional on its mod revision.
 *
 * @param key the key
 * @param value new value; null deletes. The array must not be modified afterwards
 * @param expectedRevision the mod revision the key must have: 0 means it must not exist, {@link #ANY} does not ask
 * @param lease lease to attach, 0 for none
 */
public record Write(Key key, byte @Nullable [] value, long expectedRevision, long lease) {
    public static final long ANY = -1;

    public Write {
        requireNonNull(key, "key is null");
    }

    public static Write create(Key key, byte[] value) {
        return new Write(key, value, 0, 0);
    }

    public static Write update(Key key, byte[] value, long expectedRevision) {
        return new Write(key, value, expectedRevision, 0);
    }

    public static Write delete(Key key, long expectedRevision) {
        return new Write(key, null, expectedRevision, 0);
    }
}
