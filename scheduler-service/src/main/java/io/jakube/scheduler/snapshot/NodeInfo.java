package io.jakube.scheduler.snapshot;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.ContainerImage;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Taint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A node and the pods that are on it or were promised to it. Immutable; changes make a new one, so that a snapshot is an array of references.
 *
 * @param node the API object
 * @param allocatable what pods may use
 * @param pods pods on the node, finished ones left out
 * @param requested sum of the pods' requests
 * @param nonZeroRequested sum of the pods' requests as scores count them
 * @param imageSizes bytes by image name, for every name the node reported
 */
public record NodeInfo(Node node, ResourceList allocatable, List<PodInfo> pods, ResourceList requested, ResourceList nonZeroRequested, Map<String, Long> imageSizes) {
    public NodeInfo {
        requireNonNull(node, "node is null");
        pods = List.copyOf(pods);
    }

    public static NodeInfo of(Node node, List<PodInfo> pods) {
        ResourceList requested = ResourceList.EMPTY;
        ResourceList nonZero = ResourceList.EMPTY;
        for (PodInfo pod : pods) {
            requested = requested.plus(pod.requests());
            nonZero = nonZero.plus(pod.nonZeroRequests());
        }
        Map<String, Long> images = new HashMap<>();
        if (node.getStatus() != null && node.getStatus().getImages() != null) {
            for (ContainerImage image : node.getStatus().getImages()) {
                if (image.getNames() != null) {
                    image.getNames().forEach(name -> images.put(name, image.getSizeBytes() == null ? 0L : image.getSizeBytes()));
                }
            }
        }
        return new NodeInfo(node, ResourceList.of(node.getStatus() == null ? null : node.getStatus().getAllocatable()), pods, requested, nonZero, Map.copyOf(images));
    }

    public String name() {
        return node.getMetadata().getName();
    }

    public Map<String, String> labels() {
        return node.getMetadata().getLabels() == null ? Map.of() : node.getMetadata().getLabels();
    }

    public List<Taint> taints() {
        List<Taint> taints = node.getSpec() == null ? null : node.getSpec().getTaints();
        return taints == null ? List.of() : taints;
    }

    public NodeInfo withPod(PodInfo pod) {
        List<PodInfo> more = new ArrayList<>(pods);
        more.add(pod);
        return new NodeInfo(node, allocatable, more, requested.plus(pod.requests()), nonZeroRequested.plus(pod.nonZeroRequests()), imageSizes);
    }

    /** Without the pod of this uid; itself if there is none. */
    public NodeInfo withoutPod(String uid) {
        for (PodInfo pod : pods) {
            if (pod.uid().equals(uid)) {
                List<PodInfo> fewer = new ArrayList<>(pods);
                fewer.remove(pod);
                return new NodeInfo(node, allocatable, fewer, requested.minus(pod.requests()), nonZeroRequested.minus(pod.nonZeroRequests()), imageSizes);
            }
        }
        return this;
    }
}
