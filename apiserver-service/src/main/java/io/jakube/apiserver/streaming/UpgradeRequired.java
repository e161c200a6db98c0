package io.jakube.apiserver.streaming;

import io.jakube.apiserver.registry.SubresourceHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.status.ApiException;

/** Answers requests to a subresource of pods that makes sense as an upgraded connection only, when they ask for none. */
record UpgradeRequired(String subresource) implements SubresourceHandler {
    @Override
    public Place place() {
        return new Place("", "pods", subresource);
    }

    @Override
    public ApiResponse handle(ResourceDefinition resource, RequestContext context) {
        throw ApiException.badRequest("Upgrade request required");
    }
}
