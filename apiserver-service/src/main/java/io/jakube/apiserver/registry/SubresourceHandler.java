package io.jakube.apiserver.registry;

import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.api.ResourceDefinition;

/**
 * A verb on a subresource, or on a resource that is only answered and never stored (reviews). The {@code status} and {@code scale}
 * subresources are generic and not handled here. Thread-safe. Runs after authentication and authorization of the request.
 */
public interface SubresourceHandler {
    /**
     * What is handled.
     *
     * @param group of the resource, empty for core
     * @param resource plural of the resource
     * @param subresource empty for an answer-only resource
     */
    record Place(String group, String resource, String subresource) {}

    Place place();

    /** Answers; throws {@link io.jakube.common.status.ApiException} for a failure. */
    ApiResponse handle(ResourceDefinition resource, RequestContext context);
}
