package io.jakube.common.metrics;

import java.util.concurrent.atomic.LongAdder;

/** Counts durations in buckets, for Prometheus. Observing costs a short search and three additions. Thread-safe. */
public final class Histogram {
    private final double[] bounds;
    private final LongAdder[] counts;
    private final LongAdder nanos = new LongAdder();

    /** @param bounds upper bounds of the buckets in seconds, ascending; one for the rest is added */
    public Histogram(double... bounds) {
        this.bounds = bounds.clone();
        this.counts = new LongAdder[bounds.length + 1];
        for (int i = 0; i < counts.length; i++) {
            counts[i] = new LongAdder();
        }
    }

    /** Powers of a factor, as upstream's exponential buckets. */
    public static Histogram exponential(double start, double factor, int count) {
        double[] bounds = new double[count];
        double bound = start;
        for (int i = 0; i < count; i++) {
            bounds[i] = bound;
            bound *= factor;
        }
        return new Histogram(bounds);
    }

    public void observe(long durationNanos) {
        double seconds = durationNanos / 1e9;
        int bucket = 0;
        while (bucket < bounds.length && seconds > bounds[bucket]) {
            bucket++;
        }
        counts[bucket].increment();
        nanos.add(durationNanos);
    }

    public long count() {
        long sum = 0;
        for (LongAdder count : counts) {
            sum += count.sum();
        }
        return sum;
    }

    void write(StringBuilder text, String name, String labels) {
        String more = labels.isEmpty() ? "" : labels + ",";
        long sum = 0;
        for (int i = 0; i < counts.length; i++) {
            sum += counts[i].sum();
            String bound = i == bounds.length ? "+Inf" : MetricsText.number(bounds[i]);
            text.append(name).append("_bucket{").append(more).append("le=\"").append(bound).append("\"} ").append(sum).append('\n');
        }
        String only = labels.isEmpty() ? "" : "{" + labels + "}";
        text.append(name).append("_sum").append(only).append(' ').append(nanos.sum() / 1e9).append('\n');
        text.append(name).append("_count").append(only).append(' ').append(sum).append('\n');
    }
}
