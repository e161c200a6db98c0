package io.jakube.db;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Keeps what a watch delivers, checks the invariants that hold for every watch, and lets a test wait for something to have come. */
public final class RecordingObserver implements WatchObserver {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<WatchEvent> events = new ArrayList<>();
    private final List<String> violations = new ArrayList<>();
    private long revision;
    private @Nullable StoreException end;

    @Override
    public void onEvents(List<WatchEvent> delivered, long upTo) {
        lock.lock();
        try {
            if (end != null) {
                violations.add("called after its end");
            }
            if (upTo <= revision) {
                violations.add("progress went from " + revision + " to " + upTo);
            }
            long before = revision;
            for (WatchEvent event : delivered) {
                if (event.revision() <= revision || event.revision() < before) {
                    violations.add("event " + event.revision() + " after progress " + revision);
                }
                if (event.revision() > upTo) {
                    violations.add("event " + event.revision() + " beyond the call's revision " + upTo);
                }
                before = event.revision();
            }
            events.addAll(delivered);
            revision = upTo;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onEnd(StoreException reason) {
        lock.lock();
        try {
            if (end != null) {
                violations.add("ended twice");
            }
            end = reason;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public List<WatchEvent> awaitRevision(long wanted) {
        await(observer -> observer.revision >= wanted, "revision " + wanted);
        return events();
    }

    public List<WatchEvent> awaitEvents(int count) {
        await(observer -> observer.events.size() >= count, count + " events");
        return events();
    }

    public StoreException awaitEnd() {
        await(observer -> observer.end != null, "its end");
        return java.util.Objects.requireNonNull(end);
    }

    public List<WatchEvent> events() {
        lock.lock();
        try {
            if (!violations.isEmpty()) {
                fail("the watch broke its contract: " + violations);
            }
            return List.copyOf(events);
        } finally {
            lock.unlock();
        }
    }

    public List<Long> revisions() {
        return events().stream().map(WatchEvent::revision).toList();
    }

    public boolean hasEnded() {
        lock.lock();
        try {
            return end != null;
        } finally {
            lock.unlock();
        }
    }

    private void await(Predicate<RecordingObserver> condition, String what) {
        lock.lock();
        try {
            long left = TIMEOUT.toNanos();
            while (!condition.test(this)) {
                if (left <= 0) {
                    fail("waited " + TIMEOUT.toSeconds() + " s for " + what + "; has revision " + revision + ", " + events.size() + " events, end " + end);
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail("interrupted");
        } finally {
            lock.unlock();
        }
    }
}
