package io.jakube.scheduler.plugins;

import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.NodeSelectorRequirement;
import io.fabric8.kubernetes.api.model.NodeSelectorTerm;
import io.jakube.scheduler.snapshot.NodeInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Node selector terms (API reference, core/v1 NodeSelector): terms are alternatives, requirements of a term must all hold. */
final class NodeSelectors {
    private NodeSelectors() {}

    static boolean matches(NodeSelector selector, NodeInfo node) {
        return selector.getNodeSelectorTerms() != null && selector.getNodeSelectorTerms().stream().anyMatch(term -> matches(term, node));
    }

    /** An empty term matches nothing. */
    static boolean matches(NodeSelectorTerm term, NodeInfo node) {
        List<NodeSelectorRequirement> expressions = orEmpty(term.getMatchExpressions());
        List<NodeSelectorRequirement> fields = orEmpty(term.getMatchFields());
        if (expressions.isEmpty() && fields.isEmpty()) {
            return false;
        }
        return expressions.stream().allMatch(r -> matches(r, node.labels().get(r.getKey())))
                && fields.stream().allMatch(r -> matches(r, "metadata.name".equals(r.getKey()) ? node.name() : null));
    }

    private static boolean matches(NodeSelectorRequirement requirement, @Nullable String value) {
        List<String> values = orEmpty(requirement.getValues());
        return switch (requirement.getOperator()) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            case "Gt" -> compare(value, values) > 0;
            case "Lt" -> compare(value, values) < 0;
            default -> false;
        };
    }

    private static int compare(@Nullable String value, List<String> values) {
        try {
            return value == null || values.size() != 1 ? 0 : Long.compare(Long.parseLong(value), Long.parseLong(values.getFirst()));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
