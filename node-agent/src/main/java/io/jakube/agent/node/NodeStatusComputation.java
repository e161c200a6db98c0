package io.jakube.agent.node;

import io.fabric8.kubernetes.api.model.ContainerImage;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Computes a node's status as its agent reports it (API reference, NodeStatus). Pure. */
final class NodeStatusComputation {
    private NodeStatusComputation() {}

    /** @param previous the status written last; transition times of unchanged conditions are kept */
    static NodeStatus compute(
            NodeInventory inventory, String hostname, List<String> addresses, int port, NodeHealth health, List<ContainerImage> images, NodeStatus previous,
            Instant now) {
        List<NodeAddress> all = new ArrayList<>();
        addresses.forEach(address -> all.add(new NodeAddress(address, "InternalIP")));
        all.add(new NodeAddress(hostname, "Hostname"));
        return new NodeStatusBuilder()
                .withAddresses(all)
                .withCapacity(inventory.capacity())
                .withAllocatable(inventory.allocatable())
                .withNodeInfo(inventory.info())
                .withImages(images)
                .withNewDaemonEndpoints()
                .withNewKubeletEndpoint()
                .withPort(port)
                .endKubeletEndpoint()
                .endDaemonEndpoints()
                .withConditions(List.of(
                        condition(previous, "MemoryPressure", false, "KubeletHasSufficientMemory", "kubelet has sufficient memory available", now),
                        condition(previous, "DiskPressure", false, "KubeletHasNoDiskPressure", "kubelet has no disk pressure", now),
                        condition(previous, "PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available", now),
                        health.isReady()
                                ? condition(previous, "Ready", true, "KubeletReady", "kubelet is posting ready status", now)
                                : condition(previous, "Ready", false, "KubeletNotReady", health.problem(), now)))
                .build();
    }

    private static NodeCondition condition(NodeStatus previous, String type, boolean status, String reason, String message, Instant now) {
        String text = status ? "True" : "False";
        String time = now.truncatedTo(ChronoUnit.SECONDS).toString();
        String since = Optional.ofNullable(previous.getConditions()).orElse(List.of()).stream()
                .filter(c -> c.getType().equals(type) && text.equals(c.getStatus()) && c.getLastTransitionTime() != null)
                .map(NodeCondition::getLastTransitionTime)
                .findFirst()
                .orElse(time);
        return new NodeConditionBuilder()
                .withType(type)
                .withStatus(text)
                .withReason(reason)
                .withMessage(message)
                .withLastHeartbeatTime(time)
                .withLastTransitionTime(since)
                .build();
    }

    /** The same but for the times of heartbeats. */
    static boolean same(NodeStatus a, NodeStatus b) {
        return withoutHeartbeats(a).equals(withoutHeartbeats(b));
    }

    private static NodeStatus withoutHeartbeats(NodeStatus status) {
        List<NodeCondition> conditions = Optional.ofNullable(status.getConditions()).orElse(List.of()).stream()
                .map(c -> new NodeConditionBuilder(c).withLastHeartbeatTime(null).build())
                .toList();
        return new NodeStatusBuilder(status).withConditions(conditions).build();
    }
}
