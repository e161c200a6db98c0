package io.jakube.apiserver.authorization;

import com.fasterxml.jackson.databind.JsonNode;

/** Evaluates {@code meta/v1 LabelSelector} objects. */
final class LabelSelectors {
    private LabelSelectors() {}

    /** An empty selector matches everything. */
    static boolean matches(JsonNode selector, JsonNode labels) {
        for (var required : selector.path("matchLabels").properties()) {
            if (!labels.path(required.getKey()).isTextual() || !labels.path(required.getKey()).equals(required.getValue())) {
                return false;
            }
        }
        for (JsonNode expression : selector.path("matchExpressions")) {
            if (!matchesExpression(expression, labels.path(expression.path("key").asText()))) {
                return false;
            }
        }
        return true;
    }

    private static boolean matchesExpression(JsonNode expression, JsonNode value) {
        boolean present = value.isTextual();
        return switch (expression.path("operator").asText()) {
            case "In" -> present && contains(expression.path("values"), value);
            case "NotIn" -> !present || !contains(expression.path("values"), value);
            case "Exists" -> present;
            case "DoesNotExist" -> !present;
            default -> false;
        };
    }

    private static boolean contains(JsonNode values, JsonNode value) {
        for (JsonNode candidate : values) {
            if (candidate.equals(value)) {
                return true;
            }
        }
        return false;
    }
}
