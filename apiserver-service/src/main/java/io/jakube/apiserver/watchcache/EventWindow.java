package io.jakube.apiserver.watchcache;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The newest changes of a resource, with the snapshot after each: what watches resume from and what lists at a recent revision read.
 * A ring that grows up to its capacity. Guarded by the cache's lock.
 */
final class EventWindow {
    private static final int INITIAL = 64;

    private final int capacity;
    private CacheEvent[] ring = new CacheEvent[INITIAL];
    private int head;
    private int size;
    /** State before the oldest change kept. */
    private Snapshot base;

    EventWindow(int capacity, Snapshot base) {
        this.capacity = Math.max(capacity, INITIAL);
        this.base = base;
    }

    /** Every change after this revision is in the window. */
    long startRevision() {
        return base.revision();
    }

    void add(CacheEvent event) {
        if (size == ring.length) {
            if (ring.length < capacity) {
                CacheEvent[] larger = new CacheEvent[Math.min(capacity, ring.length * 2)];
                for (int i = 0; i < size; i++) {
                    larger[i] = get(i);
                }
                ring = larger;
                head = 0;
            } else {
                base = get(0).after();
                head = (head + 1) % ring.length;
                size--;
            }
        }
        ring[(head + size) % ring.length] = event;
        size++;
    }

    /** Changes after a revision, oldest first; empty optional if some of them are gone. */
    Optional<List<CacheEvent>> after(long revision) {
        if (revision < startRevision()) {
            return Optional.empty();
        }
        List<CacheEvent> events = new ArrayList<>();
        for (int i = firstAfter(revision); i < size; i++) {
            events.add(get(i));
        }
        return Optional.of(events);
    }

    /** The state at a revision not newer than the newest change's; empty if it is gone. */
    Optional<Snapshot> at(long revision) {
        if (revision < startRevision()) {
            return Optional.empty();
        }
        int next = firstAfter(revision);
        return Optional.of(next == 0 ? base : get(next - 1).after());
    }

    void clear(Snapshot newBase) {
        Arrays.fill(ring, null);
        head = 0;
        size = 0;
        base = newBase;
    }

    private int firstAfter(long revision) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).revision() <= revision) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private CacheEvent get(int index) {
        return ring[(head + index) % ring.length];
    }
}
