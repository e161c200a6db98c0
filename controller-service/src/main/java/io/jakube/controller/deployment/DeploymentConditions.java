package io.jakube.controller.deployment;

import static io.jakube.controller.pods.Numbers.omitZero;
import static io.jakube.controller.pods.Numbers.orZero;

import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.DeploymentConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.pods.Times;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** A deployment's status: counts over its replica sets, and the conditions Available, Progressing and ReplicaFailure. Pure. */
final class DeploymentConditions {
    static final String PROGRESSING = "Progressing";

    private final Deployment deployment;
    private final DeploymentStatus before;
    private final Instant now;

    DeploymentConditions(Deployment deployment, Instant now) {
        this.deployment = deployment;
        this.before = deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus();
        this.now = now;
    }

    DeploymentStatus before() {
        return before;
    }

    boolean hasDeadline() {
        Integer seconds = deployment.getSpec().getProgressDeadlineSeconds();
        return seconds != null && seconds != Integer.MAX_VALUE;
    }

    /** Counts and availability. */
    DeploymentStatus counted(@Nullable ReplicaSet current, List<ReplicaSet> all) {
        int available = sum(all, s -> orZero(s.getAvailableReplicas()));
        Scaling scaling = Scaling.of(deployment);
        Integer terminating = all.stream().anyMatch(s -> s.getStatus() != null && s.getStatus().getTerminatingReplicas() == null)
                ? null : Integer.valueOf(sum(all, s -> orZero(s.getTerminatingReplicas())));
        DeploymentStatus status = new DeploymentStatusBuilder(before)
                .withObservedGeneration(deployment.getMetadata().getGeneration())
                .withReplicas(omitZero(sum(all, s -> orZero(s.getReplicas()))))
                .withUpdatedReplicas(omitZero(current == null ? 0 : sum(List.of(current), s -> orZero(s.getReplicas()))))
                .withReadyReplicas(omitZero(sum(all, s -> orZero(s.getReadyReplicas()))))
                .withAvailableReplicas(omitZero(available))
                .withUnavailableReplicas(omitZero(Math.max(0, Scaling.total(all) - available)))
                .withTerminatingReplicas(terminating)
                .build();
        boolean enough = available >= scaling.replicas() - scaling.maxUnavailable();
        return with(status, enough
                ? condition("Available", "True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
                : condition("Available", "False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability."));
    }

    private static int sum(List<ReplicaSet> sets, ToIntFunction<ReplicaSetStatus> count) {
        return sets.stream().filter(s -> s.getStatus() != null).mapToInt(s -> count.applyAsInt(s.getStatus())).sum();
    }

    /** Counts, availability, and how the rollout goes. */
    DeploymentStatus ofRollout(@Nullable ReplicaSet current, List<ReplicaSet> all) {
        DeploymentStatus status = counted(current, all);
        if (!hasDeadline()) {
            status = without(status, PROGRESSING);
        } else {
            Optional<DeploymentCondition> progressing = find(before, PROGRESSING);
            boolean settled = orZero(status.getReplicas()) == orZero(status.getUpdatedReplicas())
                    && progressing.filter(c -> "NewReplicaSetAvailable".equals(c.getReason())).isPresent();
            if (!settled) {
                status = progress(status, current, progressing);
            }
        }
        Optional<DeploymentCondition> failure = failure(current, all);
        return failure.isPresent() ? with(status, failure.get()) : without(status, "ReplicaFailure");
    }

    private DeploymentStatus progress(DeploymentStatus status, @Nullable ReplicaSet current, Optional<DeploymentCondition> progressing) {
        String subject = current == null ? "Deployment \"" + deployment.getMetadata().getName() + "\"" : "ReplicaSet \"" + current.getMetadata().getName() + "\"";
        if (isComplete(status)) {
            return with(status, condition(PROGRESSING, "True", "NewReplicaSetAvailable", subject + " has successfully progressed."));
        }
        if (hasProgressed(status)) {
            DeploymentCondition condition = condition(PROGRESSING, "True", "ReplicaSetUpdated", subject + " is progressing.");
            if (progressing.isPresent()) {
                if ("True".equals(progressing.get().getStatus())) {
                    condition.setLastTransitionTime(progressing.get().getLastTransitionTime());
                }
                status = without(status, PROGRESSING);
            }
            return with(status, condition);
        }
        if (progressing.isPresent() && hasTimedOut(progressing.get())) {
            return with(status, condition(PROGRESSING, "False", "ProgressDeadlineExceeded", subject + " has timed out progressing."));
        }
        return status;
    }

    boolean isComplete(DeploymentStatus status) {
        int replicas = Scaling.replicas(deployment);
        return orZero(status.getUpdatedReplicas()) == replicas && orZero(status.getReplicas()) == replicas && orZero(status.getAvailableReplicas()) == replicas
                && orZero(status.getObservedGeneration()) >= orZero(deployment.getMetadata().getGeneration());
    }

    private boolean hasProgressed(DeploymentStatus status) {
        int oldBefore = orZero(before.getReplicas()) - orZero(before.getUpdatedReplicas());
        int oldNow = orZero(status.getReplicas()) - orZero(status.getUpdatedReplicas());
        return orZero(status.getUpdatedReplicas()) > orZero(before.getUpdatedReplicas())
                || oldNow < oldBefore
                || orZero(status.getReadyReplicas()) > orZero(before.getReadyReplicas())
                || orZero(status.getAvailableReplicas()) > orZero(before.getAvailableReplicas());
    }

    private boolean hasTimedOut(DeploymentCondition progressing) {
        return switch (progressing.getReason()) {
            case "NewReplicaSetAvailable" -> false;
            case "ProgressDeadlineExceeded" -> true;
            default -> !deadline(progressing).isAfter(now);
        };
    }

    private Instant deadline(DeploymentCondition progressing) {
        return PodStates.time(progressing.getLastUpdateTime()).plusSeconds(deployment.getSpec().getProgressDeadlineSeconds());
    }

    /** When to look again at a rollout that may get stuck; empty where nothing is awaited. */
    Optional<Duration> untilDeadline(DeploymentStatus status) {
        if (!hasDeadline() || isComplete(status) || Boolean.TRUE.equals(deployment.getSpec().getPaused())) {
            return Optional.empty();
        }
        return find(status, PROGRESSING).filter(c -> !"NewReplicaSetAvailable".equals(c.getReason()) && !"ProgressDeadlineExceeded".equals(c.getReason()))
                .map(c -> Duration.between(now, deadline(c)).plusSeconds(1)).map(left -> left.isPositive() ? left : Duration.ofSeconds(1));
    }

    /** The condition that pausing or resuming calls for; empty if it is there. A paused rollout does not run into its deadline. */
    Optional<DeploymentStatus> pauseChange() {
        Optional<DeploymentCondition> progressing = find(before, PROGRESSING);
        if (!hasDeadline() || progressing.filter(c -> "ProgressDeadlineExceeded".equals(c.getReason())).isPresent()) {
            return Optional.empty();
        }
        boolean paused = Boolean.TRUE.equals(deployment.getSpec().getPaused());
        boolean said = progressing.filter(c -> "DeploymentPaused".equals(c.getReason())).isPresent();
        if (paused == said) {
            return Optional.empty();
        }
        return Optional.of(with(before, paused
                ? condition(PROGRESSING, "Unknown", "DeploymentPaused", "Deployment is paused")
                : condition(PROGRESSING, "Unknown", "DeploymentResumed", "Deployment is resumed")));
    }

    private Optional<DeploymentCondition> failure(@Nullable ReplicaSet current, List<ReplicaSet> all) {
        List<ReplicaSet> ordered = new ArrayList<>(all);
        if (current != null) {
            ordered.addFirst(current);
        }
        for (ReplicaSet set : ordered) {
            if (set.getStatus() != null) {
                for (var condition : set.getStatus().getConditions()) {
                    if (condition.getType().equals("ReplicaFailure")) {
                        return Optional.of(new DeploymentConditionBuilder().withType("ReplicaFailure").withStatus(condition.getStatus()).withReason(condition.getReason())
                                .withMessage(condition.getMessage()).withLastTransitionTime(condition.getLastTransitionTime()).withLastUpdateTime(condition.getLastTransitionTime()).build());
                    }
                }
            }
        }
        return Optional.empty();
    }

    DeploymentCondition condition(String type, String status, String reason, String message) {
        String time = Times.format(now);
        return new DeploymentConditionBuilder().withType(type).withStatus(status).withReason(reason).withMessage(message).withLastTransitionTime(time).withLastUpdateTime(time).build();
    }

    static Optional<DeploymentCondition> find(DeploymentStatus status, String type) {
        return status.getConditions().stream().filter(c -> c.getType().equals(type)).findFirst();
    }

    /** Sets a condition; one of the same status and reason stays as it is, one of the same status keeps its transition time. */
    DeploymentStatus with(DeploymentStatus status, DeploymentCondition condition) {
        Optional<DeploymentCondition> old = find(status, condition.getType());
        if (old.isPresent()) {
            if (old.get().getStatus().equals(condition.getStatus()) && old.get().getReason().equals(condition.getReason())) {
                return status;
            }
            if (old.get().getStatus().equals(condition.getStatus())) {
                condition.setLastTransitionTime(old.get().getLastTransitionTime());
            }
        }
        List<DeploymentCondition> conditions = new ArrayList<>(without(status, condition.getType()).getConditions());
        conditions.add(condition);
        return new DeploymentStatusBuilder(status).withConditions(conditions).build();
    }

    static DeploymentStatus without(DeploymentStatus status, String type) {
        return new DeploymentStatusBuilder(status).withConditions(status.getConditions().stream().filter(c -> !c.getType().equals(type)).toList()).build();
    }
}
