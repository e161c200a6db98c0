package io.jakube.db;

import java.util.List;

/**
 * A consistent read.
 *
 * @param items in key order unless the request sorted otherwise
 * @param revision for a read at the latest revision: the store's revision at the instant of the read, never older than any write acknowledged before
 *     the call; for a read at an older revision: still the store's latest revision
 * @param count keys of the range regardless of limit and revision filters
 * @param more whether the limit cut the answer
 */
public record RangeResult(List<KeyValue> items, long revision, long count, boolean more) {
    public RangeResult {
        items = List.copyOf(items);
    }
}
