package io.jakube.scheduler.snapshot;

import java.util.List;
import java.util.Map;

/**
 * Everything a decision looks at, at one instant. Immutable.
 *
 * @param nodes in a stable order
 * @param namespaceLabels labels of each namespace, for affinity terms with namespace selectors
 * @param claims persistent volume claims by {@code namespace/name}
 * @param volumes persistent volumes by name
 */
public record Snapshot(
        List<NodeInfo> nodes, Map<String, Map<String, String>> namespaceLabels, Map<String, Claim> claims, Map<String, Volume> volumes) {
    /**
     * A persistent volume claim.
     *
     * @param volumeName bound volume, empty while unbound
     * @param waitsForConsumer whether binding waits for a pod to be scheduled
     */
    public record Claim(String volumeName, boolean waitsForConsumer) {}

    /**
     * A persistent volume.
     *
     * @param nodeAffinity required node selector; null for none
     */
    public record Volume(io.fabric8.kubernetes.api.model.@org.jspecify.annotations.Nullable NodeSelector nodeAffinity) {}

    public Snapshot {
        nodes = List.copyOf(nodes);
        namespaceLabels = Map.copyOf(namespaceLabels);
        claims = Map.copyOf(claims);
        volumes = Map.copyOf(volumes);
    }

    /** A snapshot of nodes alone. */
    public static Snapshot of(List<NodeInfo> nodes) {
        return new Snapshot(nodes, Map.of(), Map.of(), Map.of());
    }

    public Snapshot withNodes(List<NodeInfo> changed) {
        return new Snapshot(changed, namespaceLabels, claims, volumes);
    }
}
