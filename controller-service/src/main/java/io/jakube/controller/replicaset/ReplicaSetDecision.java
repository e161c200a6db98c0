package io.jakube.controller.replicaset;

import static io.jakube.controller.pods.Numbers.omitZero;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import io.jakube.common.selector.LabelSelectors;
import io.jakube.controller.pods.Claims;
import io.jakube.controller.pods.DeletionOrder;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.pods.PodTemplates;
import io.jakube.controller.pods.Times;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a replica set needs: pods to adopt, release, create or delete, and its status. Pure. */
final class ReplicaSetDecision {
    /** Most pods created or deleted in one step. */
    private static final int BURST = 500;

    private ReplicaSetDecision() {}

    /**
     * @param candidates pods it manages and pods of its namespace nobody manages
     * @param siblingsByNode active pods of replica sets with the same manager, by node
     */
    static Plan decide(ReplicaOwner owner, List<Pod> candidates, Map<String, Long> siblingsByNode, Instant now) {
        Claims<Pod> claims = Claims.of(owner.object(), candidates, owner.matches());
        List<Pod> active = claims.owned().stream().filter(PodStates::isActive).toList();
        Plan.Builder plan = Plan.builder().together(claims.writes());
        boolean deleting = owner.object().getMetadata().getDeletionTimestamp() != null;
        int missing = deleting ? 0 : owner.replicas() - active.size();
        if (missing > 0) {
            plan.slowStart(Collections.nCopies(Math.min(missing, BURST), creation(owner)));
        } else if (missing < 0) {
            plan.together(DeletionOrder.firstToDelete(active, siblingsByNode, Math.min(-missing, BURST), now).stream().map(pod -> deletion(owner, pod)).toList());
        }
        ReplicaSetStatus status = status(owner, claims.owned(), now, null);
        if (!status.equals(owner.status())) {
            plan.then(new Write.UpdateStatus(owner.withStatus().apply(status)));
        }
        String reason = missing > 0 ? "FailedCreate" : "FailedDelete";
        plan.onFailure(failure -> {
            ReplicaSetCondition condition = new ReplicaSetConditionBuilder().withType("ReplicaFailure").withStatus("True").withReason(reason)
                    .withMessage(failure.getMessage()).withLastTransitionTime(Times.format(now)).build();
            ReplicaSetStatus failed = status(owner, claims.owned(), now, condition);
            return missing == 0 || failed.equals(owner.status()) ? List.of() : List.of(new Write.UpdateStatus(owner.withStatus().apply(failed)));
        });
        active.stream().map(pod -> PodStates.untilAvailable(pod, owner.minReadySeconds(), now).orElse(Duration.ZERO)).filter(Duration::isPositive).forEach(plan::requeueAfter);
        return plan.build();
    }

    private static Write creation(ReplicaOwner owner) {
        return new Write.Create(PodTemplates.podOf(owner.template(), owner.object()), false,
                new Write.Announcement(owner.object(), "SuccessfulCreate", "Created pod: %s", "FailedCreate", "Error creating: %s"));
    }

    private static Write deletion(ReplicaOwner owner, Pod pod) {
        return Write.Delete.of(pod, new Write.Announcement(owner.object(), "SuccessfulDelete", "Deleted pod: %s", "FailedDelete", "Error deleting: %s"));
    }

    private static ReplicaSetStatus status(ReplicaOwner owner, List<Pod> owned, Instant now, @Nullable ReplicaSetCondition failure) {
        int active = 0;
        int labeled = 0;
        int ready = 0;
        int available = 0;
        int terminating = 0;
        Map<String, String> templateLabels = owner.template().getMetadata() == null ? Map.of() : owner.template().getMetadata().getLabels();
        for (Pod pod : owned) {
            if (PodStates.isActive(pod)) {
                active++;
                labeled += LabelSelectors.containsAll(pod.getMetadata().getLabels(), templateLabels) ? 1 : 0;
                ready += PodStates.isReady(pod) ? 1 : 0;
                available += PodStates.isAvailable(pod, owner.minReadySeconds(), now) ? 1 : 0;
            } else if (!PodStates.isFinished(pod)) {
                terminating++;
            }
        }
        List<ReplicaSetCondition> conditions = new ArrayList<>();
        ReplicaSetCondition before = null;
        for (ReplicaSetCondition condition : owner.status().getConditions()) {
            if (condition.getType().equals("ReplicaFailure")) {
                before = condition;
            } else {
                conditions.add(condition);
            }
        }
        if (failure != null) {
            // A failure that is still the same keeps the time at which it began.
            conditions.add(before != null && before.getReason().equals(failure.getReason()) ? before : failure);
        }
        return new ReplicaSetStatusBuilder(owner.status())
                .withReplicas(active)
                .withFullyLabeledReplicas(omitZero(labeled))
                .withReadyReplicas(omitZero(ready))
                .withAvailableReplicas(omitZero(available))
                .withTerminatingReplicas(owner.object() instanceof ReplicaSet ? terminating : null)
                .withObservedGeneration(owner.object().getMetadata().getGeneration())
                .withConditions(conditions)
                .build();
    }
}
