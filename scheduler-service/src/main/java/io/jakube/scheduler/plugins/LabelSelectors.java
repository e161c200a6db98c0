package io.jakube.scheduler.plugins;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Label selectors of affinity terms and spread constraints (API reference, meta/v1 LabelSelector). */
final class LabelSelectors {
    private LabelSelectors() {}

    /** A null selector matches nothing, an empty one everything. */
    static boolean matches(@Nullable LabelSelector selector, Map<String, String> labels) {
        if (selector == null) {
            return false;
        }
        if (selector.getMatchLabels() != null) {
            for (var wanted : selector.getMatchLabels().entrySet()) {
                if (!wanted.getValue().equals(labels.get(wanted.getKey()))) {
                    return false;
                }
            }
        }
        return selector.getMatchExpressions() == null || selector.getMatchExpressions().stream().allMatch(r -> matches(r, labels.get(r.getKey())));
    }

    private static boolean matches(LabelSelectorRequirement requirement, @Nullable String value) {
        List<String> values = NodeSelectors.orEmpty(requirement.getValues());
        return switch (requirement.getOperator()) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default -> false;
        };
    }
}
