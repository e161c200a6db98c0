package io.jakube.launcher.bench;

import java.util.Arrays;
import java.util.Collection;

/**
 * A sample of durations in seconds.
 *
 * @param sorted ascending
 */
public record Percentiles(double[] sorted) {
    public Percentiles {
        sorted = sorted.clone();
        Arrays.sort(sorted);
    }

    public static Percentiles of(Collection<Double> seconds) {
        return new Percentiles(seconds.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** The nearest-rank percentile; NaN for an empty sample. @param percent 0 to 100 */
    public double at(double percent) {
        if (sorted.length == 0) {
            return Double.NaN;
        }
        int rank = (int) Math.ceil(percent / 100 * sorted.length);
        return sorted[Math.clamp(rank - 1L, 0, sorted.length - 1)];
    }

    @Override
    public String toString() {
        return String.format("p50 %.3f s, p99 %.3f s, max %.3f s (n = %d)", at(50), at(99), at(100), sorted.length);
    }
}
