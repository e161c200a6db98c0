package io.jakube.db.bench;

import java.util.Locale;

/**
 * What a load achieved.
 *
 * @param rate calls per second; 0 where only latency counts
 * @param p50 median latency in milliseconds
 * @param p99 latency in milliseconds that one call in a hundred exceeds
 */
record Figures(double rate, double p50, double p99) {
    static Figures of(Latencies latencies, double seconds) {
        return new Figures(latencies.count() / seconds, latencies.millis(0.5), latencies.millis(0.99));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%8.0f/s  p50 %7.2f ms  p99 %7.2f ms", rate, p50, p99);
    }
}
