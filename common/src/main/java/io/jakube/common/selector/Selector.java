package io.jakube.common.selector;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.selector.Requirement.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A label selector: requirements that must all hold. Immutable.
 *
 * @param requirements none selects everything
 * @param nothing whether nothing is selected, whatever the labels
 */
public record Selector(List<Requirement> requirements, boolean nothing) {
    public static final Selector EVERYTHING = new Selector(List.of(), false);
    public static final Selector NOTHING = new Selector(List.of(), true);

    public Selector {
        requirements = List.copyOf(requirements);
    }

    /**
     * Parses the text syntax of the {@code labelSelector} parameter: {@code a=b,c!=d,e in (f,g),!h,i>1}. Empty text selects everything.
     *
     * @throws IllegalArgumentException with upstream's message
     */
    public static Selector parse(String text) {
        requireNonNull(text, "text is null");
        return text.isBlank() ? EVERYTHING : new Selector(new SelectorParser(text).parse(), false);
    }

    /**
     * The selector of a {@code meta/v1 LabelSelector} object. Null or missing selects nothing, an empty object everything.
     *
     * @throws IllegalArgumentException for an operator or a set of values that is not allowed
     */
    public static Selector of(@Nullable JsonNode labelSelector) {
        if (labelSelector == null || !labelSelector.isObject()) {
            return NOTHING;
        }
        List<Requirement> requirements = new ArrayList<>();
        for (Map.Entry<String, JsonNode> label : labelSelector.path("matchLabels").properties()) {
            requirements.add(new Requirement(label.getKey(), Operator.IN, List.of(label.getValue().asText())));
        }
        for (JsonNode expression : labelSelector.path("matchExpressions")) {
            List<String> values = new ArrayList<>();
            expression.path("values").forEach(value -> values.add(value.asText()));
            Operator operator = switch (expression.path("operator").asText()) {
                case "In" -> Operator.IN;
                case "NotIn" -> Operator.NOT_IN;
                case "Exists" -> Operator.EXISTS;
                case "DoesNotExist" -> Operator.DOES_NOT_EXIST;
                default -> throw new IllegalArgumentException("\"" + expression.path("operator").asText() + "\" is not a valid label selector operator");
            };
            requirements.add(new Requirement(expression.path("key").asText(), operator, values));
        }
        return requirements.isEmpty() ? EVERYTHING : new Selector(requirements, false);
    }

    /** The selector of the older form, labels that must all be there; null or empty selects nothing (Service, ReplicationController). */
    public static Selector ofLabels(@Nullable JsonNode labels) {
        if (labels == null || labels.isEmpty()) {
            return NOTHING;
        }
        List<Requirement> requirements = new ArrayList<>();
        labels.properties().forEach(label -> requirements.add(new Requirement(label.getKey(), Operator.IN, List.of(label.getValue().asText()))));
        return new Selector(requirements, false);
    }

    /** Whether everything is selected. */
    public boolean isEmpty() {
        return requirements.isEmpty() && !nothing;
    }

    public boolean matches(Map<String, String> labels) {
        return matchesValues(labels::get);
    }

    /** @param labels {@code metadata.labels}; null or missing for none */
    public boolean matches(@Nullable JsonNode labels) {
        if (labels == null) {
            return matchesValues(_ -> null);
        }
        return matchesValues(key -> {
            JsonNode value = labels.get(key);
            return value == null ? null : value.asText();
        });
    }

    /** Whether the object's labels match. */
    public boolean matchesObject(JsonNode object) {
        return isEmpty() || matches(object.path("metadata").path("labels"));
    }

    private boolean matchesValues(UnaryOperator<@Nullable String> labels) {
        if (nothing) {
            return false;
        }
        for (Requirement requirement : requirements) {
            if (!requirement.matches(labels.apply(requirement.key()))) {
                return false;
            }
        }
        return true;
    }

    /** The text syntax, as {@code status.selector} of a scale carries it. */
    @Override
    public String toString() {
        return requirements.stream().map(Requirement::toString).collect(Collectors.joining(","));
    }
}
