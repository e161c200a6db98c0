package io.jakube.common.selector;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Evaluates {@code meta/v1 LabelSelector}s of typed objects. */
public final class LabelSelectors {
    private LabelSelectors() {}

    /**
     * Whether labels match a selector. A null selector matches nothing, an empty one everything (API reference, LabelSelector).
     * An unknown operator matches nothing.
     */
    public static boolean matches(@Nullable LabelSelector selector, @Nullable Map<String, String> labels) {
        if (selector == null) {
            return false;
        }
        Map<String, String> present = labels == null ? Map.of() : labels;
        return containsAll(present, selector.getMatchLabels())
                && (selector.getMatchExpressions() == null || selector.getMatchExpressions().stream().allMatch(r -> matches(r, present)));
    }

    /** Whether labels contain all wanted ones; the older form of selectors (Service, ReplicationController). Null wants nothing. */
    public static boolean containsAll(@Nullable Map<String, String> labels, @Nullable Map<String, String> wanted) {
        if (wanted == null) {
            return true;
        }
        for (Map.Entry<String, String> entry : wanted.entrySet()) {
            if (labels == null || !entry.getValue().equals(labels.get(entry.getKey()))) {
                return false;
            }
        }
        return true;
    }

    /** Whether a selector selects everything. */
    public static boolean isEmpty(LabelSelector selector) {
        return (selector.getMatchLabels() == null || selector.getMatchLabels().isEmpty())
                && (selector.getMatchExpressions() == null || selector.getMatchExpressions().isEmpty());
    }

    private static boolean matches(LabelSelectorRequirement requirement, Map<String, String> labels) {
        String value = labels.get(requirement.getKey());
        List<String> values = requirement.getValues() == null ? List.of() : requirement.getValues();
        return switch (requirement.getOperator()) {
            case "In" -> value != null && values.contains(value);
            case "NotIn" -> value == null || !values.contains(value);
            case "Exists" -> value != null;
            case "DoesNotExist" -> value == null;
            default -> false;
        };
    }

    /** The selector in the API's text syntax, as {@code status.selector} of scale carries it: {@code a=b,c in (d,e),!f}. */
    public static String format(LabelSelector selector) {
        StringBuilder text = new StringBuilder();
        if (selector.getMatchLabels() != null) {
            text.append(selector.getMatchLabels().entrySet().stream().sorted(Map.Entry.comparingByKey())
                    .map(e -> e.getKey() + "=" + e.getValue()).collect(Collectors.joining(",")));
        }
        if (selector.getMatchExpressions() != null) {
            for (LabelSelectorRequirement r : selector.getMatchExpressions()) {
                text.append(text.isEmpty() ? "" : ",").append(switch (r.getOperator()) {
                    case "In" -> r.getKey() + " in (" + String.join(",", r.getValues()) + ")";
                    case "NotIn" -> r.getKey() + " notin (" + String.join(",", r.getValues()) + ")";
                    case "DoesNotExist" -> "!" + r.getKey();
                    default -> r.getKey();
                });
            }
        }
        return text.toString();
    }
}
