package io.jakube.controller.statefulset;

import static io.jakube.controller.pods.Numbers.omitZero;
import static io.jakube.controller.pods.Numbers.orZero;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatus;
import io.fabric8.kubernetes.api.model.apps.StatefulSetStatusBuilder;
import io.jakube.common.status.ApiException;
import io.jakube.controller.history.RevisionHistory;
import io.jakube.controller.pods.Claims;
import io.jakube.controller.pods.OwnerReferences;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A stateful set's next step (Kubernetes documentation, "StatefulSets"). Pure. With the policy OrderedReady one pod changes at a time: creation
 * goes up, each when all before are running and ready, scaling down and updates go down from the highest ordinal.
 */
final class StatefulSetDecision {
    private final StatefulSet set;
    private final StatefulSetStatus before;
    private final Function<String, @Nullable PersistentVolumeClaim> claims;
    private final Instant now;
    private final Map<Integer, Pod> pods;
    private final ControllerRevision update;
    private final ControllerRevision current;
    private final int first;
    private final int replicas;
    private final boolean ordered;
    private final Plan.Builder plan = Plan.builder();

    private StatefulSetDecision(StatefulSet set, RevisionHistory history, List<Pod> owned, Function<String, @Nullable PersistentVolumeClaim> claims, Instant now) {
        this.set = set;
        this.before = set.getStatus() == null ? new StatefulSetStatus() : set.getStatus();
        this.claims = claims;
        this.now = now;
        this.pods = owned.stream().collect(Collectors.toMap(p -> StatefulPods.ordinal(set, p), p -> p));
        this.update = java.util.Objects.requireNonNull(history.current());
        this.current = history.all().stream().filter(r -> r.getMetadata().getName().equals(before.getCurrentRevision())).findFirst().orElse(update);
        this.first = set.getSpec().getOrdinals() == null ? 0 : orZero(set.getSpec().getOrdinals().getStart());
        this.replicas = set.getSpec().getReplicas() == null ? 1 : set.getSpec().getReplicas();
        this.ordered = !"Parallel".equals(set.getSpec().getPodManagementPolicy());
    }

    /**
     * @param revisions the set's own
     * @param owned its pods, with what adopts and releases them
     * @param claims volume claims of the namespace by name
     */
    static Plan decide(StatefulSet set, List<ControllerRevision> revisions, Claims<Pod> owned, Function<String, @Nullable PersistentVolumeClaim> claims, Instant now) {
        if (!owned.writes().isEmpty()) {
            return Plan.builder().together(owned.writes()).build();
        }
        if (set.getMetadata().getDeletionTimestamp() != null) {
            return Plan.NOTHING;
        }
        Integer collisions = set.getStatus() == null ? null : set.getStatus().getCollisionCount();
        RevisionHistory history = RevisionHistory.of(set, set.getSpec().getTemplate(), revisions, collisions);
        if (!history.writes().isEmpty() || history.current() == null) {
            return Plan.builder().together(history.writes()).onFailure(failure -> failure instanceof ApiException taken && taken.is("AlreadyExists")
                    ? List.of(new Write.UpdateStatus(new StatefulSetBuilder(set).editOrNewStatus().withCollisionCount(orZero(collisions) + 1).endStatus().build())) : List.of()).build();
        }
        StatefulSetDecision decision = new StatefulSetDecision(set, history, owned.owned(), claims, now);
        decision.manage();
        StatefulSetStatus status = decision.status();
        if (!status.equals(decision.before)) {
            decision.plan.then(new Write.UpdateStatus(new StatefulSetBuilder(set).withStatus(status).build()));
        }
        Set<String> used = new HashSet<>(Set.of(decision.current.getMetadata().getName()));
        owned.owned().forEach(p -> used.add(StatefulPods.revision(p)));
        Integer limit = set.getSpec().getRevisionHistoryLimit();
        return decision.plan.together(history.beyond(limit == null ? 10 : limit, used)).build();
    }

    private boolean isHealthy(Pod pod) {
        return PodStates.phase(pod).equals("Running") && PodStates.isReady(pod) && !PodStates.isTerminating(pod);
    }

    private boolean isAvailable(Pod pod) {
        PodStates.untilAvailable(pod, orZero(set.getSpec().getMinReadySeconds()), now).filter(Duration::isPositive).ifPresent(plan::requeueAfter);
        return isHealthy(pod) && PodStates.isAvailable(pod, orZero(set.getSpec().getMinReadySeconds()), now);
    }

    private void manage() {
        for (int ordinal = first; ordinal < first + replicas; ordinal++) {
            if (!maintain(ordinal) && ordered) {
                return;
            }
        }
        if (!shrink() || !plan.isEmpty()) {
            return;
        }
        if (set.getSpec().getUpdateStrategy() == null || !"OnDelete".equals(set.getSpec().getUpdateStrategy().getType())) {
            roll();
        }
    }

    /** @return whether the pod is as it should be */
    private boolean maintain(int ordinal) {
        Pod pod = pods.get(ordinal);
        if (pod == null) {
            create(ordinal);
            return false;
        }
        if (PodStates.isFinished(pod) && !PodStates.isTerminating(pod)) {
            plan.then(deletion(pod, "RecreatingTerminatedPod", "StatefulSet " + name() + " is recreating terminated Pod %s"));
            return false;
        }
        return ordered ? isAvailable(pod) : !PodStates.isTerminating(pod);
    }

    private String name() {
        return set.getMetadata().getNamespace() + "/" + set.getMetadata().getName();
    }

    private Write deletion(Pod pod, String reason, String message) {
        return Write.Delete.of(pod, new Write.Announcement(set, reason, message, "FailedDelete", "delete Pod " + pod.getMetadata().getName() + " in StatefulSet " + set.getMetadata().getName() + " failed error: %s"));
    }

    private Write deletion(Pod pod) {
        return deletion(pod, "SuccessfulDelete", "delete Pod %s in StatefulSet " + set.getMetadata().getName() + " successful");
    }

    private void create(int ordinal) {
        for (PersistentVolumeClaim template : StatefulPods.templates(set)) {
            PersistentVolumeClaim existing = claims.apply(StatefulPods.claimName(set, template, ordinal));
            if (existing == null) {
                plan.then(new Write.Create(StatefulPods.claim(set, template, ordinal), true, new Write.Announcement(set, "SuccessfulCreate",
                        "create Claim %s Pod " + set.getMetadata().getName() + "-" + ordinal + " in StatefulSet " + set.getMetadata().getName() + " success",
                        "FailedCreate", "create Claim failed error: %s")));
            }
        }
        boolean old = startsAtCurrent(ordinal);
        ControllerRevision revision = old ? current : update;
        PodTemplateSpec template = old ? RevisionHistory.template(current) : set.getSpec().getTemplate();
        plan.then(new Write.Create(StatefulPods.pod(set, template, revision.getMetadata().getName(), ordinal), false, new Write.Announcement(set, "SuccessfulCreate",
                "create Pod %s in StatefulSet " + set.getMetadata().getName() + " successful", "FailedCreate",
                "create Pod " + set.getMetadata().getName() + "-" + ordinal + " in StatefulSet " + set.getMetadata().getName() + " failed error: %s")));
    }

    private int partition() {
        var rolling = set.getSpec().getUpdateStrategy() == null ? null : set.getSpec().getUpdateStrategy().getRollingUpdate();
        return rolling == null ? 0 : orZero(rolling.getPartition());
    }

    /** Whether a new pod of this ordinal is still to be of the current revision, because the update has not come to it. */
    private boolean startsAtCurrent(int ordinal) {
        var strategy = set.getSpec().getUpdateStrategy();
        if (strategy == null || strategy.getRollingUpdate() == null || strategy.getRollingUpdate().getPartition() == null) {
            return strategy != null && "RollingUpdate".equals(strategy.getType()) && ordinal < first + orZero(before.getCurrentReplicas());
        }
        return ordinal < first + partition();
    }

    /** Removes pods beyond the wished number. @return whether none is left */
    private boolean shrink() {
        List<Pod> condemned = pods.entrySet().stream().filter(e -> e.getKey() < first || e.getKey() >= first + replicas)
                .sorted(Map.Entry.<Integer, Pod>comparingByKey().reversed()).map(Map.Entry::getValue).toList();
        Pod firstUnhealthy = condemned.stream().filter(p -> !isHealthy(p)).min(Comparator.comparing(p -> StatefulPods.ordinal(set, p))).orElse(null);
        for (Pod pod : condemned) {
            if (PodStates.isTerminating(pod)) {
                if (ordered) {
                    return false;
                }
                continue;
            }
            if (ordered && !isHealthy(pod) && pod != firstUnhealthy) {
                return false;
            }
            plan.together(releaseClaims(pod)).then(deletion(pod));
            if (ordered) {
                return false;
            }
        }
        return condemned.isEmpty();
    }

    /** With {@code whenScaled: Delete} the claims of a condemned pod go with it. */
    private List<Write> releaseClaims(Pod pod) {
        List<Write> writes = new ArrayList<>();
        if (StatefulPods.deletesClaims(set, true)) {
            for (PersistentVolumeClaim template : StatefulPods.templates(set)) {
                PersistentVolumeClaim claim = claims.apply(StatefulPods.claimName(set, template, StatefulPods.ordinal(set, pod)));
                if (claim != null && OwnerReferences.controllerOf(claim).filter(r -> r.getUid().equals(pod.getMetadata().getUid())).isEmpty()) {
                    writes.add(OwnerReferences.adopt(claim, pod));
                }
            }
        }
        return writes;
    }

    private void roll() {
        for (int ordinal = first + replicas - 1; ordinal >= first + partition(); ordinal--) {
            Pod pod = pods.get(ordinal);
            if (pod == null) {
                return;
            }
            if (!StatefulPods.revision(pod).equals(update.getMetadata().getName())) {
                if (!PodStates.isTerminating(pod)) {
                    plan.then(deletion(pod));
                }
                return;
            }
            if (!isAvailable(pod)) {
                return;
            }
        }
    }

    private StatefulSetStatus status() {
        int created = 0;
        int ready = 0;
        int available = 0;
        int ofCurrent = 0;
        int ofUpdate = 0;
        for (Pod pod : pods.values()) {
            created++;
            if (PodStates.phase(pod).equals("Running") && PodStates.isReady(pod)) {
                ready++;
                available += isAvailable(pod) ? 1 : 0;
            }
            if (!PodStates.isTerminating(pod)) {
                ofCurrent += StatefulPods.revision(pod).equals(current.getMetadata().getName()) ? 1 : 0;
                ofUpdate += StatefulPods.revision(pod).equals(update.getMetadata().getName()) ? 1 : 0;
            }
        }
        String currentName = current.getMetadata().getName();
        if (ofUpdate == replicas && ready == replicas && created == replicas) {
            currentName = update.getMetadata().getName();
            ofCurrent = ofUpdate;
        }
        return new StatefulSetStatusBuilder(before)
                .withObservedGeneration(set.getMetadata().getGeneration())
                .withReplicas(created)
                .withReadyReplicas(omitZero(ready))
                .withAvailableReplicas(available)
                .withCurrentReplicas(omitZero(ofCurrent))
                .withUpdatedReplicas(omitZero(ofUpdate))
                .withCurrentRevision(currentName)
                .withUpdateRevision(update.getMetadata().getName())
                .withCollisionCount(orZero(before.getCollisionCount()))
                .build();
    }
}
