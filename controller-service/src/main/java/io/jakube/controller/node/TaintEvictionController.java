package io.jakube.controller.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Lister;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import io.jakube.controller.runtime.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Deletes pods that do not tolerate a NoExecute taint of their node, or no longer do. */
public final class TaintEvictionController {
    private final Lister<Node> nodes;
    private final Lister<Pod> pods;
    private final InstantSource clock;

    public TaintEvictionController(ControllerScope scope) {
        scope.index(Pod.class, PodsByNode.INDEX, PodsByNode::values);
        nodes = scope.lister(Node.class);
        pods = scope.lister(Pod.class);
        clock = scope.clock();
        ReconcileLoop loop = scope.loop("taint-eviction", 4, this::reconcile);
        scope.watch(Node.class, new EventHandler<Node>() {
            @Override
            public void onAdd(Node node) {
                if (!noExecute(node).isEmpty()) {
                    wakePods(node);
                }
            }

            @Override
            public void onUpdate(Node old, Node node) {
                if (!noExecute(old).equals(noExecute(node))) {
                    wakePods(node);
                }
            }

            @Override
            public void onDelete(Node last) {}

            private void wakePods(Node node) {
                pods.byIndex(PodsByNode.INDEX, node.getMetadata().getName()).forEach(pod -> loop.add(ControllerScope.keyOf(pod)));
            }
        });
        scope.watch(Pod.class, new EventHandler<Pod>() {
            @Override
            public void onAdd(Pod pod) {
                wake(pod);
            }

            @Override
            public void onUpdate(Pod old, Pod pod) {
                if (!Objects.equals(old.getSpec().getNodeName(), pod.getSpec().getNodeName()) || !Objects.equals(old.getSpec().getTolerations(), pod.getSpec().getTolerations())) {
                    wake(pod);
                }
            }

            @Override
            public void onDelete(Pod last) {}

            private void wake(Pod pod) {
                if (PodStates.isScheduled(pod) && nodes.get("", pod.getSpec().getNodeName()).filter(n -> !noExecute(n).isEmpty()).isPresent()) {
                    loop.add(ControllerScope.keyOf(pod));
                }
            }
        });
    }

    private static List<Taint> noExecute(Node node) {
        return node.getSpec() == null || node.getSpec().getTaints() == null ? List.of() : node.getSpec().getTaints().stream().filter(t -> "NoExecute".equals(t.getEffect())).toList();
    }

    private Plan reconcile(ObjectKey key) {
        Pod pod = pods.get(key).orElse(null);
        if (pod == null || PodStates.isTerminating(pod) || PodStates.isFinished(pod) || !PodStates.isScheduled(pod)) {
            return Plan.NOTHING;
        }
        return nodes.get("", pod.getSpec().getNodeName()).map(node -> decide(pod, noExecute(node), clock.instant())).orElse(Plan.NOTHING);
    }

    /** Deletes a pod at the time its tolerations run out; at once where it does not tolerate a taint. Pure. */
    static Plan decide(Pod pod, List<Taint> taints, Instant now) {
        Optional<Instant> end = Optional.empty();
        for (Taint taint : taints) {
            List<Toleration> tolerating = pod.getSpec().getTolerations() == null ? List.of() : pod.getSpec().getTolerations().stream().filter(t -> tolerates(t, taint)).toList();
            if (tolerating.isEmpty()) {
                return eviction(pod, now);
            }
            Optional<Instant> until = tolerating.stream().map(Toleration::getTolerationSeconds).filter(Objects::nonNull).min(Long::compare)
                    .map(seconds -> (taint.getTimeAdded() == null ? now : PodStates.time(taint.getTimeAdded())).plusSeconds(Math.max(0, seconds)));
            if (until.isPresent() && (end.isEmpty() || until.get().isBefore(end.get()))) {
                end = until;
            }
        }
        if (end.isEmpty()) {
            return Plan.NOTHING;
        }
        Duration left = Duration.between(now, end.get());
        return left.isPositive() ? Plan.builder().requeueAfter(left).build() : eviction(pod, now);
    }

    private static Plan eviction(Pod pod, Instant now) {
        Write.Announcement announcement = new Write.Announcement(pod, "TaintManagerEviction",
                "Marking for deletion Pod " + pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName());
        return Plan.of(DisruptionTargets.mark(pod, "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint", false, now), Write.Delete.of(pod, announcement));
    }

    private static boolean tolerates(Toleration toleration, Taint taint) {
        if (toleration.getEffect() != null && !toleration.getEffect().isEmpty() && !toleration.getEffect().equals(taint.getEffect())) {
            return false;
        }
        boolean anyKey = toleration.getKey() == null || toleration.getKey().isEmpty();
        if (!anyKey && !toleration.getKey().equals(taint.getKey())) {
            return false;
        }
        if ("Exists".equals(toleration.getOperator())) {
            return true;
        }
        return !anyKey && Objects.requireNonNullElse(toleration.getValue(), "").equals(Objects.requireNonNullElse(taint.getValue(), ""));
    }
}
