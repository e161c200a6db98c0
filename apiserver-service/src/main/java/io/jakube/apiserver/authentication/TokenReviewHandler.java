package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.authentication.TokenAuthenticator.Result;
import io.jakube.apiserver.registry.SubresourceHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.BodyReader;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.List;

/** {@code POST tokenreviews}: tells whose token it is (API reference, TokenReview v1). */
final class TokenReviewHandler implements SubresourceHandler {
    private final BearerAuthenticator bearer;
    private final List<String> audiences;
    private final BodyReader bodies;

    /** @param audiences this server's own */
    TokenReviewHandler(BearerAuthenticator bearer, List<String> audiences, BodyReader bodies) {
        this.bearer = requireNonNull(bearer, "bearer is null");
        this.audiences = List.copyOf(audiences);
        this.bodies = requireNonNull(bodies, "bodies is null");
    }

    @Override
    public String group() {
        return "authentication.k8s.io";
    }

    @Override
    public String resource() {
        return "tokenreviews";
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
        ObjectNode review = bodies.read(context.request(), resource.gvk());
        String token = review.path("spec").path("token").asText();
        if (token.isEmpty()) {
            throw ApiException.badRequest("token is required for TokenReview in authentication");
        }
        List<String> wanted = new ArrayList<>();
        review.path("spec").path("audiences").forEach(audience -> wanted.add(audience.asText()));
        ObjectNode status = review.putObject("status");
        switch (bearer.review(token, wanted.isEmpty() ? audiences : wanted)) {
            case Result.Valid valid -> {
                status.put("authenticated", true);
                UserInfoJson.write(AuthenticationChain.authenticated(valid.user()), status.putObject("user"));
                ArrayNode common = status.putArray("audiences");
                valid.audiences().forEach(common::add);
            }
            case Result.Invalid invalid -> refused(status, "[invalid bearer token, " + invalid.reason() + "]");
            case Result.Unknown unknown -> refused(status, "invalid bearer token");
        }
        return new ApiResponse.Complete(201, "application/json", Json.write(review));
    }

    private static void refused(ObjectNode status, String error) {
        status.putObject("user");
        status.put("error", error);
    }
}
