package io.jakube.launcher.probe;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Waiting for a probe to say "well".
 *
 * @param silence how long what is waited for may show no activity
 * @param limit how long it may take however active it is
 */
public record Patience(Duration silence, Duration limit) {
    private static final long STEP_MILLIS = 50;

    public Patience {
        requireNonNull(silence, "silence is null");
        requireNonNull(limit, "limit is null");
    }

    /**
     * Asks again and again until the probe is content, the patience is over, or {@code giveUp} names a reason why it never will be.
     *
     * @param activity a number that changes while work is done
     * @return the last complaint; empty once there was none
     */
    public Optional<String> await(Supplier<Optional<String>> probe, Supplier<Optional<String>> giveUp, LongSupplier activity) {
        long begin = System.nanoTime();
        long lastSeen = begin;
        long seen = activity.getAsLong();
        while (true) {
            Optional<String> complaint = probe.get();
            if (complaint.isEmpty()) {
                return complaint;
            }
            Optional<String> hopeless = giveUp.get();
            if (hopeless.isPresent()) {
                return hopeless;
            }
            long now = System.nanoTime();
            long active = activity.getAsLong();
            if (active != seen) {
                seen = active;
                lastSeen = now;
            }
            if (now - lastSeen > silence.toNanos() || now - begin > limit.toNanos()) {
                return complaint;
            }
            try {
                Thread.sleep(STEP_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return Optional.of("interrupted");
            }
        }
    }
}
