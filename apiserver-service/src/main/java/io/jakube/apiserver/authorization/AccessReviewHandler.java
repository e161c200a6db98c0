package io.jakube.apiserver.authorization;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.PostHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Answers whether somebody may do something (API reference, SubjectAccessReview v1 and its self and local forms). */
final class AccessReviewHandler extends PostHandler {
    /** Whose rights are asked for. */
    enum Form {
        /** Of the named user, anywhere. */
        SUBJECT("subjectaccessreviews"),
        /** Of the named user, in the request's namespace. */
        LOCAL("localsubjectaccessreviews"),
        /** Of the caller. */
        SELF("selfsubjectaccessreviews");

        private final String resource;

        Form(String resource) {
            this.resource = resource;
        }
    }

    static final String GROUP = "authorization.k8s.io";

    private final Form form;
    private final Authorizer authorizer;

    AccessReviewHandler(Form form, Authorizer authorizer, Posting posting) {
        super(new Place(GROUP, form.resource, ""), null, posting);
        this.form = form;
        this.authorizer = requireNonNull(authorizer, "authorizer is null");
    }

    @Override
    protected ApiResponse answer(Post post) {
        ObjectNode review = post.body();
        JsonNode spec = review.path("spec");
        List<FieldError> errors = validate(spec, post.namespace());
        if (!errors.isEmpty()) {
            throw ApiException.invalid(GROUP, post.resource().gvk().kind(), review.path("metadata").path("name").asText(), errors);
        }
        Authorizer.Decision decision = authorizer.authorize(form == Form.SELF ? post.context().user() : subject(spec), action(spec));
        ObjectNode status = review.putObject("status").put("allowed", decision.allowed());
        if (decision.verdict() == Authorizer.Verdict.DENY) {
            status.put("denied", true);
        }
        if (!decision.reason().isEmpty()) {
            status.put("reason", decision.reason());
        }
        return created(review);
    }

    private List<FieldError> validate(JsonNode spec, String namespace) {
        List<FieldError> errors = new ArrayList<>();
        boolean resource = spec.path("resourceAttributes").isObject();
        boolean path = spec.path("nonResourceAttributes").isObject();
        if (resource && path) {
            errors.add(FieldError.invalid("spec.nonResourceAttributes", spec.path("nonResourceAttributes"), "cannot be specified in combination with resourceAttributes"));
        } else if (!resource && !path) {
            errors.add(FieldError.invalid("spec.resourceAttributes", Json.mapper().nullNode(), "exactly one of nonResourceAttributes or resourceAttributes must be specified"));
        }
        if (form != Form.SELF && spec.path("user").asText().isEmpty() && spec.path("groups").isEmpty()) {
            errors.add(FieldError.invalid("spec.user", spec.path("user").asText(), "at least one of user or group must be specified"));
        }
        if (form == Form.LOCAL) {
            if (path) {
                errors.add(FieldError.invalid("spec.nonResourceAttributes", spec.path("nonResourceAttributes"), "disallowed on this kind of request"));
            } else if (resource && !spec.path("resourceAttributes").path("namespace").asText().equals(namespace)) {
                errors.add(FieldError.invalid("spec.resourceAttributes.namespace", spec.path("resourceAttributes").path("namespace").asText(), "must match metadata.namespace"));
            }
        }
        return errors;
    }

    private static RequestInfo action(JsonNode spec) {
        JsonNode path = spec.path("nonResourceAttributes");
        if (path.isObject()) {
            return RequestInfo.nonResource(path.path("verb").asText(), path.path("path").asText());
        }
        JsonNode resource = spec.path("resourceAttributes");
        return new RequestInfo(true, resource.path("verb").asText(), "", resource.path("group").asText(), resource.path("version").asText(), resource.path("namespace").asText(),
                resource.path("resource").asText(), resource.path("subresource").asText(), resource.path("name").asText(), "");
    }

    private static UserInfo subject(JsonNode spec) {
        Map<String, List<String>> extra = new HashMap<>();
        spec.path("extra").properties().forEach(entry -> extra.put(entry.getKey(), strings(entry.getValue())));
        return new UserInfo(spec.path("user").asText(), spec.path("uid").asText(), strings(spec.path("groups")), extra);
    }

    private static List<String> strings(JsonNode array) {
        List<String> values = new ArrayList<>(array.size());
        array.forEach(value -> values.add(value.asText()));
        return values;
    }
}
