package io.jakube.controller.node;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.TaintBuilder;
import io.jakube.controller.pods.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a node's silence and conditions lead to: conditions Unknown, and taints (Kubernetes documentation, "Nodes" and "Taints and Tolerations"). Pure. */
final class NodeHealth {
    static final String NOT_READY = "node.kubernetes.io/not-ready";
    static final String UNREACHABLE = "node.kubernetes.io/unreachable";
    private static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
    /** Conditions that mean trouble when True, with the taint that keeps new pods away. */
    private static final Map<String, String> PRESSURES = Map.of(
            "MemoryPressure", "node.kubernetes.io/memory-pressure",
            "DiskPressure", "node.kubernetes.io/disk-pressure",
            "PIDPressure", "node.kubernetes.io/pid-pressure",
            "NetworkUnavailable", "node.kubernetes.io/network-unavailable");
    private static final List<String> REPORTED = List.of("Ready", "MemoryPressure", "DiskPressure", "PIDPressure");

    private NodeHealth() {}

    static Optional<NodeCondition> condition(Node node, String type) {
        return node.getStatus() == null || node.getStatus().getConditions() == null ? Optional.empty()
                : node.getStatus().getConditions().stream().filter(c -> c.getType().equals(type)).findFirst();
    }

    /** Status of the Ready condition; {@code Unknown} if there is none. */
    static String ready(Node node) {
        return condition(node, "Ready").map(NodeCondition::getStatus).orElse("Unknown");
    }

    /** The node with the conditions its agent reports set to Unknown; equal to the given one where they are already. */
    static Node silent(Node node, Instant now) {
        List<NodeCondition> conditions = new ArrayList<>(node.getStatus() == null ? List.of() : node.getStatus().getConditions());
        for (String type : REPORTED) {
            NodeCondition old = condition(node, type).orElse(null);
            if (old == null) {
                conditions.add(new NodeConditionBuilder().withType(type).withStatus("Unknown").withReason("NodeStatusNeverUpdated").withMessage("Kubelet never posted node status.")
                        .withLastHeartbeatTime(node.getMetadata().getCreationTimestamp()).withLastTransitionTime(Times.format(now)).build());
            } else if (!old.getStatus().equals("Unknown")) {
                conditions.replaceAll(c -> c.getType().equals(type) ? new NodeConditionBuilder(old).withStatus("Unknown").withReason("NodeStatusUnknown")
                        .withMessage("Kubelet stopped posting node status.").withLastTransitionTime(Times.format(now)).build() : c);
            }
        }
        return new NodeBuilder(node).editOrNewStatus().withConditions(conditions).endStatus().build();
    }

    /**
     * The taints a node should have: others' stay, those of this controller follow the conditions.
     *
     * @param evict whether pods may be driven off nodes that are not ready; not where no node is ready, for then the fault is likely elsewhere
     */
    static List<Taint> taints(Node node, boolean evict, Instant now) {
        List<Taint> before = node.getSpec() == null || node.getSpec().getTaints() == null ? List.of() : node.getSpec().getTaints();
        List<Taint> after = new ArrayList<>(before.stream().filter(t -> !isManaged(t)).toList());
        String trouble = switch (ready(node)) {
            case "True" -> null;
            case "False" -> NOT_READY;
            default -> UNREACHABLE;
        };
        if (trouble != null) {
            after.add(keep(before, trouble, "NoSchedule", null));
            if (evict) {
                after.add(keep(before, trouble, "NoExecute", Times.format(now)));
            }
        }
        PRESSURES.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .filter(e -> condition(node, e.getKey()).filter(c -> c.getStatus().equals("True")).isPresent())
                .forEach(e -> after.add(keep(before, e.getValue(), "NoSchedule", null)));
        if (node.getSpec() != null && Boolean.TRUE.equals(node.getSpec().getUnschedulable())) {
            after.add(keep(before, UNSCHEDULABLE, "NoSchedule", Times.format(now)));
        }
        return after;
    }

    private static boolean isManaged(Taint taint) {
        return taint.getKey().equals(NOT_READY) || taint.getKey().equals(UNREACHABLE)
                || taint.getEffect().equals("NoSchedule") && (taint.getKey().equals(UNSCHEDULABLE) || PRESSURES.containsValue(taint.getKey()));
    }

    private static Taint keep(List<Taint> before, String key, String effect, @Nullable String timeAdded) {
        return before.stream().filter(t -> t.getKey().equals(key) && t.getEffect().equals(effect)).findFirst()
                .orElseGet(() -> new TaintBuilder().withKey(key).withEffect(effect).withTimeAdded(timeAdded).build());
    }

    /** Whether two lists hold the same taints, in any order. */
    static boolean sameTaints(@Nullable List<Taint> one, List<Taint> other) {
        List<Taint> first = one == null ? List.of() : one;
        return first.size() == other.size() && first.containsAll(other);
    }
}
