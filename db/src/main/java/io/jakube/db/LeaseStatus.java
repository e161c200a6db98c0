package io.jakube.db;

import java.util.List;

/**
 * A live lease.
 *
 * @param id its id
 * @param grantedSeconds time to live it was granted with
 * @param remainingSeconds time left, at least 0
 * @param keys attached keys in order
 */
public record LeaseStatus(long id, long grantedSeconds, long remainingSeconds, List<Key> keys) {
    public LeaseStatus {
        keys = List.copyOf(keys);
    }
}
