package io.jakube.controller.node;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.client.PatchType;
import io.jakube.common.events.EventRecorder;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.InformerSource;
import io.jakube.common.informer.Lister;
import io.jakube.common.json.Json;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.pods.Times;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import io.jakube.controller.runtime.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Notices nodes that fall silent, and taints nodes by their conditions. A sign of life is a change of the node's lease or of the heartbeat in its
 * Ready condition, timed by this process's clock. There is no round over all nodes: each node is looked at when it changes and when its grace period would end.
 */
public final class NodeLifecycleController {
    private static final Duration GRACE = Duration.ofSeconds(40);
    private static final Duration STARTUP_GRACE = Duration.ofSeconds(60);
    private static final String LEASES = "kube-node-lease";

    private record Sign(String what, Instant at) {}

    private final Lister<Node> nodes;
    private final Lister<Pod> pods;
    private final EventRecorder events;
    private final InstantSource clock;
    private final ReconcileLoop loop;
    private final Map<String, Sign> signs = new ConcurrentHashMap<>();

    public NodeLifecycleController(ControllerScope scope) {
        scope.index(Pod.class, PodsByNode.INDEX, PodsByNode::values);
        nodes = scope.lister(Node.class);
        pods = scope.lister(Pod.class);
        events = scope.events();
        clock = scope.clock();
        loop = scope.loop("node-lifecycle", 2, this::reconcile);
        scope.watch(Node.class, new EventHandler<Node>() {
            @Override
            public void onAdd(Node node) {
                seen(node.getMetadata().getName(), "node", heartbeat(node));
                loop.add(ControllerScope.keyOf(node));
                events.normal(node, "RegisteredNode", "Node " + node.getMetadata().getName() + " event: Registered Node " + node.getMetadata().getName() + " in Controller");
            }

            @Override
            public void onUpdate(Node old, Node node) {
                seen(node.getMetadata().getName(), "node", heartbeat(node));
                loop.add(ControllerScope.keyOf(node));
                if (!NodeHealth.ready(old).equals(NodeHealth.ready(node))) {
                    nodes.list().forEach(other -> loop.add(ControllerScope.keyOf(other)));
                }
            }

            @Override
            public void onDelete(Node last) {
                signs.remove("node " + last.getMetadata().getName());
                signs.remove("lease " + last.getMetadata().getName());
                events.normal(last, "RemovingNode", "Node " + last.getMetadata().getName() + " event: Removing Node " + last.getMetadata().getName() + " from Controller");
            }
        });
        scope.watch(Lease.class, new InformerSource.Filter(LEASES, "", ""), new EventHandler<Lease>() {
            @Override
            public void onAdd(Lease lease) {
                renewed(lease);
            }

            @Override
            public void onUpdate(Lease old, Lease lease) {
                renewed(lease);
            }

            @Override
            public void onDelete(Lease last) {}

            private void renewed(Lease lease) {
                String node = lease.getMetadata().getName();
                if (lease.getSpec() != null && seen(node, "lease", String.valueOf(lease.getSpec().getRenewTime()))
                        && nodes.get("", node).filter(n -> !"True".equals(NodeHealth.ready(n))).isPresent()) {
                    loop.add(new ObjectKey("", node));
                }
            }
        });
    }

    private static String heartbeat(Node node) {
        return NodeHealth.condition(node, "Ready").filter(c -> !"Unknown".equals(c.getStatus())).map(c -> String.valueOf(c.getLastHeartbeatTime())).orElse("");
    }

    /** @return whether this is news */
    private boolean seen(String node, String by, String what) {
        Instant now = clock.instant();
        Sign sign = signs.merge(by + " " + node, new Sign(what, now), (old, fresh) -> old.what().equals(what) ? old : fresh);
        return sign.at().equals(now) && sign.what().equals(what);
    }

    private Instant lastSign(String node) {
        return java.util.stream.Stream.of("node ", "lease ").map(by -> signs.get(by + node)).filter(Objects::nonNull).map(Sign::at).max(Instant::compareTo).orElse(clock.instant());
    }

    private Plan reconcile(ObjectKey key) {
        Node node = nodes.get(key).orElse(null);
        if (node == null || node.getMetadata().getDeletionTimestamp() != null) {
            return Plan.NOTHING;
        }
        Instant now = clock.instant();
        Plan.Builder plan = Plan.builder();
        Duration grace = NodeHealth.condition(node, "Ready").isPresent() ? GRACE : STARTUP_GRACE;
        Duration left = Duration.between(now, lastSign(key.name()).plus(grace));
        if (left.isPositive()) {
            plan.requeueAfter(left);
        } else {
            Node silent = NodeHealth.silent(node, now);
            if (!silent.equals(node)) {
                // The taints follow when this is written: the write's own event brings the node back here.
                return Plan.builder().then(new Write.UpdateStatus(silent)).build();
            }
        }
        boolean anyReady = nodes.list().stream().anyMatch(n -> "True".equals(NodeHealth.ready(n)));
        List<Taint> taints = NodeHealth.taints(node, anyReady, now);
        if (!NodeHealth.sameTaints(node.getSpec() == null ? null : node.getSpec().getTaints(), taints)) {
            plan.then(new Write.Patch(Node.class, "", key.name(), "", PatchType.MERGE, taintPatch(node, taints)));
        }
        if (NodeHealth.condition(node, "Ready").map(NodeCondition::getStatus).filter("Unknown"::equals).isPresent()) {
            List<Write> unready = pods.byIndex(PodsByNode.INDEX, key.name()).stream().filter(PodStates::isReady).map(pod -> unready(pod, now)).toList();
            if (!unready.isEmpty()) {
                events.normal(node, "NodeNotReady", "Node " + key.name() + " status is now: NodeNotReady");
                plan.together(unready);
            }
        }
        return plan.build();
    }

    private static ObjectNode taintPatch(Node node, List<Taint> taints) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").put("resourceVersion", node.getMetadata().getResourceVersion());
        ArrayNode array = patch.putObject("spec").putArray("taints");
        taints.forEach(taint -> array.add(Json.mapper().<ObjectNode>valueToTree(taint)));
        return patch;
    }

    /** Nobody can say that a pod on an unreachable node is ready. */
    private static Write unready(Pod pod, Instant now) {
        return new Write.UpdateStatus(new PodBuilder(pod).editStatus().withConditions(pod.getStatus().getConditions().stream()
                .map(c -> c.getType().equals("Ready") ? new PodConditionBuilder(c).withStatus("False").withLastTransitionTime(Times.format(now)).build() : c).toList()).endStatus().build());
    }
}
