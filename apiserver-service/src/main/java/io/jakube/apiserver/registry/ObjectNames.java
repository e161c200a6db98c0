package io.jakube.apiserver.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/** The rules names follow (API concepts, "Object Names and IDs"), and the making of names from {@code generateName}. */
public final class ObjectNames {
    private static final Pattern SUBDOMAIN = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");
    private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern LABEL_1035 = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
    /** Without vowels and look-alikes, as upstream's generator. */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final int SUFFIX_LENGTH = 5;
    private static final int MAX_GENERATED_LENGTH = 63;

    private ObjectNames() {}

    /** RFC 1123 subdomain: the rule of most types. */
    public static List<String> dnsSubdomainErrors(String name, boolean prefix) {
        return errors(mask(name, prefix), 253, SUBDOMAIN,
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character "
                        + "(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')");
    }

    /** RFC 1123 label: namespaces. */
    public static List<String> dnsLabelErrors(String name, boolean prefix) {
        return errors(mask(name, prefix), 63, LABEL,
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character "
                        + "(e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')");
    }

    /** RFC 1035 label: services. */
    public static List<String> dns1035LabelErrors(String name, boolean prefix) {
        return errors(mask(name, prefix), 63, LABEL_1035,
                "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character "
                        + "(e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')");
    }

    /** What can stand in a path segment: RBAC objects. */
    public static List<String> pathSegmentErrors(String name, boolean prefix) {
        if (!prefix && (name.equals(".") || name.equals(".."))) {
            return List.of("may not be '" + name + "'");
        }
        List<String> errors = new ArrayList<>();
        for (String part : List.of("/", "%")) {
            if (name.contains(part)) {
                errors.add("may not contain '" + part + "'");
            }
        }
        return errors;
    }

    /** A name from a prefix: the prefix, cut so that the whole stays a DNS label, and five random characters. */
    public static String generate(String prefix) {
        String base = prefix.length() > MAX_GENERATED_LENGTH - SUFFIX_LENGTH ? prefix.substring(0, MAX_GENERATED_LENGTH - SUFFIX_LENGTH) : prefix;
        StringBuilder name = new StringBuilder(base);
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            name.append(ALPHABET.charAt(ThreadLocalRandom.current().nextInt(ALPHABET.length())));
        }
        return name.toString();
    }

    private static String mask(String name, boolean prefix) {
        return prefix && name.length() > 1 && name.endsWith("-") ? name.substring(0, name.length() - 1) + "a" : name;
    }

    private static List<String> errors(String name, int maxLength, Pattern pattern, String rule) {
        List<String> errors = new ArrayList<>();
        if (name.length() > maxLength) {
            errors.add("must be no more than " + maxLength + " bytes");
        }
        if (name.length() > 1024 || !pattern.matcher(name).matches()) {
            errors.add(rule);
        }
        return errors;
    }
}
