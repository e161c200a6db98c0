package io.jakube.agent.pod;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Delays per key that double from {@code initial} to {@code max} and are forgotten after twice {@code max} without a failure. Not thread-safe:
 * each pod has its own.
 */
public final class BackOff {
    private record Entry(Duration delay, Instant updated) {}

    private final Duration initial;
    private final Duration max;
    private final Map<String, Entry> entries = new HashMap<>();

    public BackOff(Duration initial, Duration max) {
        this.initial = requireNonNull(initial, "initial is null");
        this.max = requireNonNull(max, "max is null");
    }

    /** How long after {@code since} the key has to wait; zero for one that never failed or not for long. */
    public Duration delay(String key, Instant since) {
        Entry entry = entries.get(key);
        return entry == null || isStale(entry, since) ? Duration.ZERO : entry.delay();
    }

    /** Another failure at {@code when}: the next delay is twice as long. */
    public void next(String key, Instant when) {
        Entry entry = entries.get(key);
        Duration delay = entry == null || isStale(entry, when) ? initial : min(entry.delay().multipliedBy(2));
        entries.put(key, new Entry(delay, when));
    }

    public void reset(String key) {
        entries.remove(key);
    }

    private boolean isStale(Entry entry, Instant at) {
        return Duration.between(entry.updated(), at).compareTo(max.multipliedBy(2)) > 0;
    }

    private Duration min(Duration delay) {
        return delay.compareTo(max) > 0 ? max : delay;
    }
}
