package io.jakube.controller.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a reconcile step wants done: steps in order, the writes of one step at the same time.
 *
 * @param requeueAfter when to look again although nothing changed; null for never
 * @param onFailure further writes after a write failed, for example a condition that tells of it; the steps after the failed one are skipped
 */
public record Plan(List<Step> steps, @Nullable Duration requeueAfter, Function<RuntimeException, List<Write>> onFailure) {
    /** Nothing to do. */
    public static final Plan NOTHING = builder().build();

    /**
     * Writes that do not depend on each other.
     *
     * @param slowStart whether to try one first, then 2, 4, … and stop at the first failure: where one fails, the others likely would
     */
    public record Step(List<Write> writes, boolean slowStart) {
        public Step {
            writes = List.copyOf(writes);
        }
    }

    public Plan {
        steps = List.copyOf(steps);
    }

    public static Builder builder() {
        return new Builder();
    }

    public static Plan of(Write... writes) {
        Builder builder = builder();
        for (Write write : writes) {
            builder.then(write);
        }
        return builder.build();
    }

    /** All writes, in order. */
    public List<Write> writes() {
        return steps.stream().flatMap(step -> step.writes().stream()).toList();
    }

    /** Collects a plan. Not thread-safe. */
    public static final class Builder {
        private final List<Step> steps = new ArrayList<>();
        private @Nullable Duration requeueAfter;
        private Function<RuntimeException, List<Write>> onFailure = failure -> List.of();

        private Builder() {}

        public Builder then(Write write) {
            return together(List.of(write));
        }

        public Builder together(List<? extends Write> writes) {
            return add(writes, false);
        }

        public Builder slowStart(List<? extends Write> writes) {
            return add(writes, true);
        }

        private Builder add(List<? extends Write> writes, boolean slowStart) {
            if (!writes.isEmpty()) {
                steps.add(new Step(List.copyOf(writes), slowStart));
            }
            return this;
        }

        /** Looks again after a time; the shortest one asked for counts. */
        public Builder requeueAfter(Duration delay) {
            if (requeueAfter == null || delay.compareTo(requeueAfter) < 0) {
                requeueAfter = delay;
            }
            return this;
        }

        public Builder onFailure(Function<RuntimeException, List<Write>> writes) {
            onFailure = writes;
            return this;
        }

        /** Adds another plan's steps and requeue time. */
        public Builder append(Plan other) {
            steps.addAll(other.steps());
            if (other.requeueAfter() != null) {
                requeueAfter(other.requeueAfter());
            }
            return this;
        }

        public boolean isEmpty() {
            return steps.isEmpty();
        }

        public Plan build() {
            return new Plan(steps, requeueAfter, onFailure);
        }
    }
}
