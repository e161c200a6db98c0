package io.jakube.apiserver.authorization;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.PostHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** Lists what the caller may do in a namespace (API reference, SelfSubjectRulesReview v1). */
final class RulesReviewHandler extends PostHandler {
    private final RbacAuthorizer rbac;

    RulesReviewHandler(RbacAuthorizer rbac, Posting posting) {
        super(new Place(AccessReviewHandler.GROUP, "selfsubjectrulesreviews", ""), null, posting);
        this.rbac = requireNonNull(rbac, "rbac is null");
    }

    @Override
    protected ApiResponse answer(Post post) {
        ObjectNode review = post.body();
        String namespace = review.path("spec").path("namespace").asText();
        if (namespace.isEmpty()) {
            throw ApiException.badRequest("no namespace on request");
        }
        RbacAuthorizer.Resolved resolved = rbac.resolve(post.context().user(), namespace);
        List<String> problems = new ArrayList<>(resolved.problems());
        if (NodeIdentity.of(post.context().user()).isPresent()) {
            problems.add("node authorizer does not support user rule resolution");
        }
        ObjectNode status = review.putObject("status");
        ArrayNode resources = status.putArray("resourceRules");
        ArrayNode paths = status.putArray("nonResourceRules");
        for (PolicyRule rule : new LinkedHashSet<>(resolved.rules())) {
            if (!rule.resources().isEmpty()) {
                rule.toJson(resources.addObject()).remove("nonResourceURLs");
            }
            if (!rule.nonResourceUrls().isEmpty()) {
                rule.toJson(paths.addObject()).retain("verbs", "nonResourceURLs");
            }
        }
        status.put("incomplete", !problems.isEmpty());
        if (!problems.isEmpty()) {
            status.put("evaluationError", RbacAuthorizer.aggregate(new LinkedHashSet<>(problems)));
        }
        return created(review);
    }
}
