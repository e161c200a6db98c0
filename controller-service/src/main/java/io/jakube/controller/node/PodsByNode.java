package io.jakube.controller.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.controller.pods.PodStates;
import java.util.List;

/** The index of pods by the node they are bound to. */
final class PodsByNode {
    static final String INDEX = "node";

    private PodsByNode() {}

    static List<String> values(Pod pod) {
        return PodStates.isScheduled(pod) ? List.of(pod.getSpec().getNodeName()) : List.of();
    }
}
