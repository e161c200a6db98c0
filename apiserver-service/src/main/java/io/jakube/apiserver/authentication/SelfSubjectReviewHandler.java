package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.SubresourceHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.BodyReader;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/** {@code POST selfsubjectreviews}: tells clients who they are (KEP-3325). */
final class SelfSubjectReviewHandler implements SubresourceHandler {
    private final BodyReader bodies;
    private final Clock clock;

    SelfSubjectReviewHandler(BodyReader bodies, Clock clock) {
        this.bodies = requireNonNull(bodies, "bodies is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public String group() {
        return "authentication.k8s.io";
    }

    @Override
    public String resource() {
        return "selfsubjectreviews";
    }

    @Override
    public String subresource() {
        return "";
    }

    @Override
    public ApiResponse handle(ResourceDefinition resource, RequestContext context) {
        if (!context.info().verb().equals("create")) {
            throw ApiException.methodNotSupported(new GroupResource(group(), resource()), context.info().verb());
        }
        bodies.read(context.request(), resource.gvk());
        ObjectNode review = Json.object().put("kind", resource.gvk().kind()).put("apiVersion", resource.gvk().apiVersion());
        review.putObject("metadata").put("creationTimestamp", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        UserInfoJson.write(context.user(), review.putObject("status").putObject("userInfo"));
        return new ApiResponse.Complete(201, "application/json", Json.write(review));
    }
}
