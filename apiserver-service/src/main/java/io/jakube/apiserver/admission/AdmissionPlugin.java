package io.jakube.apiserver.admission;

/**
 * A built-in admission controller. Called after authorization, in the chain's order: all {@link #mutate}, then defaulting, then schema
 * and type validation, then all {@link #validate}. Thread-safe; keeps no state of the request.
 */
public interface AdmissionPlugin {
    /** Upstream's plugin name, for example {@code NamespaceLifecycle}. */
    String name();

    /** May change {@link AdmissionRequest#object()} in place. Throws {@link io.jakube.common.status.ApiException} to refuse. */
    default void mutate(AdmissionRequest request) {}

    /** May refuse by {@link io.jakube.common.status.ApiException}; must not change the object. */
    default void validate(AdmissionRequest request) {}

    /**
     * Called once after {@link #validate} began for this very request object, whether it passed or not: the write was stored, or it was not. Undoes or
     * completes what validating it set aside. Must not throw.
     */
    default void finished(AdmissionRequest request, boolean stored) {}
}
