package io.jakube.common.selector;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One condition on one label. */
public record Requirement(String key, Operator operator, List<String> values) {
    /** How a label is compared. */
    public enum Operator {
        IN("in"),
        NOT_IN("notin"),
        EQUALS("="),
        NOT_EQUALS("!="),
        EXISTS("exists"),
        DOES_NOT_EXIST("!"),
        GREATER_THAN("gt"),
        LESS_THAN("lt");

        private final String text;

        Operator(String text) {
            this.text = text;
        }
    }

    /** @throws IllegalArgumentException with upstream's message where key or values are not allowed */
    public Requirement {
        values = List.copyOf(values);
        LabelSyntax.checkKey(key);
        switch (operator) {
            case IN, NOT_IN -> require(!values.isEmpty(), "values", values, "for 'in', 'notin' operators, values set can't be empty");
            case EQUALS, NOT_EQUALS -> require(values.size() == 1, "values", values, "exact-match compatibility requires one single value");
            case EXISTS, DOES_NOT_EXIST -> require(values.isEmpty(), "values", values, "values set must be empty for exists and does not exist");
            case GREATER_THAN, LESS_THAN -> {
                require(values.size() == 1, "values", values, "for 'Gt', 'Lt' operators, exactly one value is required");
                require(number(values.getFirst()) != null, "values[0]", values.getFirst(), "for 'Gt', 'Lt' operators, the value must be an integer");
            }
        }
        for (int i = 0; i < values.size(); i++) {
            LabelSyntax.checkValue("values[" + i + "][" + key + "]", values.get(i));
        }
    }

    private static void require(boolean right, String field, Object value, String detail) {
        if (!right) {
            String shown = value instanceof String ? "\"" + value + "\"" : String.valueOf(value).replace(", ", " ");
            throw new IllegalArgumentException(field + ": Invalid value: " + shown + ": " + detail);
        }
    }

    /** @param value the label's value; null where there is none */
    boolean matches(@Nullable String value) {
        return switch (operator) {
            case IN, EQUALS -> value != null && values.contains(value);
            case NOT_IN, NOT_EQUALS -> value == null || !values.contains(value);
            case EXISTS -> value != null;
            case DOES_NOT_EXIST -> value == null;
            case GREATER_THAN -> compare(value) > 0;
            case LESS_THAN -> compare(value) < 0;
        };
    }

    /** 0 where the label is no integer. */
    private int compare(@Nullable String value) {
        Long have = value == null ? null : number(value);
        Long wanted = number(values.getFirst());
        return have == null || wanted == null ? 0 : have.compareTo(wanted);
    }

    private static @Nullable Long number(String text) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException _) {
            return null;
        }
    }

    @Override
    public String toString() {
        return switch (operator) {
            case EXISTS -> key;
            case DOES_NOT_EXIST -> "!" + key;
            case IN, NOT_IN -> values.size() == 1 && operator == Operator.IN
                    ? key + "=" + values.getFirst()
                    : key + " " + operator.text + " (" + String.join(",", values.stream().sorted().toList()) + ")";
            case EQUALS, NOT_EQUALS -> key + operator.text + values.getFirst();
            case GREATER_THAN -> key + ">" + values.getFirst();
            case LESS_THAN -> key + "<" + values.getFirst();
        };
    }
}
