package io.jakube.agent.env;

/** A container's configuration refers to something that is not there; the message is fit for its status ({@code CreateContainerConfigError}). */
public final class ConfigurationException extends Exception {
    private static final long serialVersionUID = 1L;

    public ConfigurationException(String message) {
        super(message);
    }
}
