package io.jakube.scheduler.snapshot;

import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Everything a decision looks at, at one instant. Immutable.
 *
 * @param nodes in a stable order
 * @param namespaceLabels labels of each namespace, for affinity terms with namespace selectors
 * @param claims persistent volume claims by {@code namespace/name}
 * @param volumes persistent volumes by name
 * @param nominated pods for which room is being made, by the node they were promised
 */
public record Snapshot(
        List<NodeInfo> nodes, Map<String, Map<String, String>> namespaceLabels, Map<String, Claim> claims, Map<String, Volume> volumes, Map<String, List<PodInfo>> nominated) {
    /**
     * A persistent volume claim.
     *
     * @param volumeName bound volume, empty while unbound
     * @param waitsForConsumer whether binding waits for a pod to be scheduled
     * @param object the claim itself; null where binding does not wait for the scheduler
     * @param provisioned whether a provisioner makes a volume where none suits
     */
    public record Claim(String volumeName, boolean waitsForConsumer, @Nullable PersistentVolumeClaim object, boolean provisioned) {
        public Claim(String volumeName, boolean waitsForConsumer) {
            this(volumeName, waitsForConsumer, null, false);
        }
    }

    /**
     * A persistent volume.
     *
     * @param nodeAffinity required node selector; null for none
     * @param free the volume itself, if it is bound to no claim nor about to be
     */
    public record Volume(@Nullable NodeSelector nodeAffinity, @Nullable PersistentVolume free) {}

    public Snapshot {
        nodes = List.copyOf(nodes);
        namespaceLabels = Map.copyOf(namespaceLabels);
        claims = Map.copyOf(claims);
        volumes = Map.copyOf(volumes);
        nominated = Map.copyOf(nominated);
    }

    /** A snapshot of nodes alone. */
    public static Snapshot of(List<NodeInfo> nodes) {
        return new Snapshot(nodes, Map.of(), Map.of(), Map.of(), Map.of());
    }

    public Snapshot withNodes(List<NodeInfo> changed) {
        return new Snapshot(changed, namespaceLabels, claims, volumes, nominated);
    }

    /** The same with another node in the place of the one of its name. */
    public Snapshot withNode(NodeInfo changed) {
        return withNodes(nodes.stream().map(node -> node.name().equals(changed.name()) ? changed : node).toList());
    }

    public Snapshot withNominated(Map<String, List<PodInfo>> changed) {
        return new Snapshot(nodes, namespaceLabels, claims, volumes, changed);
    }

    /** The node a pod was promised; empty for none. */
    public Optional<String> nominatedNode(PodInfo pod) {
        return nominated.entrySet().stream().filter(entry -> entry.getValue().stream().anyMatch(other -> other.uid().equals(pod.uid()))).map(Map.Entry::getKey).findFirst();
    }

    /** A node as a pod must find room on it: with the pods of at least its priority that were promised the node. The node itself where there are none. */
    public NodeInfo crowded(NodeInfo node, PodInfo pod) {
        NodeInfo crowded = node;
        for (PodInfo other : nominated.getOrDefault(node.name(), List.of())) {
            if (other.priority() >= pod.priority() && !other.uid().equals(pod.uid())) {
                crowded = crowded.withPod(other);
            }
        }
        return crowded;
    }
}
