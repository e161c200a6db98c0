package io.jakube.common.selector;

import io.jakube.common.selector.Requirement.Operator;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Recursive-descent parser of the label selector syntax; its messages are upstream's. */
final class SelectorParser {
    private static final String BINARY_OPERATORS = "in, notin, =, ==, !=, gt, lt";
    private static final String SPECIAL = "=!(),><";

    private final List<String> tokens = new ArrayList<>();
    private int position;

    SelectorParser(String text) {
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            int start = i;
            if (Character.isWhitespace(c)) {
                i++;
                continue;
            }
            if (SPECIAL.indexOf(c) >= 0) {
                i += (c == '=' || c == '!') && i + 1 < text.length() && text.charAt(i + 1) == '=' ? 2 : 1;
            } else {
                while (i < text.length() && !Character.isWhitespace(text.charAt(i)) && SPECIAL.indexOf(text.charAt(i)) < 0) {
                    i++;
                }
            }
            tokens.add(text.substring(start, i));
        }
    }

    List<Requirement> parse() {
        List<Requirement> requirements = new ArrayList<>();
        while (!atEnd()) {
            if (!isIdentifier(peek()) && !peek().equals("!")) {
                throw new IllegalArgumentException("found '" + peek() + "', expected: !, identifier, or 'end of string'");
            }
            try {
                requirements.add(requirement());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("unable to parse requirement: " + e.getMessage(), e);
            }
            if (atEnd()) {
                break;
            }
            String separator = next();
            if (!separator.equals(",")) {
                throw new IllegalArgumentException("found '" + separator + "', expected: ',' or 'end of string'");
            }
            if (!isIdentifier(peek()) && !peek().equals("!")) {
                throw new IllegalArgumentException("found '" + peek() + "', expected: identifier after ','");
            }
        }
        return requirements;
    }

    private Requirement requirement() {
        boolean absent = peek().equals("!");
        if (absent) {
            next();
        }
        String key = next();
        if (!isIdentifier(key)) {
            throw new IllegalArgumentException("found '" + key + "', expected: identifier");
        }
        if (absent) {
            return new Requirement(key, Operator.DOES_NOT_EXIST, List.of());
        }
        if (atEnd() || peek().equals(",")) {
            return new Requirement(key, Operator.EXISTS, List.of());
        }
        String operator = next();
        return switch (operator) {
            case "in" -> new Requirement(key, Operator.IN, values());
            case "notin" -> new Requirement(key, Operator.NOT_IN, values());
            case "=", "==" -> new Requirement(key, Operator.EQUALS, List.of(value()));
            case "!=" -> new Requirement(key, Operator.NOT_EQUALS, List.of(value()));
            case ">" -> new Requirement(key, Operator.GREATER_THAN, List.of(value()));
            case "<" -> new Requirement(key, Operator.LESS_THAN, List.of(value()));
            default -> throw new IllegalArgumentException("found '" + operator + "', expected: " + BINARY_OPERATORS);
        };
    }

    private String value() {
        if (atEnd() || peek().equals(",")) {
            return "";
        }
        String value = next();
        if (!isIdentifier(value)) {
            throw new IllegalArgumentException("found '" + value + "', expected: identifier");
        }
        return value;
    }

    private List<String> values() {
        String open = next();
        if (!open.equals("(")) {
            throw new IllegalArgumentException("found '" + open + "' expected: '('");
        }
        TreeSet<String> values = new TreeSet<>();
        boolean expectValue = true;
        while (true) {
            String token = next();
            if (isIdentifier(token) && expectValue) {
                values.add(token);
                expectValue = false;
            } else if (token.equals(",") || token.equals(")")) {
                if (expectValue && (token.equals(",") || !values.isEmpty())) {
                    values.add("");
                }
                if (token.equals(")")) {
                    if (values.isEmpty()) {
                        values.add("");
                    }
                    return List.copyOf(values);
                }
                expectValue = true;
            } else {
                throw new IllegalArgumentException("found '" + token + "', expected: " + (expectValue ? "',', ')' or identifier" : "',' or ')'"));
            }
        }
    }

    private static boolean isIdentifier(String token) {
        return !token.isEmpty() && SPECIAL.indexOf(token.charAt(0)) < 0;
    }

    private boolean atEnd() {
        return position >= tokens.size();
    }

    private String peek() {
        return atEnd() ? "" : tokens.get(position);
    }

    private String next() {
        String token = peek();
        position++;
        return token;
    }
}
