package io.jakube.controller.deployment;

import static io.jakube.controller.pods.Numbers.orZero;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.jakube.common.client.PatchType;
import io.jakube.common.json.Json;
import io.jakube.common.selector.LabelSelectors;
import io.jakube.common.status.ApiException;
import io.jakube.controller.pods.Claims;
import io.jakube.controller.pods.OwnerReferences;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.pods.TemplateHash;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A deployment's next step. Each step makes one kind of change and lets the next one see its outcome: claim replica sets, note a pause, scale,
 * create or update the current replica set, shrink old ones, clean up, and always bring the status up to date. Pure.
 */
final class DeploymentDecision {
    private final Deployment deployment;
    private final List<ReplicaSet> all;
    private final List<ReplicaSet> old;
    private final @Nullable ReplicaSet current;
    private final List<Pod> pods;
    private final Scaling scaling;
    private final boolean recreate;
    private final DeploymentConditions conditions;
    private final Plan.Builder plan = Plan.builder();

    private DeploymentDecision(Deployment deployment, List<ReplicaSet> sets, List<Pod> pods, Instant now) {
        this.deployment = deployment;
        this.all = sets;
        this.current = Revisions.current(deployment, sets).orElse(null);
        this.old = sets.stream().filter(set -> set != current).toList();
        this.pods = pods;
        this.scaling = Scaling.of(deployment);
        this.recreate = Scaling.recreates(deployment);
        this.conditions = new DeploymentConditions(deployment, now);
    }

    /**
     * @param candidates replica sets it manages and those of its namespace nobody manages
     * @param pods pods of its replica sets
     */
    static Plan decide(Deployment deployment, List<ReplicaSet> candidates, List<Pod> pods, Instant now) {
        if (LabelSelectors.isEmpty(deployment.getSpec().getSelector())) {
            DeploymentStatus seen = new DeploymentStatusBuilder(deployment.getStatus() == null ? new DeploymentStatus() : deployment.getStatus())
                    .withObservedGeneration(deployment.getMetadata().getGeneration()).build();
            return seen.equals(deployment.getStatus()) ? Plan.NOTHING : Plan.of(new Write.UpdateStatus(new DeploymentBuilder(deployment).withStatus(seen).build()));
        }
        Claims<ReplicaSet> claims = Claims.of(deployment, candidates, set -> LabelSelectors.matches(deployment.getSpec().getSelector(), set.getMetadata().getLabels()));
        if (!claims.writes().isEmpty()) {
            return Plan.builder().together(claims.writes()).build();
        }
        return new DeploymentDecision(deployment, claims.owned(), pods, now).decide();
    }

    private Plan decide() {
        if (deployment.getMetadata().getDeletionTimestamp() != null) {
            return finish(conditions.counted(current, all));
        }
        Optional<DeploymentStatus> pauseChange = conditions.pauseChange();
        if (pauseChange.isPresent()) {
            return Plan.of(statusWrite(pauseChange.get()));
        }
        boolean paused = Boolean.TRUE.equals(deployment.getSpec().getPaused());
        if (paused || isScaling()) {
            resize(scaling.spread(current, old, !recreate, conditions.before().getReplicas()));
            if (paused && plan.isEmpty()) {
                cleanUp();
            }
            return finish(conditions.counted(current, all));
        }
        if (recreate) {
            return recreate();
        }
        return roll();
    }

    private Plan roll() {
        if (current == null) {
            return createCurrent();
        }
        int size = scaling.forCurrent(Scaling.replicas(current), Scaling.total(all), false);
        if (Scaling.replicas(current) > scaling.replicas()) {
            size = scaling.replicas();
        }
        if (updateCurrent(size)) {
            return finishRollout();
        }
        resize(scaling.shrinkOld(current, old));
        if (plan.isEmpty() && conditions.isComplete(conditions.counted(current, all))) {
            cleanUp();
        }
        return finishRollout();
    }

    private Plan recreate() {
        Map<String, Integer> zero = new HashMap<>();
        old.stream().filter(set -> Scaling.replicas(set) > 0).forEach(set -> zero.put(set.getMetadata().getName(), 0));
        resize(zero);
        if (!plan.isEmpty() || oldPodsRun()) {
            return finishRollout();
        }
        if (current == null) {
            return createCurrent();
        }
        if (!updateCurrent(scaling.replicas()) && conditions.isComplete(conditions.counted(current, all))) {
            cleanUp();
        }
        return finishRollout();
    }

    private boolean oldPodsRun() {
        if (old.stream().anyMatch(set -> set.getStatus() != null && orZero(set.getStatus().getReplicas()) > 0)) {
            return true;
        }
        return pods.stream().anyMatch(pod -> !PodStates.isFinished(pod) && (current == null || !OwnerReferences.isControlledBy(pod, current)));
    }

    private boolean isScaling() {
        return all.stream().filter(set -> Scaling.replicas(set) > 0).anyMatch(set -> {
            String desired = Revisions.annotations(set).get(Revisions.DESIRED);
            return desired != null && !desired.equals(String.valueOf(scaling.replicas()));
        });
    }

    private long nextRevision() {
        return old.stream().mapToLong(Revisions::of).max().orElse(0) + 1;
    }

    private Map<String, String> sizeAnnotations(Map<String, String> annotations) {
        Map<String, String> result = new HashMap<>(annotations);
        result.put(Revisions.DESIRED, String.valueOf(scaling.replicas()));
        result.put(Revisions.MAX, String.valueOf(scaling.maxTotal()));
        return result;
    }

    private Plan createCurrent() {
        String hash = TemplateHash.of(deployment.getSpec().getTemplate(), conditions.before().getCollisionCount());
        String name = deployment.getMetadata().getName() + "-" + hash;
        int size = scaling.forCurrent(0, Scaling.total(all), recreate);
        ReplicaSet created = new ReplicaSetBuilder()
                .withNewMetadata()
                .withNamespace(deployment.getMetadata().getNamespace())
                .withName(name)
                .withLabels(deployment.getSpec().getTemplate().getMetadata() == null ? Map.of() : deployment.getSpec().getTemplate().getMetadata().getLabels())
                .addToLabels(Revisions.HASH_LABEL, hash)
                .withAnnotations(sizeAnnotations(Revisions.forCurrent(deployment, Map.of(), nextRevision())))
                .withOwnerReferences(OwnerReferences.toController(deployment))
                .endMetadata()
                .withNewSpec()
                .withReplicas(size)
                .withMinReadySeconds(deployment.getSpec().getMinReadySeconds())
                .withSelector(deployment.getSpec().getSelector())
                .editSelector().addToMatchLabels(Revisions.HASH_LABEL, hash).endSelector()
                .withTemplate(deployment.getSpec().getTemplate())
                .editTemplate().editOrNewMetadata().addToLabels(Revisions.HASH_LABEL, hash).endMetadata().endTemplate()
                .endSpec()
                .build();
        Write.Announcement announcement = new Write.Announcement(deployment, "ScalingReplicaSet", "Scaled up replica set %s from 0 to " + size,
                "ReplicaSetCreateError", "Failed to create new replica set \"" + name + "\": %s");
        plan.then(new Write.Create(created, false, announcement));
        DeploymentStatus status = conditions.counted(current, all);
        if (conditions.hasDeadline()) {
            status = conditions.with(status, conditions.condition(DeploymentConditions.PROGRESSING, "True", "NewReplicaSetCreated", "Created new replica set \"" + name + "\""));
        }
        plan.onFailure(failure -> failedCreation(name, failure));
        return finish(status);
    }

    private List<Write> failedCreation(String name, RuntimeException failure) {
        if (failure instanceof ApiException taken && taken.is("AlreadyExists")) {
            // The name belongs to another template: the count changes the hash. (One of ours would have been found.)
            return List.of(statusWrite(new DeploymentStatusBuilder(conditions.before()).withCollisionCount(orZero(conditions.before().getCollisionCount()) + 1).build()));
        }
        if (!conditions.hasDeadline()) {
            return List.of();
        }
        DeploymentStatus failed = conditions.with(conditions.before(),
                conditions.condition(DeploymentConditions.PROGRESSING, "False", "ReplicaSetCreateError", "Failed to create new replica set \"" + name + "\": " + failure.getMessage()));
        return failed.equals(conditions.before()) ? List.of() : List.of(statusWrite(failed));
    }

    /** Size, annotations and minReadySeconds of the current replica set, and the revision of the deployment. @return whether anything is to be written */
    private boolean updateCurrent(int size) {
        ReplicaSet set = Objects.requireNonNull(current);
        Map<String, String> annotations = sizeAnnotations(Revisions.forCurrent(deployment, Revisions.annotations(set), Math.max(nextRevision(), Revisions.of(set))));
        boolean same = size == Scaling.replicas(set) && annotations.equals(Revisions.annotations(set))
                && orZero(set.getSpec().getMinReadySeconds()) == orZero(deployment.getSpec().getMinReadySeconds());
        if (!same) {
            plan.then(new Write.Update(new ReplicaSetBuilder(set).editMetadata().withAnnotations(annotations).endMetadata()
                    .editSpec().withReplicas(size).withMinReadySeconds(deployment.getSpec().getMinReadySeconds()).endSpec().build(), scaled(set, size)));
        }
        String revision = annotations.getOrDefault(Revisions.REVISION, "0");
        if (!revision.equals(Revisions.annotations(deployment).get(Revisions.REVISION))) {
            ObjectNode patch = Json.object();
            patch.putObject("metadata").putObject("annotations").put(Revisions.REVISION, revision);
            plan.then(new Write.Patch(Deployment.class, deployment.getMetadata().getNamespace(), deployment.getMetadata().getName(), "", PatchType.MERGE, patch));
        }
        return !plan.isEmpty();
    }

    private Write.@Nullable Announcement scaled(ReplicaSet set, int size) {
        int before = Scaling.replicas(set);
        if (size == before) {
            return null;
        }
        String direction = size > before ? "up" : "down";
        return new Write.Announcement(deployment, "ScalingReplicaSet", "Scaled " + direction + " replica set %s from " + before + " to " + size);
    }

    private void resize(Map<String, Integer> sizes) {
        List<Write> writes = new ArrayList<>();
        for (ReplicaSet set : all) {
            Integer size = sizes.get(set.getMetadata().getName());
            if (size != null) {
                Map<String, String> annotations = sizeAnnotations(Revisions.annotations(set));
                if (size != Scaling.replicas(set) || !annotations.equals(Revisions.annotations(set))) {
                    writes.add(new Write.Update(new ReplicaSetBuilder(set).editMetadata().withAnnotations(annotations).endMetadata().editSpec().withReplicas(size).endSpec().build(), scaled(set, size)));
                }
            }
        }
        plan.together(writes);
    }

    /** Deletes the oldest replica sets that are empty and beyond the history limit. */
    private void cleanUp() {
        Integer limit = deployment.getSpec().getRevisionHistoryLimit();
        if (limit == null) {
            return;
        }
        List<ReplicaSet> candidates = old.stream().filter(set -> set.getMetadata().getDeletionTimestamp() == null)
                .sorted(Comparator.<ReplicaSet>comparingLong(Revisions::of).thenComparing(Revisions.OLDEST_FIRST)).toList();
        int excess = candidates.size() - limit;
        plan.together(candidates.stream().limit(Math.max(0, excess)).filter(DeploymentDecision::isEmpty).map(set -> Write.Delete.of(set, null)).toList());
    }

    private static boolean isEmpty(ReplicaSet set) {
        return Scaling.replicas(set) == 0 && set.getStatus() != null && orZero(set.getStatus().getReplicas()) == 0
                && orZero(set.getMetadata().getGeneration()) <= orZero(set.getStatus().getObservedGeneration());
    }

    private Plan finishRollout() {
        boolean revisionPatched = plan.build().writes().stream().anyMatch(Write.Patch.class::isInstance);
        DeploymentStatus status = conditions.ofRollout(current, all);
        if (conditions.hasDeadline() && current != null && DeploymentConditions.find(status, DeploymentConditions.PROGRESSING).isEmpty()) {
            status = conditions.with(status, conditions.condition(DeploymentConditions.PROGRESSING, "True", "FoundNewReplicaSet",
                    "Found new replica set \"" + current.getMetadata().getName() + "\""));
        }
        // The patch gave the deployment a version this step does not know; the step it causes writes the status.
        return revisionPatched ? plan.build() : finish(status);
    }

    private Plan finish(DeploymentStatus status) {
        if (!status.equals(conditions.before())) {
            plan.then(statusWrite(status));
        }
        conditions.untilDeadline(status).ifPresent(plan::requeueAfter);
        return plan.build();
    }

    private Write statusWrite(DeploymentStatus status) {
        return new Write.UpdateStatus(new DeploymentBuilder(deployment).withStatus(status).build());
    }
}
