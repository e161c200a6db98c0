package io.jakube.agent.network;

import java.io.IOException;

/** The host lacks something the node's network needs; the message says what and what to do. */
public final class PreflightException extends IOException {
    public PreflightException(String message) {
        super(message);
    }
}
