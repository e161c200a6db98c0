package io.jakube.schema.generator;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model class of the published Java client.
 *
 * @param className simple class name such as {@code V1Container} or {@code CoreV1Event}
 * @param description documentation of the type; may be empty
 * @param fields in declaration order
 */
record ModelClass(String className, String description, List<Field> fields) {
    private static final Pattern NAME = Pattern.compile("([A-Z][a-z]+)?V(\\d+(?:(?:alpha|beta)\\d+)?)([A-Z].*)");

    /**
     * A field of a model class.
     *
     * @param name JSON name
     * @param type Java type
     */
    record Field(String name, JavaType type, String description, boolean required) {}

    /**
     * A Java type with its arguments.
     *
     * @param name simple class name, or {@code byte[]}
     */
    record JavaType(String name, List<JavaType> arguments) {}

    /**
     * A class name taken apart.
     *
     * @param group capitalised group label where the name carries one, else empty
     * @param version lower-case API version
     * @param kind the type's own name
     */
    record Parts(String group, String version, String kind) {}

    /** Null where the class is no versioned API type. */
    Parts parts() {
        Matcher matcher = NAME.matcher(className);
        if (!matcher.matches()) {
            return null;
        }
        String group = matcher.group(1) == null ? "" : matcher.group(1).toLowerCase(java.util.Locale.ROOT);
        return new Parts(group, "v" + matcher.group(2), matcher.group(3));
    }
}
