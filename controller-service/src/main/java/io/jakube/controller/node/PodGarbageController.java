package io.jakube.controller.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.client.ApiClient;
import io.jakube.common.client.DeleteOptions;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Lister;
import io.jakube.common.status.ApiException;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import io.jakube.controller.runtime.Write;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;

/**
 * Ends pods nobody else can end: those bound to a node that is gone, those being deleted that were never bound, those being deleted on a node
 * declared out of service; and the oldest finished ones when there are very many.
 */
public final class PodGarbageController {
    private static final Duration QUARANTINE = Duration.ofSeconds(40);
    private static final int MAX_FINISHED = 12_500;
    private static final ObjectKey FINISHED = new ObjectKey("", "");
    private static final String OUT_OF_SERVICE = "node.kubernetes.io/out-of-service";

    private final Lister<Node> nodes;
    private final Lister<Pod> pods;
    private final ApiClient client;
    private final InstantSource clock;

    public PodGarbageController(ControllerScope scope) {
        scope.index(Pod.class, PodsByNode.INDEX, PodsByNode::values);
        nodes = scope.lister(Node.class);
        pods = scope.lister(Pod.class);
        client = scope.client();
        clock = scope.clock();
        ReconcileLoop loop = scope.loop("pod-garbage-collector", 2, this::reconcile);
        scope.watch(Node.class, new EventHandler<Node>() {
            @Override
            public void onAdd(Node node) {
                onUpdate(node, node);
            }

            @Override
            public void onUpdate(Node old, Node node) {
                if (isOutOfService(node)) {
                    wakePods(node, Duration.ZERO);
                }
            }

            @Override
            public void onDelete(Node last) {
                wakePods(last, QUARANTINE);
            }

            private void wakePods(Node node, Duration delay) {
                pods.byIndex(PodsByNode.INDEX, node.getMetadata().getName()).forEach(pod -> loop.addAfter(ControllerScope.keyOf(pod), delay));
            }
        });
        scope.watch(Pod.class, new EventHandler<Pod>() {
            @Override
            public void onAdd(Pod pod) {
                onUpdate(pod, pod);
            }

            @Override
            public void onUpdate(Pod old, Pod pod) {
                if (!PodStates.isScheduled(pod)) {
                    if (PodStates.isTerminating(pod)) {
                        loop.add(ControllerScope.keyOf(pod));
                    }
                } else if (nodes.get("", pod.getSpec().getNodeName()).isEmpty()) {
                    loop.addAfter(ControllerScope.keyOf(pod), QUARANTINE);
                }
                if (PodStates.isFinished(pod)) {
                    loop.addAfter(FINISHED, QUARANTINE);
                }
            }

            @Override
            public void onDelete(Pod last) {}
        });
    }

    private static boolean isOutOfService(Node node) {
        return node.getSpec() != null && node.getSpec().getTaints() != null && node.getSpec().getTaints().stream().anyMatch(t -> OUT_OF_SERVICE.equals(t.getKey()))
                && !"True".equals(NodeHealth.ready(node));
    }

    private Plan reconcile(ObjectKey key) {
        if (key.equals(FINISHED)) {
            return thinOut();
        }
        Pod pod = pods.get(key).orElse(null);
        if (pod == null) {
            return Plan.NOTHING;
        }
        if (!PodStates.isScheduled(pod)) {
            return PodStates.isTerminating(pod) ? Plan.of(end(pod)) : Plan.NOTHING;
        }
        String name = pod.getSpec().getNodeName();
        Node node = nodes.get("", name).orElse(null);
        if (node != null) {
            return PodStates.isTerminating(pod) && isOutOfService(node) ? fail(pod, "DeletionByPodGC", "PodGC: node is out of service") : Plan.NOTHING;
        }
        return isAbsent(name) ? fail(pod, "DeletionByPodGC", "PodGC: node no longer exists") : Plan.NOTHING;
    }

    private boolean isAbsent(String node) {
        try {
            client.get(Node.class, "", node);
            return false;
        } catch (ApiException e) {
            if (e.code() == 404) {
                return true;
            }
            throw e;
        }
    }

    private Plan fail(Pod pod, String reason, String message) {
        if (PodStates.isFinished(pod)) {
            return Plan.of(end(pod));
        }
        return Plan.of(DisruptionTargets.mark(pod, reason, message, true, clock.instant()), end(pod));
    }

    private static Write end(Pod pod) {
        return new Write.Delete(Pod.class, pod.getMetadata().getNamespace(), pod.getMetadata().getName(), DeleteOptions.ofUid(pod.getMetadata().getUid()).withGracePeriodSeconds(0), null);
    }

    private Plan thinOut() {
        List<Pod> finished = pods.list().stream().filter(pod -> PodStates.isFinished(pod) && !PodStates.isTerminating(pod))
                .sorted(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp())).toList();
        return Plan.builder().together(finished.stream().limit(Math.max(0, finished.size() - MAX_FINISHED)).map(PodGarbageController::end).toList()).build();
    }
}
