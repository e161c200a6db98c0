package io.jakube.controller.daemonset;

import static io.jakube.controller.pods.Numbers.omitZero;
import static io.jakube.controller.pods.Numbers.orZero;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatus;
import io.fabric8.kubernetes.api.model.apps.DaemonSetStatusBuilder;
import io.jakube.controller.history.RevisionHistory;
import io.jakube.controller.pods.Claims;
import io.jakube.controller.pods.Numbers;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** A daemon set's next step: history, pods per node, rolling update, status. Pure. */
final class DaemonSetDecision {
    private static final Duration FAILED_RETRY = Duration.ofSeconds(10);

    private final DaemonSet set;
    private final Map<String, List<Pod>> byNode;
    private final Collection<Node> nodes;
    private final String hash;
    private final Instant now;
    private final Plan.Builder plan = Plan.builder();
    private final List<Write> changes = new ArrayList<>();

    private DaemonSetDecision(DaemonSet set, List<Pod> pods, Collection<Node> nodes, String hash, Instant now) {
        this.set = set;
        this.byNode = pods.stream().filter(p -> DaemonPods.node(p).isPresent()).collect(Collectors.groupingBy(p -> DaemonPods.node(p).orElseThrow()));
        this.nodes = nodes;
        this.hash = hash;
        this.now = now;
    }

    /** @param revisions the set's own; @param claims its pods, with what adopts and releases them */
    static Plan decide(DaemonSet set, List<ControllerRevision> revisions, Claims<Pod> claims, Collection<Node> nodes, Instant now) {
        if (set.getMetadata().getDeletionTimestamp() != null) {
            return Plan.NOTHING;
        }
        if (!claims.writes().isEmpty()) {
            return Plan.builder().together(claims.writes()).build();
        }
        DaemonSetStatus before = set.getStatus() == null ? new DaemonSetStatus() : set.getStatus();
        RevisionHistory history = RevisionHistory.of(set, set.getSpec().getTemplate(), revisions, before.getCollisionCount());
        if (!history.writes().isEmpty() || history.current() == null) {
            return Plan.builder().together(history.writes()).onFailure(failure -> failure instanceof io.jakube.common.status.ApiException taken && taken.is("AlreadyExists")
                    ? List.of(new Write.UpdateStatus(new DaemonSetBuilder(set).editOrNewStatus().withCollisionCount(orZero(before.getCollisionCount()) + 1).endStatus().build())) : List.of()).build();
        }
        DaemonSetDecision decision = new DaemonSetDecision(set, claims.owned(), nodes, RevisionHistory.hash(history.current()), now);
        decision.manage();
        if (decision.changes.isEmpty() && (set.getSpec().getUpdateStrategy() == null || !"OnDelete".equals(set.getSpec().getUpdateStrategy().getType()))) {
            decision.roll();
        }
        decision.plan.slowStart(decision.changes);
        DaemonSetStatus status = decision.status(before);
        if (!status.equals(before)) {
            decision.plan.then(new Write.UpdateStatus(new DaemonSetBuilder(set).withStatus(status).build()));
        }
        Integer limit = set.getSpec().getRevisionHistoryLimit();
        Set<String> used = claims.owned().stream().map(p -> String.valueOf(p.getMetadata().getLabels().get(RevisionHistory.LABEL))).collect(Collectors.toSet());
        return decision.plan.together(history.beyond(limit == null ? 10 : limit, used)).build();
    }

    private NodeFit.Verdict fit(Node node, List<Toleration> tolerations) {
        return NodeFit.of(set.getSpec().getTemplate().getSpec(), tolerations, node);
    }

    private List<Toleration> tolerations() {
        return DaemonPods.tolerations(set.getSpec().getTemplate().getSpec());
    }

    private boolean isCurrent(Pod pod) {
        return pod.getMetadata().getLabels() != null && hash.equals(pod.getMetadata().getLabels().get(RevisionHistory.LABEL));
    }

    private boolean isAvailable(Pod pod) {
        PodStates.untilAvailable(pod, orZero(set.getSpec().getMinReadySeconds()), now).filter(Duration::isPositive).ifPresent(plan::requeueAfter);
        return !PodStates.isTerminating(pod) && PodStates.isAvailable(pod, orZero(set.getSpec().getMinReadySeconds()), now);
    }

    private void delete(Pod pod) {
        changes.add(Write.Delete.of(pod, new Write.Announcement(set, "SuccessfulDelete", "Deleted pod: %s", "FailedDelete", "Error deleting: %s")));
    }

    private void create(String node) {
        changes.add(new Write.Create(DaemonPods.create(set, node, hash), false,
                new Write.Announcement(set, "SuccessfulCreate", "Created pod: %s", "FailedCreate", "Error creating: %s")));
    }

    /** One pod on each node that should have one, none elsewhere; failed ones are replaced after a while. */
    private void manage() {
        List<Toleration> tolerations = tolerations();
        Map<String, Node> known = new HashMap<>();
        for (Node node : nodes) {
            String name = node.getMetadata().getName();
            known.put(name, node);
            NodeFit.Verdict verdict = fit(node, tolerations);
            List<Pod> pods = byNode.getOrDefault(name, List.of());
            List<Pod> living = new ArrayList<>();
            for (Pod pod : pods) {
                if (PodStates.isTerminating(pod)) {
                    continue;
                }
                if (PodStates.phase(pod).equals("Failed") || PodStates.phase(pod).equals("Succeeded")) {
                    replace(pod);
                } else {
                    living.add(pod);
                }
            }
            boolean going = pods.stream().anyMatch(PodStates::isTerminating);
            if (!verdict.mayContinue()) {
                living.forEach(this::delete);
            } else if (verdict.shouldRun()) {
                if (living.isEmpty() && !going && pods.isEmpty()) {
                    create(name);
                }
                living.stream().sorted(Comparator.comparing((Pod p) -> !PodStates.isReady(p)).thenComparing(p -> p.getMetadata().getCreationTimestamp())).skip(surge() ? 2 : 1).forEach(this::delete);
            }
        }
        byNode.forEach((name, pods) -> {
            if (!known.containsKey(name)) {
                // A pod never bound is meant for a node that is gone; bound ones are the pod garbage collector's.
                pods.stream().filter(p -> !PodStates.isScheduled(p) && !PodStates.isTerminating(p)).forEach(this::delete);
            }
        });
    }

    private void replace(Pod failed) {
        Instant since = PodStates.time(failed.getMetadata().getCreationTimestamp()).plus(FAILED_RETRY);
        if (since.isAfter(now)) {
            plan.requeueAfter(Duration.between(now, since));
        } else {
            changes.add(Write.Delete.of(failed, new Write.Announcement(set, "FailedDaemonPod", "Found failed daemon pod " + failed.getMetadata().getNamespace() + "/" + failed.getMetadata().getName()
                    + " on node " + failed.getSpec().getNodeName() + ", will try to kill it")));
        }
    }

    private boolean surge() {
        var rolling = set.getSpec().getUpdateStrategy() == null ? null : set.getSpec().getUpdateStrategy().getRollingUpdate();
        return rolling != null && Numbers.scaled(rolling.getMaxSurge(), Math.max(1, nodes.size()), true) > 0;
    }

    /** Replaces pods of older revisions, as many at a time as may be missing. */
    private void roll() {
        List<Toleration> tolerations = tolerations();
        List<Node> wanted = nodes.stream().filter(n -> fit(n, tolerations).shouldRun()).toList();
        var rolling = set.getSpec().getUpdateStrategy() == null ? null : set.getSpec().getUpdateStrategy().getRollingUpdate();
        int maxSurge = rolling == null ? 0 : Numbers.scaled(rolling.getMaxSurge(), wanted.size(), true);
        int maxUnavailable = rolling == null || rolling.getMaxUnavailable() == null ? 1 : Numbers.scaled(rolling.getMaxUnavailable(), wanted.size(), true);
        int unavailable = 0;
        int surging = 0;
        List<Pod> candidates = new ArrayList<>();
        List<String> surgeCandidates = new ArrayList<>();
        for (Node node : wanted) {
            List<Pod> pods = byNode.getOrDefault(node.getMetadata().getName(), List.of());
            List<Pod> old = pods.stream().filter(p -> !isCurrent(p) && !PodStates.isTerminating(p)).toList();
            List<Pod> fresh = pods.stream().filter(p -> isCurrent(p) && !PodStates.isTerminating(p)).toList();
            boolean available = pods.stream().anyMatch(this::isAvailable);
            unavailable += available ? 0 : 1;
            if (maxSurge > 0) {
                if (!old.isEmpty() && fresh.isEmpty()) {
                    surgeCandidates.add(node.getMetadata().getName());
                } else if (!old.isEmpty()) {
                    surging++;
                    if (fresh.stream().anyMatch(this::isAvailable)) {
                        old.forEach(this::delete);
                    }
                }
            } else {
                // A pod that is not available anyway costs nothing.
                old.stream().filter(p -> !isAvailable(p)).forEach(this::delete);
                old.stream().filter(this::isAvailable).forEach(candidates::add);
            }
        }
        candidates.stream().limit(Math.max(0, maxUnavailable - unavailable)).forEach(this::delete);
        surgeCandidates.stream().limit(Math.max(0, maxSurge - surging)).forEach(this::create);
    }

    private DaemonSetStatus status(DaemonSetStatus before) {
        List<Toleration> tolerations = tolerations();
        int desired = 0;
        int scheduled = 0;
        int misscheduled = 0;
        int ready = 0;
        int updated = 0;
        int available = 0;
        for (Node node : nodes) {
            List<Pod> living = byNode.getOrDefault(node.getMetadata().getName(), List.of()).stream().filter(p -> !PodStates.isTerminating(p)).toList();
            if (fit(node, tolerations).shouldRun()) {
                desired++;
                if (!living.isEmpty()) {
                    scheduled++;
                    Pod newest = living.stream().max(Comparator.comparing(this::isCurrent)).orElseThrow();
                    updated += isCurrent(newest) ? 1 : 0;
                    ready += living.stream().anyMatch(PodStates::isReady) ? 1 : 0;
                    available += living.stream().anyMatch(this::isAvailable) ? 1 : 0;
                }
            } else if (!living.isEmpty()) {
                misscheduled++;
            }
        }
        return new DaemonSetStatusBuilder(before)
                .withDesiredNumberScheduled(desired)
                .withCurrentNumberScheduled(scheduled)
                .withNumberMisscheduled(misscheduled)
                .withNumberReady(ready)
                .withUpdatedNumberScheduled(omitZero(updated))
                .withNumberAvailable(omitZero(available))
                .withNumberUnavailable(omitZero(desired - available))
                .withObservedGeneration(set.getMetadata().getGeneration())
                .build();
    }
}
