package io.jakube.launcher.probe;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/** Waiting for a probe to say "well". */
public final class Patience {
    private static final long STEP_MILLIS = 50;

    private Patience() {}

    /**
     * Asks again and again until the probe is content, the time is over, or {@code giveUp} names a reason why it never will be.
     *
     * @return the last complaint; empty once there was none
     */
    public static Optional<String> await(Supplier<Optional<String>> probe, Supplier<Optional<String>> giveUp, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<String> complaint = probe.get();
            if (complaint.isEmpty()) {
                return complaint;
            }
            Optional<String> hopeless = giveUp.get();
            if (hopeless.isPresent()) {
                return hopeless;
            }
            if (System.nanoTime() > deadline) {
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
