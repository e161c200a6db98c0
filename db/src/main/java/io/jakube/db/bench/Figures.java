package io.jakube.db.bench;

import java.util.Locale;

/**
 * What a load achieved.
 *
 * @param rate calls per second; 0 where only latency counts
 * @param p50 median latency in milliseconds
 * @param p99 latency in milliseconds that one call in a hundred exceeds
 * @param processor microseconds of processor time per call, of clients and servers together; 0 where that was not measured
 */
record Figures(double rate, double p50, double p99, double processor) {
    static Figures of(Latencies latencies, double seconds) {
        return new Figures(latencies.count() / seconds, latencies.millis(0.5), latencies.millis(0.99), 0);
    }

    Figures withProcessor(double microseconds) {
        return new Figures(rate, p50, p99, microseconds);
    }

    @Override
    public String toString() {
        String text = String.format(Locale.ROOT, "%8.0f/s  p50 %7.2f ms  p99 %7.2f ms", rate, p50, p99);
        return processor == 0 ? text : text + String.format(Locale.ROOT, "  cpu %6.0f µs", processor);
    }
}
