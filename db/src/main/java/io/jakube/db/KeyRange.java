package io.jakube.db;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A half-open range of keys.
 *
 * @param from first key, inclusive
 * @param to end, exclusive; null for no end
 */
public record KeyRange(Key from, @Nullable Key to) {
    public KeyRange {
        requireNonNull(from, "from is null");
    }

    public static KeyRange single(Key key) {
        return new KeyRange(key, key.successor());
    }

    public static KeyRange prefix(Key prefix) {
        return new KeyRange(prefix, prefix.prefixEnd());
    }

    public boolean contains(Key key) {
        return key.compareTo(from) >= 0 && (to == null || key.compareTo(to) < 0);
    }
}
