package io.jakube.common.schema;

/** A body that cannot be parsed, or a value of the wrong type; the message is for the client. */
final class MalformedBodyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MalformedBodyException(String message) {
        super(message, null, false, false);
    }
}
