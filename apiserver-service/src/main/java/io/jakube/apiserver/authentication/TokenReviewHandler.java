package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.authentication.TokenAuthenticator.Result;
import io.jakube.apiserver.registry.PostHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.List;

/** {@code POST tokenreviews}: tells whose token it is (API reference, TokenReview v1). */
final class TokenReviewHandler extends PostHandler {
    private final BearerAuthenticator bearer;
    private final List<String> audiences;

    /** @param audiences this server's own */
    TokenReviewHandler(BearerAuthenticator bearer, List<String> audiences, Posting posting) {
        super(new Place("authentication.k8s.io", "tokenreviews", ""), null, posting);
        this.bearer = requireNonNull(bearer, "bearer is null");
        this.audiences = List.copyOf(audiences);
    }

    @Override
    protected ApiResponse answer(Post post) {
        ObjectNode review = post.body();
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
        return created(review);
    }

    private static void refused(ObjectNode status, String error) {
        status.putObject("user");
        status.put("error", error);
    }
}
