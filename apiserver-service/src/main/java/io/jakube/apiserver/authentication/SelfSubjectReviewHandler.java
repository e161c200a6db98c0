package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.PostHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.common.json.Json;
import java.time.Clock;
import java.time.temporal.ChronoUnit;

/** {@code POST selfsubjectreviews}: tells clients who they are (KEP-3325). */
final class SelfSubjectReviewHandler extends PostHandler {
    private final Clock clock;

    SelfSubjectReviewHandler(Posting posting, Clock clock) {
        super(new Place("authentication.k8s.io", "selfsubjectreviews", ""), null, posting);
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    protected ApiResponse answer(Post post) {
        ObjectNode review = Json.object().put("kind", post.resource().gvk().kind()).put("apiVersion", post.resource().gvk().apiVersion());
        review.putObject("metadata").put("creationTimestamp", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        UserInfoJson.write(post.context().user(), review.putObject("status").putObject("userInfo"));
        return created(review);
    }
}
