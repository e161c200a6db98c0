package io.jakube.apiserver.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.jakube.common.json.Fields;
import io.jakube.common.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with an object, in the order it is found. Confined to one thread. */
public final class Errors {
    /** Said of a field that may not change. */
    public static final String IMMUTABLE = "field is immutable";

    /** Said of a number below zero. */
    public static final String NEGATIVE = "must be greater than or equal to 0";

    private final List<FieldError> found = new ArrayList<>(0);

    public List<FieldError> list() {
        return List.copyOf(found);
    }

    public boolean isEmpty() {
        return found.isEmpty();
    }

    public int size() {
        return found.size();
    }

    public void add(FieldError error) {
        found.add(error);
    }

    public void required(FieldPath field, String detail) {
        found.add(FieldError.required(field.toString(), detail));
    }

    public void invalid(FieldPath field, @Nullable Object value, String detail) {
        found.add(FieldError.invalid(field.toString(), value, detail));
    }

    /** One error for each problem. */
    public void invalid(FieldPath field, @Nullable Object value, List<String> problems) {
        for (String problem : problems) {
            invalid(field, value, problem);
        }
    }

    public void forbidden(FieldPath field, String detail) {
        found.add(FieldError.forbidden(field.toString(), detail));
    }

    public void duplicate(FieldPath field, Object value) {
        found.add(FieldError.duplicate(field.toString(), value));
    }

    public void notFound(FieldPath field, Object value) {
        found.add(FieldError.notFound(field.toString(), value));
    }

    public void notSupported(FieldPath field, Object value, String... supported) {
        found.add(FieldError.notSupported(field.toString(), value, supported));
    }

    public void tooLong(FieldPath field, int maxBytes) {
        found.add(FieldError.tooLong(field.toString(), maxBytes));
    }

    public void tooMany(FieldPath field, int actual, int max) {
        found.add(FieldError.tooMany(field.toString(), actual, max));
    }

    public void notNegative(FieldPath field, long value) {
        if (value < 0) {
            invalid(field, value, NEGATIVE);
        }
    }

    /** A number that must lie between two others, both included. */
    public void inRange(FieldPath field, long value, long min, long max) {
        if (value < min || value > max) {
            invalid(field, value, "must be between " + min + " and " + max + ", inclusive");
        }
    }

    /** A field that must be as it was; absence equals absence only. */
    public void immutable(FieldPath field, @Nullable Object value, @Nullable Object old) {
        boolean same = value instanceof JsonNode node && old instanceof JsonNode before ? Fields.same(node, before) : Objects.equals(value, old);
        if (!same) {
            invalid(field, value == null ? NullNode.getInstance() : value, IMMUTABLE);
        }
    }
}
