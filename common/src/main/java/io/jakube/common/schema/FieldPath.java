package io.jakube.common.schema;

import org.jspecify.annotations.Nullable;

/** Where a walk over an object is: {@code spec.containers[0].image}. A linked list, turned into text only for a message. */
record FieldPath(@Nullable FieldPath parent, String name, int index) {
    private static final int KEY = -2;

    static final FieldPath ROOT = new FieldPath(null, "", -1);

    FieldPath field(String field) {
        return new FieldPath(this, field, -1);
    }

    FieldPath element(int element) {
        return new FieldPath(this, "", element);
    }

    /** The value of a map, which types do not name. */
    FieldPath key(String key) {
        return new FieldPath(this, key, KEY);
    }

    /** The path with list positions and map keys. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        append(text, true);
        return text.toString();
    }

    /** The path of field names alone. */
    String fieldNames() {
        StringBuilder text = new StringBuilder();
        append(text, false);
        return text.toString();
    }

    private void append(StringBuilder text, boolean positions) {
        if (parent == null) {
            return;
        }
        parent.append(text, positions);
        if (index >= 0) {
            if (positions) {
                text.append('[').append(index).append(']');
            }
        } else if (index != KEY || positions) {
            text.append(text.isEmpty() ? "" : ".").append(name);
        }
    }
}
