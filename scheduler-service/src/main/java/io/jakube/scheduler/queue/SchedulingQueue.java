package io.jakube.scheduler.queue;

import static java.util.Objects.requireNonNull;

import io.jakube.common.api.ObjectKey;
import io.jakube.scheduler.snapshot.PodInfo;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Pods that wait for a node, in three parts: <i>active</i> (to be tried now, highest priority first, then oldest), <i>backing off</i> (tried lately, to be tried again
 * after 1 s doubling to 10 s) and <i>unschedulable</i> (to be tried when something changes that may help, or after 5 minutes).
 *
 * <p>Events that arrive while a pod is being tried are not lost: {@link #moveOnEvent} counts them, and a pod whose attempt began before the last one goes
 * to back-off instead of unschedulable. Thread-safe; one lock, held for O(log n) steps.
 */
public final class SchedulingQueue {
    static final Duration INITIAL_BACKOFF = Duration.ofSeconds(1);
    static final Duration MAX_BACKOFF = Duration.ofSeconds(10);
    static final Duration UNSCHEDULABLE_PATIENCE = Duration.ofMinutes(5);

    /**
     * What may have become possible.
     *
     * <p>{@code interested} plugins are those that, having rejected a pod, might now let it pass; empty means all.
     */
    public record ClusterEvent(Set<String> interested) {
        public static final ClusterEvent ANY = new ClusterEvent(Set.of());
    }

    private static final class Entry {
        private PodInfo pod;
        private int attempts;
        private Instant since;
        private List<String> rejectedBy = List.of();
        private Instant readyAt = Instant.MIN;
        private long eventsAtPop;

        private Entry(PodInfo pod, Instant since) {
            this.pod = pod;
            this.since = since;
        }
    }

    private static final Comparator<Entry> ACTIVE_ORDER = Comparator.<Entry>comparingInt(e -> e.pod.priority()).reversed().thenComparing(e -> e.since);

    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<ObjectKey, Entry> entries = new HashMap<>();
    private final PriorityQueue<Entry> active = new PriorityQueue<>(ACTIVE_ORDER);
    private final PriorityQueue<Entry> backoff = new PriorityQueue<>(Comparator.comparing(e -> e.readyAt));
    private final Map<ObjectKey, Entry> unschedulable = new HashMap<>();
    private final Set<ObjectKey> inFlight = new HashSet<>();
    private long events;
    private boolean closed;

    public SchedulingQueue(Clock clock) {
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** Adds a pod, or takes over its new content; a changed pod that waited as unschedulable is tried again. */
    public void addOrUpdate(PodInfo pod, boolean contentChanged) {
        lock.lock();
        try {
            Entry entry = entries.get(pod.key());
            if (entry == null) {
                entry = new Entry(pod, clock.instant());
                entries.put(pod.key(), entry);
                activate(entry);
            } else {
                boolean replaced = !entry.pod.uid().equals(pod.uid());
                entry.pod = pod;
                if ((contentChanged || replaced) && unschedulable.remove(pod.key()) != null) {
                    activate(entry);
                } else if (contentChanged) {
                    events++;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets a pod: it was bound, or is gone. */
    public void remove(ObjectKey key) {
        lock.lock();
        try {
            Entry entry = entries.remove(key);
            if (entry != null) {
                active.remove(entry);
                backoff.remove(entry);
                unschedulable.remove(key);
            }
            inFlight.remove(key);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next pod to try. @return null once closed */
    public @Nullable PodInfo take() throws InterruptedException {
        lock.lock();
        try {
            while (!closed) {
                Instant now = clock.instant();
                promote(now);
                Entry next = active.poll();
                if (next != null) {
                    next.attempts++;
                    next.eventsAtPop = events;
                    inFlight.add(next.pod.key());
                    return next.pod;
                }
                Instant wake = nextWake();
                if (wake == null) {
                    changed.await();
                } else {
                    changed.awaitNanos(Math.max(1_000_000, Duration.between(now, wake).toNanos()));
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Instant nextWake() {
        Instant wake = backoff.isEmpty() ? null : backoff.peek().readyAt;
        for (Entry entry : unschedulable.values()) {
            Instant limit = entry.readyAt.plus(UNSCHEDULABLE_PATIENCE);
            wake = wake == null || limit.isBefore(wake) ? limit : wake;
        }
        return wake;
    }

    private void promote(Instant now) {
        while (!backoff.isEmpty() && !backoff.peek().readyAt.isAfter(now)) {
            active.add(backoff.poll());
        }
        unschedulable.values().removeIf(entry -> {
            boolean due = !entry.readyAt.plus(UNSCHEDULABLE_PATIENCE).isAfter(now);
            if (due) {
                active.add(entry);
            }
            return due;
        });
    }

    /** The pod was tried and nothing fits. */
    public void unschedulable(PodInfo pod, Collection<String> rejectedBy) {
        requeue(pod, List.copyOf(rejectedBy), false);
    }

    /** The attempt failed for a reason that is not the cluster's state (a write failed): try again after back-off. */
    public void failed(PodInfo pod) {
        requeue(pod, List.of(), true);
    }

    private void requeue(PodInfo pod, List<String> rejectedBy, boolean soon) {
        lock.lock();
        try {
            Entry entry = entries.get(pod.key());
            if (entry == null || !inFlight.remove(pod.key())) {
                return;
            }
            entry.rejectedBy = rejectedBy;
            entry.readyAt = clock.instant().plus(backoffAfter(entry.attempts));
            if (soon || entry.eventsAtPop != events) {
                backoff.add(entry);
            } else {
                unschedulable.put(pod.key(), entry);
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    static Duration backoffAfter(int attempts) {
        long seconds = INITIAL_BACKOFF.toSeconds() << Math.min(attempts - 1, 10);
        return Duration.ofSeconds(Math.min(seconds, MAX_BACKOFF.toSeconds()));
    }

    /** Something changed: unschedulable pods it may help are tried again, after what is left of their back-off. */
    public void moveOnEvent(ClusterEvent event) {
        lock.lock();
        try {
            events++;
            Instant now = clock.instant();
            unschedulable.values().removeIf(entry -> {
                boolean helps = event.interested().isEmpty() || entry.rejectedBy.isEmpty() || entry.rejectedBy.stream().anyMatch(event.interested()::contains);
                if (helps) {
                    (entry.readyAt.isAfter(now) ? backoff : active).add(entry);
                }
                return helps;
            });
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void activate(Entry entry) {
        active.add(entry);
        changed.signal();
    }

    /** Pods by part, for metrics: active, backing off, unschedulable. */
    public int[] sizes() {
        lock.lock();
        try {
            return new int[] {active.size(), backoff.size(), unschedulable.size()};
        } finally {
            lock.unlock();
        }
    }

    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
