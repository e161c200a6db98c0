package io.jakube.agent.cri;

import static java.util.Objects.requireNonNull;

import io.grpc.Status;

/** A call to the container runtime failed. The message is the runtime's own text, fit for events and container states. */
public final class RuntimeFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final Status.Code code;

    public RuntimeFailure(Status.Code code, String message) {
        super(requireNonNull(message, "message is null"));
        this.code = requireNonNull(code, "code is null");
    }

    public Status.Code code() {
        return code;
    }

    /** The sandbox, container or image named does not exist. */
    public boolean isNotFound() {
        return code == Status.Code.NOT_FOUND;
    }

    /** The runtime cannot be reached. */
    public boolean isUnavailable() {
        return code == Status.Code.UNAVAILABLE;
    }

    /** As gRPC clients print it, which is what event readers know from elsewhere. */
    public String rpcText() {
        return "rpc error: code = " + goName(code) + " desc = " + getMessage();
    }

    private static String goName(Status.Code code) {
        StringBuilder name = new StringBuilder();
        for (String word : code.name().split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(java.util.Locale.ROOT));
        }
        return name.toString();
    }
}
