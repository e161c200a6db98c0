package io.jakube.apiserver.registry.core.allocation;

/** A number that was asked for cannot be had. The message is meant for the client, as part of a field error. */
final class AllocationFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    AllocationFailure(String message) {
        super(message, null, false, false);
    }
}
