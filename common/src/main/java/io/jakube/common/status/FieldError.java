package io.jakube.common.status;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * One validation error at one field, as {@code Status.details.causes} carries it.
 *
 * @param type what is wrong
 * @param field path such as {@code spec.containers[0].image} or {@code metadata.labels[app]}
 * @param value the offending value as JSON-like text, shown for the types whose message names it; null shows none
 * @param detail what would be right; may be empty
 */
public record FieldError(Type type, String field, @Nullable Object value, String detail) {
    /** Upstream's cause reasons (API reference, meta/v1 StatusCause) with the words their messages start with. */
    public enum Type {
        NOT_FOUND("FieldValueNotFound", "Not found"),
        REQUIRED("FieldValueRequired", "Required value"),
        DUPLICATE("FieldValueDuplicate", "Duplicate value"),
        INVALID("FieldValueInvalid", "Invalid value"),
        NOT_SUPPORTED("FieldValueNotSupported", "Unsupported value"),
        FORBIDDEN("FieldValueForbidden", "Forbidden"),
        TOO_LONG("FieldValueTooLong", "Too long"),
        TOO_MANY("FieldValueTooMany", "Too many"),
        INTERNAL("InternalError", "Internal error"),
        TYPE_INVALID("FieldValueTypeInvalid", "Invalid value");

        private final String reason;
        private final String words;

        Type(String reason, String words) {
            this.reason = reason;
            this.words = words;
        }

        boolean showsValue() {
            return switch (this) {
                case REQUIRED, FORBIDDEN, TOO_LONG, INTERNAL -> false;
                case NOT_FOUND, DUPLICATE, INVALID, NOT_SUPPORTED, TOO_MANY, TYPE_INVALID -> true;
            };
        }

        public String reason() {
            return reason;
        }

        public String words() {
            return words;
        }
    }

    public FieldError {
        requireNonNull(type, "type is null");
        requireNonNull(field, "field is null");
        requireNonNull(detail, "detail is null");
    }

    public static FieldError required(String field, String detail) {
        return new FieldError(Type.REQUIRED, field, null, detail);
    }

    public static FieldError invalid(String field, @Nullable Object value, String detail) {
        return new FieldError(Type.INVALID, field, value, detail);
    }

    public static FieldError forbidden(String field, String detail) {
        return new FieldError(Type.FORBIDDEN, field, null, detail);
    }

    public static FieldError duplicate(String field, Object value) {
        return new FieldError(Type.DUPLICATE, field, value, "");
    }

    /** An enumeration's value outside the supported ones, which the message lists quoted, in the order given. */
    public static FieldError notSupported(String field, Object value, String... supported) {
        StringBuilder text = new StringBuilder("supported values: ");
        for (int i = 0; i < supported.length; i++) {
            text.append(i == 0 ? "" : ", ").append('"').append(supported[i]).append('"');
        }
        return new FieldError(Type.NOT_SUPPORTED, field, value, text.toString());
    }

    /** A reference to something that is not there. */
    public static FieldError notFound(String field, Object value) {
        return new FieldError(Type.NOT_FOUND, field, value, "");
    }

    /** A list with too many items. */
    public static FieldError tooMany(String field, int actual, int max) {
        return new FieldError(Type.TOO_MANY, field, actual, "must have at most " + max + (max == 1 ? " item" : " items"));
    }

    public static FieldError tooLong(String field, int maxLength) {
        return new FieldError(Type.TOO_LONG, field, null, "may not be more than " + maxLength + " bytes");
    }

    /** The message without the field, as a cause carries it: {@code Invalid value: "x": must be …}. */
    public String message() {
        StringBuilder text = new StringBuilder(type.words());
        if (value != null && type.showsValue()) {
            text.append(": ").append(value instanceof CharSequence quoted ? quote(quoted) : value.toString());
        }
        if (!detail.isEmpty()) {
            text.append(": ").append(detail);
        }
        return text.toString();
    }

    private static String quote(CharSequence value) {
        StringBuilder text = new StringBuilder(value.length() + 2).append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> text.append(c < 0x20 || c == 0x7f ? String.format("\\x%02x", (int) c) : String.valueOf(c));
            }
        }
        return text.append('"').toString();
    }

    @Override
    public String toString() {
        return field + ": " + message();
    }
}
