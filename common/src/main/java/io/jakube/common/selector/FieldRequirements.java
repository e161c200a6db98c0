package io.jakube.common.selector;

import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A field selector in the API's text syntax: {@code metadata.name=a,status.phase!=Running}, with {@code \} escaping {@code ,}, {@code =} and
 * itself in values (API concepts, "Field Selectors"). All requirements must hold. Immutable.
 */
public final class FieldRequirements {
    public static final FieldRequirements ALL = new FieldRequirements(List.of());

    /** One requirement. @param equal whether the value must be equal, or must differ */
    public record Requirement(String field, boolean equal, String value) {}

    private final List<Requirement> requirements;

    private FieldRequirements(List<Requirement> requirements) {
        this.requirements = requirements;
    }

    /** @throws ApiException 400 for text outside the syntax */
    public static FieldRequirements parse(String text) {
        List<Requirement> requirements = new ArrayList<>();
        for (String term : terms(text)) {
            if (!term.isEmpty()) {
                requirements.add(requirement(term, text));
            }
        }
        return requirements.isEmpty() ? ALL : new FieldRequirements(List.copyOf(requirements));
    }

    /** @throws ApiException 400 naming the first field that cannot be selected by */
    public FieldRequirements requireSupported(Predicate<String> supported) {
        for (Requirement requirement : requirements) {
            if (!supported.test(requirement.field())) {
                throw ApiException.badRequest("field label not supported: " + requirement.field());
            }
        }
        return this;
    }

    /** @param values value of a field, null if the object has none */
    public boolean matches(Function<String, @Nullable String> values) {
        for (Requirement requirement : requirements) {
            String value = values.apply(requirement.field());
            if (requirement.value().equals(value == null ? "" : value) != requirement.equal()) {
                return false;
            }
        }
        return true;
    }

    /** The one value a field must have, if the selector says so. */
    public Optional<String> exactValue(String field) {
        return requirements.stream().filter(r -> r.equal() && r.field().equals(field)).map(Requirement::value).findFirst();
    }

    public boolean isEmpty() {
        return requirements.isEmpty();
    }

    public List<Requirement> requirements() {
        return requirements;
    }

    private static List<String> terms(String text) {
        List<String> terms = new ArrayList<>();
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == ',') {
                terms.add(text.substring(start, i));
                start = i + 1;
            }
        }
        terms.add(text.substring(start));
        return terms;
    }

    private static Requirement requirement(String term, String text) {
        for (int i = 0; i < term.length(); i++) {
            if (term.charAt(i) == '\\') {
                i++;
            } else if (term.startsWith("!=", i)) {
                return new Requirement(term.substring(0, i), false, unescape(term.substring(i + 2)));
            } else if (term.startsWith("==", i)) {
                return new Requirement(term.substring(0, i), true, unescape(term.substring(i + 2)));
            } else if (term.charAt(i) == '=') {
                return new Requirement(term.substring(0, i), true, unescape(term.substring(i + 1)));
            }
        }
        throw ApiException.badRequest("invalid selector: '" + text + "'; can't understand '" + term + "'");
    }

    private static String unescape(String value) {
        StringBuilder plain = new StringBuilder();
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '\\') {
                i++;
                if (i == value.length() || "\\,=".indexOf(value.charAt(i)) < 0) {
                    throw ApiException.badRequest("invalid field selector: invalid escape sequence in '" + value + "'");
                }
                c = value.charAt(i);
            } else if (c == '=' || c == ',') {
                throw ApiException.badRequest("invalid field selector: unescaped character in value: '" + c + "'");
            }
            plain.append(c);
        }
        return plain.toString();
    }
}
