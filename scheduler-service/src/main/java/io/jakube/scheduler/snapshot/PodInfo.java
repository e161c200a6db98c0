package io.jakube.scheduler.snapshot;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.jakube.common.api.ObjectKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A pod with what scheduling asks of it computed once. Immutable (the pod is not modified by anyone).
 *
 * @param pod the API object
 * @param requests see {@link ResourceList#requestsOf}
 * @param nonZeroRequests see {@link ResourceList#nonZeroRequestsOf}
 * @param hostPorts ports the pod takes on its node
 * @param requiredAntiAffinity the pod's required anti-affinity terms
 * @param requiredAffinity the pod's required affinity terms
 */
public record PodInfo(
        Pod pod, ResourceList requests, ResourceList nonZeroRequests, Set<HostPort> hostPorts, List<PodAffinityTerm> requiredAntiAffinity, List<PodAffinityTerm> requiredAffinity) {
    /** A port on the node. @param address {@code 0.0.0.0} for all */
    public record HostPort(String address, String protocol, int port) {
        /** Whether both cannot be had on one node. */
        public boolean collidesWith(HostPort other) {
            return port == other.port && protocol.equals(other.protocol) && (address.equals(other.address) || address.equals("0.0.0.0") || other.address.equals("0.0.0.0"));
        }
    }

    public PodInfo {
        requireNonNull(pod, "pod is null");
    }

    public static PodInfo of(Pod pod) {
        Affinity affinity = pod.getSpec().getAffinity();
        return new PodInfo(
                pod,
                ResourceList.requestsOf(pod),
                ResourceList.nonZeroRequestsOf(pod),
                hostPorts(pod),
                affinity == null || affinity.getPodAntiAffinity() == null ? List.of() : copy(affinity.getPodAntiAffinity().getRequiredDuringSchedulingIgnoredDuringExecution()),
                affinity == null || affinity.getPodAffinity() == null ? List.of() : copy(affinity.getPodAffinity().getRequiredDuringSchedulingIgnoredDuringExecution()));
    }

    public ObjectKey key() {
        return new ObjectKey(namespace(), pod.getMetadata().getName());
    }

    public String namespace() {
        return pod.getMetadata().getNamespace();
    }

    public String uid() {
        return pod.getMetadata().getUid();
    }

    public Map<String, String> labels() {
        return pod.getMetadata().getLabels() == null ? Map.of() : pod.getMetadata().getLabels();
    }

    public int priority() {
        Integer priority = pod.getSpec().getPriority();
        return priority == null ? 0 : priority;
    }

    public boolean terminating() {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    private static Set<HostPort> hostPorts(Pod pod) {
        Set<HostPort> ports = new HashSet<>();
        List<Container> containers = new ArrayList<>(pod.getSpec().getContainers());
        if (pod.getSpec().getInitContainers() != null) {
            pod.getSpec().getInitContainers().stream().filter(c -> "Always".equals(c.getRestartPolicy())).forEach(containers::add);
        }
        for (Container container : containers) {
            for (ContainerPort port : copy(container.getPorts())) {
                if (port.getHostPort() != null && port.getHostPort() > 0) {
                    String address = port.getHostIP() == null || port.getHostIP().isEmpty() ? "0.0.0.0" : port.getHostIP();
                    ports.add(new HostPort(address, port.getProtocol() == null ? "TCP" : port.getProtocol(), port.getHostPort()));
                }
            }
        }
        return Set.copyOf(ports);
    }

    private static <T> List<T> copy(@Nullable List<T> list) {
        return list == null ? List.of() : List.copyOf(list);
    }
}
