package io.jakube.controller.daemonset;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.jakube.common.selector.LabelSelectors;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether a daemon's pod belongs on a node: by name, selector, required affinity and taints. Resources are the scheduler's business. Pure. */
final class NodeFit {
    /**
     * @param shouldRun whether the node should have a pod
     * @param mayContinue whether a pod that is there may stay
     */
    record Verdict(boolean shouldRun, boolean mayContinue) {}

    private NodeFit() {}

    static Verdict of(PodSpec spec, List<Toleration> tolerations, Node node) {
        if (spec.getNodeName() != null && !spec.getNodeName().isEmpty() && !spec.getNodeName().equals(node.getMetadata().getName()) || !selected(spec, node)) {
            return new Verdict(false, false);
        }
        List<Taint> taints = node.getSpec() == null || node.getSpec().getTaints() == null ? List.of() : node.getSpec().getTaints();
        boolean schedulable = taints.stream().filter(t -> !"PreferNoSchedule".equals(t.getEffect())).allMatch(t -> tolerated(tolerations, t));
        boolean stays = taints.stream().filter(t -> "NoExecute".equals(t.getEffect())).allMatch(t -> tolerated(tolerations, t));
        return new Verdict(schedulable, stays);
    }

    private static boolean selected(PodSpec spec, Node node) {
        Map<String, String> labels = node.getMetadata().getLabels() == null ? Map.of() : node.getMetadata().getLabels();
        if (!LabelSelectors.containsAll(labels, spec.getNodeSelector())) {
            return false;
        }
        var affinity = spec.getAffinity() == null ? null : spec.getAffinity().getNodeAffinity();
        var required = affinity == null ? null : affinity.getRequiredDuringSchedulingIgnoredDuringExecution();
        return required == null || required.getNodeSelectorTerms().stream().anyMatch(term -> matches(term, labels, node.getMetadata().getName()));
    }

    private static boolean matches(NodeSelectorTerm term, Map<String, String> labels, String name) {
        boolean empty = term.getMatchExpressions().isEmpty() && term.getMatchFields().isEmpty();
        return !empty && term.getMatchExpressions().stream().allMatch(r -> matches(r, labels.get(r.getKey())))
                && term.getMatchFields().stream().allMatch(r -> r.getKey().equals("metadata.name") && matches(r, name));
    }

    private static boolean matches(NodeSelectorRequirement requirement, @Nullable String value) {
        List<String> values = requirement.getValues() == null ? List.of() : requirement.getValues();
        return switch (requirement.getOperator()) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt", "Lt" -> compares(requirement.getOperator(), value, values);
            default -> false;
        };
    }

    private static boolean compares(String operator, @Nullable String value, List<String> values) {
        try {
            return value != null && values.size() == 1 && (operator.equals("Gt") ? Long.parseLong(value) > Long.parseLong(values.getFirst()) : Long.parseLong(value) < Long.parseLong(values.getFirst()));
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private static boolean tolerated(List<Toleration> tolerations, Taint taint) {
        return tolerations.stream().anyMatch(t -> {
            boolean effect = t.getEffect() == null || t.getEffect().isEmpty() || t.getEffect().equals(taint.getEffect());
            boolean anyKey = t.getKey() == null || t.getKey().isEmpty();
            boolean exists = "Exists".equals(t.getOperator());
            return effect && (anyKey ? exists : t.getKey().equals(taint.getKey())
                    && (exists || Objects.requireNonNullElse(t.getValue(), "").equals(Objects.requireNonNullElse(taint.getValue(), ""))));
        });
    }
}
