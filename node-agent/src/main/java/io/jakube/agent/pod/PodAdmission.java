package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import io.jakube.agent.resources.CgroupValues;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether a node can take a pod that was bound to it, perhaps past the scheduler: its requests must fit beside those of the pods that are there, and its
 * host ports must be free (Kubernetes' "Node-pressure and admission rejections"; reasons are {@code OutOfcpu}, {@code OutOfmemory}, {@code OutOfpods}, {@code NodePorts}).
 */
final class PodAdmission {
    private PodAdmission() {}

    /** @param others the pods that hold resources of the node now */
    static Optional<WaitingReason> refusal(Pod pod, List<Pod> others, Map<String, Quantity> allocatable) {
        Optional<WaitingReason> full = lacking("pods", 1, others.size(), allocatable);
        for (String resource : List.of("cpu", "memory")) {
            if (full.isEmpty()) {
                long requested = CgroupValues.requested(pod.getSpec(), resource);
                full = requested == 0 ? Optional.empty() : lacking(resource, requested, others.stream().mapToLong(other -> CgroupValues.requested(other.getSpec(), resource)).sum(), allocatable);
            }
        }
        if (full.isPresent()) {
            return full;
        }
        List<ContainerPort> taken = others.stream().flatMap(other -> hostPorts(other.getSpec())).toList();
        return hostPorts(pod.getSpec()).anyMatch(port -> taken.stream().anyMatch(other -> conflict(port, other)))
                ? Optional.of(new WaitingReason("NodePorts", "Pod was rejected: Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports"))
                : Optional.empty();
    }

    private static Optional<WaitingReason> lacking(String resource, long requested, long used, Map<String, Quantity> allocatable) {
        Quantity quantity = allocatable.get(resource);
        if (quantity == null) {
            return Optional.empty();
        }
        long capacity = CgroupValues.amount(quantity, resource);
        return requested + used <= capacity
                ? Optional.empty()
                : Optional.of(new WaitingReason("OutOf" + resource,
                        "Pod was rejected: Node didn't have enough resource: " + resource + ", requested: " + requested + ", used: " + used + ", capacity: " + capacity));
    }

    private static Stream<ContainerPort> hostPorts(PodSpec spec) {
        List<Container> init = spec.getInitContainers() == null ? List.of() : spec.getInitContainers();
        return Stream.concat(spec.getContainers().stream(), init.stream().filter(PodSpecs::isSidecar))
                .flatMap(container -> container.getPorts() == null ? Stream.empty() : container.getPorts().stream())
                .filter(port -> port.getHostPort() != null && port.getHostPort() > 0);
    }

    private static boolean conflict(ContainerPort one, ContainerPort other) {
        return one.getHostPort().equals(other.getHostPort()) && Objects.requireNonNullElse(one.getProtocol(), "TCP").equals(Objects.requireNonNullElse(other.getProtocol(), "TCP"))
                && (address(one).equals(address(other)) || address(one).equals("0.0.0.0") || address(other).equals("0.0.0.0"));
    }

    private static String address(ContainerPort port) {
        return port.getHostIP() == null || port.getHostIP().isEmpty() ? "0.0.0.0" : port.getHostIP();
    }
}
