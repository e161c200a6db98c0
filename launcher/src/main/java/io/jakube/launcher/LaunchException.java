package io.jakube.launcher;

/** A failure the user can act on. The message is the one sentence they are shown: what happened, to which thing, what to do. */
public final class LaunchException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LaunchException(String message) {
        super(message);
    }

    public LaunchException(String message, Throwable cause) {
        super(message, cause);
    }
}
