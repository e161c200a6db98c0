package io.jakube.controller.disruption;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatus;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetStatusBuilder;
import io.jakube.controller.pods.Numbers;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.pods.Times;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A budget's status (Kubernetes documentation, "Specifying a Disruption Budget"). Pure. */
final class DisruptionDecision {
    /** How long an eviction counts although its pod is not seen to be going. */
    private static final Duration EVICTION_SEEN_WITHIN = Duration.ofMinutes(2);
    private static final String CONDITION = "DisruptionAllowed";

    private DisruptionDecision() {}

    /**
     * @param pods those the budget selects
     * @param scale wanted pods of all their controllers together; empty where a controller's scale is not known
     */
    static Plan decide(PodDisruptionBudget budget, List<Pod> pods, OptionalInt scale, Instant now) {
        PodDisruptionBudgetStatus before = budget.getStatus() == null ? new PodDisruptionBudgetStatus() : budget.getStatus();
        Plan.Builder plan = Plan.builder();
        Map<String, String> disrupted = new HashMap<>();
        if (before.getDisruptedPods() != null) {
            before.getDisruptedPods().forEach((name, time) -> {
                Instant expiry = PodStates.time(time).plus(EVICTION_SEEN_WITHIN);
                boolean pending = pods.stream().anyMatch(p -> p.getMetadata().getName().equals(name) && !PodStates.isTerminating(p));
                if (pending && expiry.isAfter(now)) {
                    disrupted.put(name, time);
                    plan.requeueAfter(Duration.between(now, expiry));
                }
            });
        }
        int expected;
        int desired;
        String failure = null;
        var minAvailable = budget.getSpec().getMinAvailable();
        var maxUnavailable = budget.getSpec().getMaxUnavailable();
        boolean needsScale = maxUnavailable != null || minAvailable != null && minAvailable.getStrVal() != null;
        if (needsScale && scale.isEmpty()) {
            expected = 0;
            desired = 0;
            failure = "found no controllers with a known scale for the pods that the budget selects";
        } else {
            expected = needsScale ? scale.getAsInt() : pods.size();
            desired = maxUnavailable != null
                    ? Math.max(0, expected - Numbers.scaled(maxUnavailable, expected, true))
                    : Numbers.scaled(minAvailable, expected, true);
        }
        int healthy = (int) pods.stream().filter(p -> !PodStates.isTerminating(p) && PodStates.isReady(p) && !disrupted.containsKey(p.getMetadata().getName())).count();
        int allowed = failure != null || expected <= 0 ? 0 : Math.max(0, healthy - desired);
        PodDisruptionBudgetStatus status = new PodDisruptionBudgetStatusBuilder(before)
                .withCurrentHealthy(healthy)
                .withDesiredHealthy(desired)
                .withExpectedPods(expected)
                .withDisruptionsAllowed(allowed)
                .withDisruptedPods(disrupted.isEmpty() ? null : disrupted)
                .withObservedGeneration(budget.getMetadata().getGeneration())
                .withConditions(conditions(budget, before, allowed, failure, now))
                .build();
        if (!status.equals(before)) {
            plan.then(new Write.UpdateStatus(new PodDisruptionBudgetBuilder(budget).withStatus(status).build()));
        }
        return plan.build();
    }

    private static List<Condition> conditions(PodDisruptionBudget budget, PodDisruptionBudgetStatus before, int allowed, @Nullable String failure, Instant now) {
        String status = allowed > 0 ? "True" : "False";
        String reason = failure != null ? "SyncFailed" : allowed > 0 ? "SufficientPods" : "InsufficientPods";
        List<Condition> result = new ArrayList<>();
        Condition old = null;
        for (Condition condition : before.getConditions() == null ? List.<Condition>of() : before.getConditions()) {
            if (condition.getType().equals(CONDITION)) {
                old = condition;
            } else {
                result.add(condition);
            }
        }
        String since = old != null && old.getStatus().equals(status) ? old.getLastTransitionTime() : Times.format(now);
        result.add(new ConditionBuilder().withType(CONDITION).withStatus(status).withReason(reason).withMessage(failure == null ? "" : failure)
                .withObservedGeneration(budget.getMetadata().getGeneration()).withLastTransitionTime(since).build());
        return result;
    }
}
