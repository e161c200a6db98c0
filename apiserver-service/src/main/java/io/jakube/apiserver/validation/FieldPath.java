package io.jakube.apiserver.validation;

import org.jspecify.annotations.Nullable;

/** The path of a field within an object, rendered only when something is wrong with the field. Immutable. */
public final class FieldPath {
    private final @Nullable FieldPath parent;
    private final String segment;

    private FieldPath(@Nullable FieldPath parent, String segment) {
        this.parent = parent;
        this.segment = segment;
    }

    public static FieldPath of(String first, String... more) {
        return new FieldPath(null, first).child(more);
    }

    /** A field below this one. */
    public FieldPath child(String... names) {
        FieldPath path = this;
        for (String name : names) {
            path = new FieldPath(path, "." + name);
        }
        return path;
    }

    /** An element of the list this path names. */
    public FieldPath index(int index) {
        return new FieldPath(this, "[" + index + "]");
    }

    /** An entry of the map this path names. */
    public FieldPath key(String key) {
        return new FieldPath(this, "[" + key + "]");
    }

    @Override
    public String toString() {
        return parent == null ? segment : append(new StringBuilder(64)).toString();
    }

    private StringBuilder append(StringBuilder text) {
        if (parent != null) {
            parent.append(text);
        }
        return text.append(segment);
    }
}
