package io.jakube.controller.daemonset;

import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorBuilder;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.NodeSelectorTermBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.jakube.controller.history.RevisionHistory;
import io.jakube.controller.pods.PodTemplates;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Pods of daemon sets: each is meant for one node, which the scheduler confirms (Kubernetes documentation, "How Daemon Pods are scheduled"). */
final class DaemonPods {
    private static final List<String> ALWAYS = List.of("node.kubernetes.io/disk-pressure", "node.kubernetes.io/memory-pressure", "node.kubernetes.io/pid-pressure", "node.kubernetes.io/unschedulable");

    private DaemonPods() {}

    /** The template's tolerations and those every daemon has. */
    static List<Toleration> tolerations(PodSpec spec) {
        List<Toleration> tolerations = new ArrayList<>(spec.getTolerations() == null ? List.of() : spec.getTolerations());
        add(tolerations, "node.kubernetes.io/not-ready", "NoExecute");
        add(tolerations, "node.kubernetes.io/unreachable", "NoExecute");
        ALWAYS.forEach(key -> add(tolerations, key, "NoSchedule"));
        if (Boolean.TRUE.equals(spec.getHostNetwork())) {
            add(tolerations, "node.kubernetes.io/network-unavailable", "NoSchedule");
        }
        return tolerations;
    }

    private static void add(List<Toleration> tolerations, String key, String effect) {
        Toleration toleration = new TolerationBuilder().withKey(key).withOperator("Exists").withEffect(effect).build();
        if (!tolerations.contains(toleration)) {
            tolerations.add(toleration);
        }
    }

    static Pod create(DaemonSet set, String node, String hash) {
        Pod pod = PodTemplates.podOf(set.getSpec().getTemplate(), set);
        NodeSelectorTerm onNode = new NodeSelectorTermBuilder().addNewMatchField().withKey("metadata.name").withOperator("In").withValues(node).endMatchField().build();
        var affinity = pod.getSpec().getAffinity() == null ? null : pod.getSpec().getAffinity().getNodeAffinity();
        NodeSelector required = affinity == null ? null : affinity.getRequiredDuringSchedulingIgnoredDuringExecution();
        // The node replaces other fields; expressions stay, and were checked before.
        NodeSelector pinned = required == null || required.getNodeSelectorTerms().isEmpty()
                ? new NodeSelectorBuilder().withNodeSelectorTerms(onNode).build()
                : new NodeSelectorBuilder(required).withNodeSelectorTerms(required.getNodeSelectorTerms().stream()
                        .map(term -> new NodeSelectorTermBuilder(term).withMatchFields(onNode.getMatchFields()).build()).toList()).build();
        return new PodBuilder(pod)
                .editMetadata().addToLabels(RevisionHistory.LABEL, hash).addToLabels("pod-template-generation", String.valueOf(set.getMetadata().getGeneration())).endMetadata()
                .editSpec()
                .withTolerations(tolerations(pod.getSpec()))
                .editOrNewAffinity().editOrNewNodeAffinity().withRequiredDuringSchedulingIgnoredDuringExecution(pinned).endNodeAffinity().endAffinity()
                .endSpec()
                .build();
    }

    /** The node a pod runs on or is meant for. */
    static Optional<String> node(Pod pod) {
        if (pod.getSpec().getNodeName() != null && !pod.getSpec().getNodeName().isEmpty()) {
            return Optional.of(pod.getSpec().getNodeName());
        }
        var affinity = pod.getSpec().getAffinity() == null ? null : pod.getSpec().getAffinity().getNodeAffinity();
        var required = affinity == null ? null : affinity.getRequiredDuringSchedulingIgnoredDuringExecution();
        return required == null ? Optional.empty() : required.getNodeSelectorTerms().stream().flatMap(t -> t.getMatchFields().stream())
                .filter(f -> f.getKey().equals("metadata.name")).map(f -> f.getValues().getFirst()).findFirst();
    }
}
