package io.jakube.agent;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.agent.pod.Pods;
import io.jakube.common.informer.EventHandler;
import java.util.Optional;
import java.util.function.Function;

/** Hands what an informer hears of pods to the pods of their nodes. */
final class PodFeed implements EventHandler<Pod> {
    private final Function<String, Optional<Pods>> nodes;

    /** @param nodes the pods of a node of this process, by the node's name */
    PodFeed(Function<String, Optional<Pods>> nodes) {
        this.nodes = requireNonNull(nodes, "nodes is null");
    }

    @Override
    public void onAdd(Pod pod) {
        of(pod).ifPresent(pods -> pods.update(pod));
    }

    @Override
    public void onUpdate(Pod old, Pod pod) {
        if (!old.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
            of(old).ifPresent(pods -> pods.remove(old));
        }
        of(pod).ifPresent(pods -> pods.update(pod));
    }

    @Override
    public void onDelete(Pod last) {
        of(last).ifPresent(pods -> pods.remove(last));
    }

    private Optional<Pods> of(Pod pod) {
        String node = pod.getSpec().getNodeName();
        return node == null || node.isEmpty() ? Optional.empty() : nodes.apply(node);
    }
}
