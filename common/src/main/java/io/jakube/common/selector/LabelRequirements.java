package io.jakube.common.selector;

import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A label selector in the API's text syntax, as query parameters carry it: {@code a=b,c!=d,e in (f,g),h notin (i),j,!k,l>1}
 * (API concepts, "Labels and Selectors"). All requirements must hold. Immutable.
 */
public final class LabelRequirements {
    public static final LabelRequirements ALL = new LabelRequirements(List.of());

    /** How a requirement relates key and values. */
    public enum Operator {
        IN,
        NOT_IN,
        EXISTS,
        DOES_NOT_EXIST,
        GREATER_THAN,
        LESS_THAN
    }

    /** One requirement. */
    public record Requirement(String key, Operator operator, Set<String> values) {
        boolean matches(Map<String, String> labels) {
            String value = labels.get(key);
            return switch (operator) {
                case IN -> value != null && values.contains(value);
                case NOT_IN -> value == null || !values.contains(value);
                case EXISTS -> value != null;
                case DOES_NOT_EXIST -> value == null;
                case GREATER_THAN -> value != null && compare(value) > 0;
                case LESS_THAN -> value != null && compare(value) < 0;
            };
        }

        private int compare(String value) {
            try {
                return Long.compare(Long.parseLong(value), Long.parseLong(values.iterator().next()));
            } catch (NumberFormatException e) {
                return 0;
            }
        }
    }

    private final List<Requirement> requirements;

    private LabelRequirements(List<Requirement> requirements) {
        this.requirements = requirements;
    }

    /**
     * @throws ApiException 400 for text outside the syntax
     */
    public static LabelRequirements parse(String text) {
        return text.isBlank() ? ALL : new LabelRequirements(List.copyOf(new Parser(text).parse()));
    }

    public boolean matches(Map<String, String> labels) {
        for (Requirement requirement : requirements) {
            if (!requirement.matches(labels)) {
                return false;
            }
        }
        return true;
    }

    public boolean isEmpty() {
        return requirements.isEmpty();
    }

    public List<Requirement> requirements() {
        return requirements;
    }

    private static final class Parser {
        private static final String SPECIAL = "()!,=<>";
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        List<Requirement> parse() {
            List<Requirement> requirements = new ArrayList<>();
            while (true) {
                requirements.add(requirement());
                skipSpace();
                if (at >= text.length()) {
                    return requirements;
                }
                expect(",");
            }
        }

        private Requirement requirement() {
            if (take("!")) {
                return new Requirement(key(), Operator.DOES_NOT_EXIST, Set.of());
            }
            String key = key();
            skipSpace();
            if (at >= text.length() || text.charAt(at) == ',') {
                return new Requirement(key, Operator.EXISTS, Set.of());
            }
            if (take("==") || take("=")) {
                return new Requirement(key, Operator.IN, Set.of(value()));
            }
            if (take("!=")) {
                return new Requirement(key, Operator.NOT_IN, Set.of(value()));
            }
            if (take(">")) {
                return new Requirement(key, Operator.GREATER_THAN, Set.of(number(key)));
            }
            if (take("<")) {
                return new Requirement(key, Operator.LESS_THAN, Set.of(number(key)));
            }
            return switch (word()) {
                case "in" -> new Requirement(key, Operator.IN, values());
                case "notin" -> new Requirement(key, Operator.NOT_IN, values());
                case String other -> throw failure("found '" + other + "', expected: in, notin, =, ==, !=, gt, lt");
            };
        }

        private Set<String> values() {
            expect("(");
            Set<String> values = new TreeSet<>();
            do {
                values.add(value());
            } while (take(","));
            expect(")");
            return values;
        }

        private String key() {
            String key = word();
            if (key.isEmpty()) {
                throw failure("found '" + rest() + "', expected: !, identifier, or 'end of string'");
            }
            if (!QualifiedNames.valid(key)) {
                throw failure("key: Invalid value: \"" + key + "\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
                        + "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')");
            }
            return key;
        }

        private String value() {
            String value = word();
            if (!QualifiedNames.validLabelValue(value)) {
                throw failure("values: Invalid value: \"" + value + "\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
                        + "and must start and end with an alphanumeric character "
                        + "(e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
            }
            return value;
        }

        private String number(String key) {
            String value = word();
            try {
                return Long.toString(Long.parseLong(value));
            } catch (NumberFormatException e) {
                throw failure("values[0][" + key + "]: Invalid value: \"" + value + "\": for 'Gt', 'Lt' operators, the value must be an integer");
            }
        }

        private String word() {
            skipSpace();
            int start = at;
            while (at < text.length() && !Character.isWhitespace(text.charAt(at)) && SPECIAL.indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(start, at);
        }

        private boolean take(String token) {
            skipSpace();
            if (text.startsWith(token, at)) {
                at += token.length();
                return true;
            }
            return false;
        }

        private void expect(String token) {
            if (!take(token)) {
                throw failure("found '" + rest() + "', expected: '" + token + "'");
            }
        }

        private void skipSpace() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
        }

        private String rest() {
            return text.substring(at);
        }

        private static ApiException failure(String detail) {
            return ApiException.badRequest("unable to parse requirement: " + detail);
        }
    }
}
