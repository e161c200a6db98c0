package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Label selectors (API reference, meta/v1 LabelSelector). */
public final class SelectorValidation {
    private SelectorValidation() {}

    /** A selector, where there is one. */
    static void selector(@Nullable ObjectNode selector, FieldPath field, Errors errors) {
        if (selector == null) {
            return;
        }
        MetadataValidation.labels(strings(selector, "matchLabels"), field.child("matchLabels"), errors);
        List<ObjectNode> expressions = items(selector, "matchExpressions");
        for (int i = 0; i < expressions.size(); i++) {
            requirement(expressions.get(i), field.child("matchExpressions").index(i), errors);
        }
    }

    private static void requirement(ObjectNode requirement, FieldPath field, Errors errors) {
        List<String> values = texts(requirement, "values");
        switch (text(requirement, "operator")) {
            case "In", "NotIn" -> {
                if (values.isEmpty()) {
                    errors.required(field.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                }
            }
            case "Exists", "DoesNotExist" -> {
                if (!values.isEmpty()) {
                    errors.forbidden(field.child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                }
            }
            default -> errors.invalid(field.child("operator"), text(requirement, "operator"), "not a valid selector operator");
        }
        MetadataValidation.labelName(text(requirement, "key"), field.child("key"), errors);
        for (int i = 0; i < values.size(); i++) {
            errors.invalid(field.child("values").index(i), values.get(i), Names.labelValue(values.get(i)));
        }
    }

    /** Whether a selector selects everything. */
    public static boolean selectsEverything(@Nullable ObjectNode selector) {
        return selector != null && strings(selector, "matchLabels").isEmpty() && items(selector, "matchExpressions").isEmpty();
    }

    /** Whether labels match a selector; null selects nothing, an empty one everything. */
    public static boolean matches(@Nullable ObjectNode selector, Map<String, String> labels) {
        if (selector == null) {
            return false;
        }
        for (Map.Entry<String, String> label : strings(selector, "matchLabels").entrySet()) {
            if (!label.getValue().equals(labels.get(label.getKey()))) {
                return false;
            }
        }
        for (ObjectNode requirement : items(selector, "matchExpressions")) {
            String value = labels.get(text(requirement, "key"));
            boolean met = switch (text(requirement, "operator")) {
                case "In" -> value != null && texts(requirement, "values").contains(value);
                case "NotIn" -> value == null || !texts(requirement, "values").contains(value);
                case "Exists" -> value != null;
                case "DoesNotExist" -> value == null;
                default -> false;
            };
            if (!met) {
                return false;
            }
        }
        return true;
    }

}
