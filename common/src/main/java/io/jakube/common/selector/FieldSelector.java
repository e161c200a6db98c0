package io.jakube.common.selector;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.api.ResourceDefinition;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A field selector: terms that must all hold. Immutable. */
public record FieldSelector(List<Term> terms) {
    public static final FieldSelector EVERYTHING = new FieldSelector(List.of());

    private static final Set<String> METADATA = Set.of("metadata.name", "metadata.namespace");

    /**
     * One condition.
     *
     * @param field path such as {@code spec.nodeName}
     * @param negated whether the field must differ
     */
    public record Term(String field, boolean negated, String value) {}

    public FieldSelector {
        terms = List.copyOf(terms);
    }

    /**
     * Parses the {@code fieldSelector} parameter: {@code a=b,c!=d}; a backslash escapes comma, equals sign and itself. Empty text selects everything.
     *
     * @throws IllegalArgumentException with upstream's message
     */
    public static FieldSelector parse(String text) {
        requireNonNull(text, "text is null");
        List<Term> terms = new ArrayList<>();
        for (String part : split(text)) {
            if (part.isEmpty()) {
                continue;
            }
            int at = operator(part);
            if (at < 0) {
                throw new IllegalArgumentException("invalid selector: '" + text + "'; can't understand '" + part + "'");
            }
            boolean negated = part.charAt(at) == '!';
            int length = negated || part.startsWith("==", at) ? 2 : 1;
            terms.add(new Term(part.substring(0, at), negated, unescape(part.substring(at + length))));
        }
        return terms.isEmpty() ? EVERYTHING : new FieldSelector(terms);
    }

    /**
     * Checks that the resource can be selected by these fields.
     *
     * @throws IllegalArgumentException with upstream's message where it cannot
     */
    public FieldSelector requireSupported(ResourceDefinition resource) {
        for (Term term : terms) {
            if (!METADATA.contains(term.field()) && !resource.selectableFields().contains(term.field())) {
                throw new IllegalArgumentException(resource.selectableFields().isEmpty()
                        ? "\"" + term.field() + "\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\""
                        : "field label not supported: " + term.field());
            }
        }
        return this;
    }

    public boolean isEmpty() {
        return terms.isEmpty();
    }

    public boolean matches(JsonNode object) {
        return matchesValues(field -> FieldValues.of(object, field));
    }

    /** @param values the object's value of a field */
    public boolean matchesValues(UnaryOperator<String> values) {
        for (Term term : terms) {
            if (values.apply(term.field()).equals(term.value()) == term.negated()) {
                return false;
            }
        }
        return true;
    }

    /** The value the field must have, if the selector says so: a look-up by name needs no scan. */
    public Optional<String> requiredValue(String field) {
        return terms.stream().filter(t -> !t.negated() && t.field().equals(field)).map(Term::value).findFirst();
    }

    @Override
    public String toString() {
        return terms.stream().map(t -> t.field() + (t.negated() ? "!=" : "=") + t.value().replaceAll("([\\\\,=])", "\\\\$1")).collect(Collectors.joining(","));
    }

    private static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == ',') {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    /** Position of the first operator. */
    private static int operator(String part) {
        for (int i = 0; i < part.length(); i++) {
            if (part.charAt(i) == '=' || part.startsWith("!=", i)) {
                return i;
            }
        }
        return -1;
    }

    private static String unescape(String value) {
        if (value.indexOf('\\') < 0 && value.indexOf('=') < 0) {
            return value;
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                i++;
                if (i == value.length() || "\\,=".indexOf(value.charAt(i)) < 0) {
                    throw new IllegalArgumentException("invalid field selector: invalid escape sequence: \"\\" + (i < value.length() ? value.charAt(i) : "") + "\"");
                }
                text.append(value.charAt(i));
            } else if (c == '=') {
                throw new IllegalArgumentException("invalid field selector: unescaped character in value: '='");
            } else {
                text.append(c);
            }
        }
        return text.toString();
    }
}
