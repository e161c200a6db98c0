package io.jakube.apiserver.authorization;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.SubresourceHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.BodyReader;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/** Lists what the caller may do in a namespace (API reference, SelfSubjectRulesReview v1). */
final class RulesReviewHandler implements SubresourceHandler {
    private final RbacAuthorizer rbac;
    private final BodyReader bodies;

    RulesReviewHandler(RbacAuthorizer rbac, BodyReader bodies) {
        this.rbac = requireNonNull(rbac, "rbac is null");
        this.bodies = requireNonNull(bodies, "bodies is null");
    }

    @Override
    public String group() {
        return AccessReviewHandler.GROUP;
    }

    @Override
    public String resource() {
        return "selfsubjectrulesreviews";
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
        String namespace = review.path("spec").path("namespace").asText();
        if (namespace.isEmpty()) {
            throw ApiException.badRequest("no namespace on request");
        }
        RbacAuthorizer.Resolved resolved = rbac.resolve(context.user(), namespace);
        List<String> problems = new ArrayList<>(resolved.problems());
        if (NodeIdentity.of(context.user()).isPresent()) {
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
        return new ApiResponse.Complete(201, "application/json", Json.write(review));
    }
}
