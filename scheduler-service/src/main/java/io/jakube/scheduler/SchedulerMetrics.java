package io.jakube.scheduler;

import io.jakube.common.metrics.Histogram;
import io.jakube.common.metrics.MetricsText;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the scheduler counts, in upstream's metric names. Thread-safe. */
final class SchedulerMetrics {
    /** What became of an attempt to schedule a pod. */
    enum Result {
        SCHEDULED,
        UNSCHEDULABLE,
        ERROR
    }

    private final Map<Result, Histogram> attempts = new EnumMap<>(Result.class);
    private final LongAdder preemptions = new LongAdder();
    private final LongAdder victims = new LongAdder();

    SchedulerMetrics() {
        for (Result result : Result.values()) {
            attempts.put(result, Histogram.exponential(0.001, 2, 20));
        }
    }

    void attempted(Result result, long nanos) {
        attempts.get(result).observe(nanos);
    }

    void preempted(int pods) {
        preemptions.increment();
        victims.add(pods);
    }

    void describe(MetricsText text) {
        text.family("scheduler_schedule_attempts_total", "counter", "Attempts to schedule pods, by result.");
        attempts.forEach((result, durations) -> text.series(durations.count(), "profile", Scheduler.NAME, "result", name(result)));
        text.family("scheduler_scheduling_attempt_duration_seconds", "histogram", "How long attempts took, bindings included.");
        attempts.forEach((result, durations) -> text.series(durations, "profile", Scheduler.NAME, "result", name(result)));
        text.family("scheduler_preemption_attempts_total", "counter", "Attempts that had other pods evicted.").series(preemptions.sum());
        text.family("scheduler_preemption_victims_total", "counter", "Pods evicted for the sake of others.").series(victims.sum());
    }

    private static String name(Result result) {
        return result.name().toLowerCase(Locale.ROOT);
    }
}
