package io.jakube.agent.probe;

import java.util.Optional;

/**
 * Counts a probe's results against its thresholds: the answer turns to success after {@code successThreshold} passes in a row and to failure
 * after {@code failureThreshold} failures in a row. Not thread-safe.
 */
final class ProbeCounter {
    private final int successThreshold;
    private final int failureThreshold;
    private boolean last;
    private int run;

    ProbeCounter(int successThreshold, int failureThreshold) {
        this.successThreshold = Math.max(1, successThreshold);
        this.failureThreshold = Math.max(1, failureThreshold);
    }

    /** @return the probe's answer once a threshold is reached, empty while it is not */
    Optional<Boolean> count(boolean passed) {
        run = run > 0 && passed == last ? run + 1 : 1;
        last = passed;
        return run >= (passed ? successThreshold : failureThreshold) ? Optional.of(passed) : Optional.empty();
    }
}
