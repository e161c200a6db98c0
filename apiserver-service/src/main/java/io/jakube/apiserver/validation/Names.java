package io.jakube.apiserver.validation;

import java.util.ArrayList;
import java.util.List;

/**
 * The lexical rules of names, labels and keys, with the texts clients know (API reference "Object Names and IDs", "Labels and Selectors").
 * Each method returns what is wrong; an empty list means the value is right. Scans characters by hand: these run for every object written.
 */
public final class Names {
    /** Longest RFC 1123 label. */
    public static final int MAX_LABEL = 63;

    /** Longest RFC 1123 subdomain. */
    public static final int MAX_SUBDOMAIN = 253;

    private static final String LABEL_FORMAT = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
    private static final String QUALIFIED_FORMAT = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
    private static final String LABEL_MESSAGE =
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"
                    + regex(LABEL_FORMAT, "my-name", "123-abc");
    private static final String SUBDOMAIN_MESSAGE =
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
                    + regex(LABEL_FORMAT + "(\\." + LABEL_FORMAT + ")*", "example.com");
    private static final String DNS1035_MESSAGE =
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
                    + regex("[a-z]([-a-z0-9]*[a-z0-9])?", "my-name", "abc-123");
    private static final String QUALIFIED_MESSAGE =
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
    private static final String LABEL_VALUE_MESSAGE =
            "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
                    + regex("(" + QUALIFIED_FORMAT + ")?", "MyValue", "my_value", "12345");
    private static final String CONFIG_KEY_MESSAGE =
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.'" + regex("[-._a-zA-Z0-9]+", "key.name", "KEY_NAME", "key-name");

    private Names() {}

    public static List<String> dnsLabel(String value) {
        List<String> problems = new ArrayList<>(2);
        if (value.length() > MAX_LABEL) {
            problems.add(maxLength(MAX_LABEL));
        }
        if (!isDnsLabel(value, 0, value.length())) {
            problems.add(isDnsSubdomain(value) ? "must not contain dots" : LABEL_MESSAGE);
        }
        return problems;
    }

    public static List<String> dnsSubdomain(String value) {
        List<String> problems = new ArrayList<>(2);
        if (value.length() > MAX_SUBDOMAIN) {
            problems.add(maxLength(MAX_SUBDOMAIN));
        }
        if (!isDnsSubdomain(value)) {
            problems.add(SUBDOMAIN_MESSAGE);
        }
        return problems;
    }

    /** A subdomain whose labels may contain underscores, as DNS search paths may. */
    public static List<String> dnsSubdomainWithUnderscores(String value) {
        List<String> problems = new ArrayList<>(2);
        if (value.length() > MAX_SUBDOMAIN) {
            problems.add(maxLength(MAX_SUBDOMAIN));
        }
        if (!isDnsSubdomain(value.replace("._", ".").replaceFirst("^_", "").replace('_', '-'))) {
            String label = "_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?";
            problems.add("a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character"
                    + regex(label + "(\\." + label + ")*", "example.com"));
        }
        return problems;
    }

    public static List<String> dns1035Label(String value) {
        List<String> problems = new ArrayList<>(2);
        if (value.length() > MAX_LABEL) {
            problems.add(maxLength(MAX_LABEL));
        }
        if (!isDnsLabel(value, 0, value.length()) || isDigit(value.charAt(0))) {
            problems.add(DNS1035_MESSAGE);
        }
        return problems;
    }

    /** A name that can be a URL path segment. */
    public static List<String> pathSegment(String value, boolean prefix) {
        if (!prefix && (value.equals(".") || value.equals(".."))) {
            return List.of("may not be '" + value + "'");
        }
        List<String> problems = new ArrayList<>(2);
        for (String illegal : List.of("/", "%")) {
            if (value.contains(illegal)) {
                problems.add("may not contain '" + illegal + "'");
            }
        }
        return problems;
    }

    /** A key of labels, annotations, taints, extended resources: an optional DNS prefix, a slash, a name of at most 63 characters. */
    public static List<String> qualifiedName(String value) {
        int slash = value.indexOf('/');
        String name = value;
        List<String> problems = new ArrayList<>(2);
        if (slash >= 0) {
            if (value.indexOf('/', slash + 1) >= 0) {
                return List.of("a valid label key " + QUALIFIED_MESSAGE + regex(QUALIFIED_FORMAT, "MyName", "my.name", "123-abc")
                        + " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')");
            }
            String prefix = value.substring(0, slash);
            name = value.substring(slash + 1);
            if (prefix.isEmpty()) {
                problems.add("prefix part must be non-empty");
            } else {
                dnsSubdomain(prefix).forEach(problem -> problems.add("prefix part " + problem));
            }
        }
        if (name.isEmpty()) {
            problems.add("name part must be non-empty");
        } else if (name.length() > MAX_LABEL) {
            problems.add("name part must be no more than " + MAX_LABEL + " bytes");
        }
        if (!isQualified(name)) {
            problems.add("name part " + QUALIFIED_MESSAGE + regex(QUALIFIED_FORMAT, "MyName", "my.name", "123-abc"));
        }
        return problems;
    }

    public static List<String> labelValue(String value) {
        List<String> problems = new ArrayList<>(2);
        if (value.length() > MAX_LABEL) {
            problems.add("must be no more than " + MAX_LABEL + " bytes");
        }
        if (!value.isEmpty() && !isQualified(value)) {
            problems.add(LABEL_VALUE_MESSAGE);
        }
        return problems;
    }

    /** A key of a ConfigMap or Secret. */
    public static List<String> configMapKey(String value) {
        List<String> problems = new ArrayList<>(2);
        if (value.length() > MAX_SUBDOMAIN) {
            problems.add(maxLength(MAX_SUBDOMAIN));
        }
        boolean right = !value.isEmpty();
        for (int i = 0; i < value.length() && right; i++) {
            char c = value.charAt(i);
            right = isAlphanumeric(c) || c == '-' || c == '_' || c == '.';
        }
        if (!right) {
            problems.add(CONFIG_KEY_MESSAGE);
        }
        if (value.equals(".")) {
            problems.add("must not be '.'");
        } else if (value.equals("..")) {
            problems.add("must not be '..'");
        } else if (value.startsWith("..")) {
            problems.add("must not start with '..'");
        }
        return problems;
    }

    /** An environment variable's name: printable ASCII without {@code =}. */
    public static List<String> environmentName(String value) {
        if (value.isEmpty()) {
            return List.of("environment variable name must be non-empty");
        }
        boolean right = true;
        for (int i = 0; i < value.length() && right; i++) {
            char c = value.charAt(i);
            right = c >= 0x20 && c <= 0x7e && c != '=';
        }
        return right ? List.of() : List.of("a valid environment variable name must consist only of printable ASCII characters other than '='");
    }

    /** An IANA service name: at most 15 of lower-case letters, digits and dashes, with a letter among them. */
    public static List<String> portName(String value) {
        List<String> problems = new ArrayList<>(2);
        if (value.length() > 15) {
            problems.add(maxLength(15));
        }
        boolean charset = !value.isEmpty();
        boolean letter = false;
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            charset &= isLowerAlphanumeric(c) || c == '-';
            letter |= c >= 'a' && c <= 'z';
        }
        if (!charset) {
            problems.add("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
        }
        if (!letter) {
            problems.add("must contain at least one letter (a-z)");
        }
        if (value.contains("--")) {
            problems.add("must not contain consecutive hyphens");
        }
        if (!value.isEmpty() && (value.startsWith("-") || value.endsWith("-"))) {
            problems.add("must not begin or end with a hyphen");
        }
        return problems;
    }

    public static String maxLength(int length) {
        return "must be no more than " + length + " characters";
    }

    /** The part of a message that shows the pattern and examples of values that match it. */
    public static String regex(String format, String... examples) {
        StringBuilder text = new StringBuilder(" (e.g. ");
        for (int i = 0; i < examples.length; i++) {
            text.append(i == 0 ? "" : " or ").append('\'').append(examples[i]).append("', ");
        }
        return text.append("regex used for validation is '").append(format).append("')").toString();
    }

    /** A prefix may end with a dash, since characters will follow: replaces it by a letter. */
    static String maskTrailingDash(String name) {
        return name.length() > 1 && name.endsWith("-") ? name.substring(0, name.length() - 2) + "a" : name;
    }

    public static boolean isDnsSubdomain(String value) {
        int start = 0;
        for (int i = 0; i <= value.length(); i++) {
            if (i == value.length() || value.charAt(i) == '.') {
                if (!isDnsLabel(value, start, i)) {
                    return false;
                }
                start = i + 1;
            }
        }
        return true;
    }

    private static boolean isDnsLabel(String value, int from, int to) {
        if (from >= to || value.charAt(from) == '-' || value.charAt(to - 1) == '-') {
            return false;
        }
        for (int i = from; i < to; i++) {
            char c = value.charAt(i);
            if (!isLowerAlphanumeric(c) && c != '-') {
                return false;
            }
        }
        return true;
    }

    private static boolean isQualified(String value) {
        if (value.isEmpty() || !isAlphanumeric(value.charAt(0)) || !isAlphanumeric(value.charAt(value.length() - 1))) {
            return false;
        }
        for (int i = 1; i < value.length() - 1; i++) {
            char c = value.charAt(i);
            if (!isAlphanumeric(c) && c != '-' && c != '_' && c != '.') {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isLowerAlphanumeric(char c) {
        return isDigit(c) || (c >= 'a' && c <= 'z');
    }

    private static boolean isAlphanumeric(char c) {
        return isLowerAlphanumeric(c) || (c >= 'A' && c <= 'Z');
    }
}
