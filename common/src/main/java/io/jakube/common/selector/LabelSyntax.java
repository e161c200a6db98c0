package io.jakube.common.selector;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The rules for label keys and values (API reference, "Labels and selectors"), with upstream's error texts. */
public final class LabelSyntax {
    private static final int MAX_NAME = 63;
    private static final int MAX_PREFIX = 253;
    private static final Pattern NAME = Pattern.compile("([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]");
    private static final Pattern VALUE = Pattern.compile("(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?");
    private static final Pattern SUBDOMAIN = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final String NAME_RULE = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
            + " (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
    private static final String SUBDOMAIN_RULE = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an"
            + " alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
    private static final String VALUE_RULE = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an"
            + " alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    private LabelSyntax() {}

    /** What is wrong with a qualified name (label key, annotation key, resource name); empty if nothing. */
    public static List<String> keyProblems(String key) {
        String[] parts = key.split("/", -1);
        if (parts.length > 2) {
            return List.of("a qualified name " + NAME_RULE + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
        }
        List<String> problems = new ArrayList<>();
        String name = parts[parts.length - 1];
        if (parts.length == 2) {
            if (parts[0].isEmpty()) {
                problems.add("prefix part must be non-empty");
            } else {
                if (parts[0].length() > MAX_PREFIX) {
                    problems.add("prefix part must be no more than " + MAX_PREFIX + " bytes");
                }
                if (!SUBDOMAIN.matcher(parts[0]).matches()) {
                    problems.add("prefix part " + SUBDOMAIN_RULE);
                }
            }
        }
        if (name.isEmpty()) {
            problems.add("name part must be non-empty");
        } else if (name.length() > MAX_NAME) {
            problems.add("name part must be no more than " + MAX_NAME + " bytes");
        }
        if (!NAME.matcher(name).matches()) {
            problems.add("name part " + NAME_RULE);
        }
        return problems;
    }

    /** What is wrong with a label value. */
    public static Optional<String> valueProblem(String value) {
        if (value.length() > MAX_NAME) {
            return Optional.of("must be no more than " + MAX_NAME + " bytes");
        }
        return VALUE.matcher(value).matches() ? Optional.empty() : Optional.of(VALUE_RULE);
    }

    static void checkKey(String key) {
        List<String> problems = keyProblems(key);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("key: Invalid value: \"" + key + "\": " + String.join("; ", problems));
        }
    }

    static void checkValue(String field, String value) {
        valueProblem(value).ifPresent(problem -> {
            throw new IllegalArgumentException(field + ": Invalid value: \"" + value + "\": " + problem);
        });
    }
}
