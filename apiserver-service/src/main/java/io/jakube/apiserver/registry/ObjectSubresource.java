package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.status.FieldError;
import java.util.List;

/**
 * A subresource that is another way to write the same object ({@code pods/ephemeralcontainers}, {@code pods/resize},
 * {@code namespaces/finalize}, {@code certificatesigningrequests/approval}). The generic registry serves GET, PUT and every kind of PATCH
 * on it, with the whole object as the body; this says which fields such a write may change. Thread-safe and stateless.
 */
public interface ObjectSubresource {
    /** Group of the resource, empty for core. */
    String group();

    /** Plural of the resource. */
    String resource();

    /** Subresource. */
    String subresource();

    /** Puts back in {@code object} everything of {@code old} that this subresource does not write, before validation. */
    void prepareForUpdate(ObjectNode object, ObjectNode old, RequestContext context);

    /** Validates the update; metadata has been validated already. */
    List<FieldError> validateUpdate(ObjectNode object, ObjectNode old);

    /** Whether an update counts in {@code metadata.generation}. */
    default boolean movesGeneration() {
        return true;
    }
}
