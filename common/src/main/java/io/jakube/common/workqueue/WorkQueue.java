package io.jakube.common.workqueue;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keys to work on, with the semantics of client-go's rate limiting queue: a key waits at most once; a key added while it is worked on is
 * handed out again after {@link #done}; no key is worked on by two threads. Keys are handed out in the order they were added. A delayed
 * add that would come after one already pending for the key is dropped. The queue is unbounded; its size is bounded by the number of distinct keys.
 *
 * <p>Unlike client-go's default there is no limit over all keys, only one per key. Thread-safe: one lock for everything.
 *
 * @param <K> key with {@code equals} and {@code hashCode}
 */
public final class WorkQueue<K> {
    /** client-go's defaults. */
    public static final Duration DEFAULT_BASE_DELAY = Duration.ofMillis(5);
    public static final Duration DEFAULT_MAX_DELAY = Duration.ofSeconds(1000);

    private record Delayed<K>(K key, long due, long order) implements Comparable<Delayed<K>> {
        @Override
        public int compareTo(Delayed<K> other) {
            int byTime = Long.compare(due - other.due, 0);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final LongSupplier nanoTime;
    private final long baseDelay;
    private final long maxDelay;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<K> ready = new ArrayDeque<>();
    /** Keys that wait or must be handed out again. */
    private final Set<K> dirty = new HashSet<>();
    private final Set<K> processing = new HashSet<>();
    private final PriorityQueue<Delayed<K>> delayed = new PriorityQueue<>();
    private final Map<K, Delayed<K>> delayedByKey = new HashMap<>();
    private final Map<K, Integer> failures = new HashMap<>();
    private long order;
    /** The one thread that waits for the next delayed key; others wait without a time limit. */
    private @Nullable Thread leader;
    private boolean shutDown;

    public WorkQueue() {
        this(DEFAULT_BASE_DELAY, DEFAULT_MAX_DELAY, System::nanoTime);
    }

    /**
     * @param baseDelay delay of the first rate-limited add of a key; doubles each time
     * @param maxDelay most a rate-limited add waits
     * @param nanoTime the clock, in nanoseconds like {@link System#nanoTime}
     */
    public WorkQueue(Duration baseDelay, Duration maxDelay, LongSupplier nanoTime) {
        this.baseDelay = baseDelay.toNanos();
        this.maxDelay = maxDelay.toNanos();
        this.nanoTime = requireNonNull(nanoTime, "nanoTime is null");
    }

    /** Marks a key as needing work. Ignored after shutdown. */
    public void add(K key) {
        lock.lock();
        try {
            enqueue(requireNonNull(key, "key is null"));
        } finally {
            lock.unlock();
        }
    }

    /** Adds a key after a delay; at once where the delay is not positive. An earlier time replaces a later one that is pending. */
    public void addAfter(K key, Duration delay) {
        requireNonNull(key, "key is null");
        lock.lock();
        try {
            if (shutDown) {
                return;
            }
            if (delay.isNegative() || delay.isZero()) {
                enqueue(key);
                return;
            }
            long nanos = delay.compareTo(Duration.ofDays(36500)) > 0 ? Long.MAX_VALUE / 4 : delay.toNanos();
            Delayed<K> entry = new Delayed<>(key, nanoTime.getAsLong() + nanos, order++);
            Delayed<K> pending = delayedByKey.get(key);
            if (pending == null || entry.due() - pending.due() < 0) {
                if (pending != null) {
                    delayed.remove(pending);
                }
                delayedByKey.put(key, entry);
                delayed.add(entry);
                if (delayed.peek() == entry) {
                    leader = null;
                    changed.signal();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Adds a key after its back-off, which doubles with each call until {@link #forget}. */
    public void addRateLimited(K key) {
        Duration delay;
        lock.lock();
        try {
            int doublings = failures.merge(key, 1, Integer::sum) - 1;
            boolean atMost = doublings >= Long.numberOfLeadingZeros(baseDelay) - 1 || baseDelay << doublings > maxDelay;
            delay = Duration.ofNanos(atMost ? maxDelay : baseDelay << doublings);
        } finally {
            lock.unlock();
        }
        addAfter(key, delay);
    }

    /** Ends a key's back-off, after success. */
    public void forget(K key) {
        lock.lock();
        try {
            failures.remove(key);
        } finally {
            lock.unlock();
        }
    }

    /** How often a key was added rate-limited since it was last forgotten. */
    public int failures(K key) {
        lock.lock();
        try {
            return failures.getOrDefault(key, 0);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for a key. The caller must call {@link #done} for it.
     *
     * @return empty once the queue is shut down and drained
     */
    public Optional<K> take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                promote();
                if (!ready.isEmpty()) {
                    return Optional.of(handOut());
                }
                if (shutDown) {
                    return Optional.empty();
                }
                if (delayed.isEmpty() || leader != null) {
                    changed.await();
                } else {
                    Thread me = Thread.currentThread();
                    leader = me;
                    try {
                        changed.awaitNanos(delayed.peek().due() - nanoTime.getAsLong());
                    } finally {
                        if (leader == me) {
                            leader = null;
                        }
                    }
                }
            }
        } finally {
            if (leader == null && (!delayed.isEmpty() || !ready.isEmpty())) {
                changed.signal();
            }
            lock.unlock();
        }
    }

    /** A key if one is due now, without waiting. The caller must call {@link #done} for it. */
    public Optional<K> poll() {
        lock.lock();
        try {
            promote();
            return ready.isEmpty() ? Optional.empty() : Optional.of(handOut());
        } finally {
            lock.unlock();
        }
    }

    /** Ends the work on a key that was handed out; it is handed out again if it was added meanwhile. */
    public void done(K key) {
        lock.lock();
        try {
            processing.remove(key);
            if (dirty.contains(key)) {
                ready.add(key);
                changed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Keys waiting to be handed out now, without delayed ones. */
    public int length() {
        lock.lock();
        try {
            promote();
            return ready.size();
        } finally {
            lock.unlock();
        }
    }

    /** Keys waiting for their time. */
    public int delayedLength() {
        lock.lock();
        try {
            return delayed.size();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses further adds, drops delayed ones and lets {@link #take} return empty when what is waiting has been handed out. */
    public void shutDown() {
        lock.lock();
        try {
            shutDown = true;
            delayed.clear();
            delayedByKey.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void enqueue(K key) {
        if (shutDown || !dirty.add(key)) {
            return;
        }
        if (!processing.contains(key)) {
            ready.add(key);
            changed.signal();
        }
    }

    private void promote() {
        if (delayed.isEmpty()) {
            return;
        }
        long now = nanoTime.getAsLong();
        for (Delayed<K> next = delayed.peek(); next != null && next.due() - now <= 0; next = delayed.peek()) {
            delayed.poll();
            delayedByKey.remove(next.key());
            enqueue(next.key());
        }
    }

    private K handOut() {
        K key = ready.poll();
        dirty.remove(key);
        processing.add(key);
        return key;
    }
}
