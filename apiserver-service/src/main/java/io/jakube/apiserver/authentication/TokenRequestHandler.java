package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.authentication.ServiceAccountTokens.Bound;
import io.jakube.apiserver.authorization.NodeIdentity;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.registry.PostHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** {@code POST serviceaccounts/{name}/token}: makes a token, bound to an object if wished (API reference, TokenRequest v1). */
final class TokenRequestHandler extends PostHandler {
    private static final GroupVersionKind KIND = new GroupVersionKind("authentication.k8s.io", "v1", "TokenRequest");
    private static final GroupResource ACCOUNTS = GroupResource.core("serviceaccounts");
    private static final long DEFAULT_SECONDS = 3600;
    private static final long MIN_SECONDS = 600;
    private static final long MAX_SECONDS = 1L << 32;
    /** What a projected volume asks for that the ServiceAccount admission made: such tokens live longer, and are called stale after this time. */
    private static final long PROJECTED_SECONDS = 3607;
    private static final long EXTENDED_SECONDS = 365L * 24 * 3600;

    private final ServiceAccountTokens tokens;
    private final ObjectStore store;

    TokenRequestHandler(ServiceAccountTokens tokens, ObjectStore store, Posting posting) {
        super(new Place("", "serviceaccounts", "token"), KIND, posting);
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.store = requireNonNull(store, "store is null");
    }

    @Override
    protected ApiResponse answer(Post post) {
        String namespace = post.namespace();
        String name = post.name();
        ObjectNode spec = post.body().withObject("/spec");
        long seconds = spec.path("expirationSeconds").asLong(DEFAULT_SECONDS);
        validate(seconds);
        ObjectNode account = store.get(ACCOUNTS, namespace, name).orElseThrow(() -> ApiException.notFound(ACCOUNTS, name));
        List<String> audiences = audiences(spec);
        List<Bound> bound = bound(spec.path("boundObjectRef"), namespace, name, post.context());

        Instant now = tokens.clock().instant().truncatedTo(ChronoUnit.SECONDS);
        boolean extend = seconds == PROJECTED_SECONDS && audiences.equals(List.of(tokens.issuer())) && bound.stream().anyMatch(object -> object.kind().equals("pod"));
        Instant shown = now.plusSeconds(seconds);
        String token = tokens.issue(account, bound, audiences, extend ? now.plusSeconds(EXTENDED_SECONDS) : shown, extend ? shown : null);

        ObjectNode answer = Json.object().put("kind", "TokenRequest").put("apiVersion", KIND.apiVersion());
        answer.putObject("metadata").put("name", name).put("namespace", namespace).put("creationTimestamp", now.toString());
        spec.put("expirationSeconds", seconds);
        ArrayNode array = spec.putArray("audiences");
        audiences.forEach(array::add);
        if (!spec.has("boundObjectRef")) {
            spec.putNull("boundObjectRef");
        }
        answer.set("spec", spec);
        answer.putObject("status").put("token", token).put("expirationTimestamp", shown.toString());
        return created(answer);
    }

    private static void validate(long seconds) {
        if (seconds < MIN_SECONDS) {
            throw invalid(seconds, "may not specify a duration less than 10 minutes");
        }
        if (seconds > MAX_SECONDS) {
            throw invalid(seconds, "may not specify a duration larger than 2^32 seconds");
        }
    }

    private static ApiException invalid(long seconds, String detail) {
        return ApiException.invalid(KIND.group(), KIND.kind(), "", List.of(FieldError.invalid("spec.expirationSeconds", seconds, detail)));
    }

    private List<String> audiences(ObjectNode spec) {
        List<String> audiences = new ArrayList<>();
        spec.path("audiences").forEach(audience -> audiences.add(audience.asText()));
        return audiences.isEmpty() ? List.of(tokens.issuer()) : audiences;
    }

    private List<Bound> bound(JsonNode reference, String namespace, String account, RequestContext context) {
        Optional<String> node = NodeIdentity.of(context.user());
        if (reference.isMissingNode() || reference.isNull()) {
            if (node.isPresent()) {
                throw ApiException.forbidden(ACCOUNTS, account, "node requested token not bound to a pod");
            }
            return List.of();
        }
        String kind = reference.path("kind").asText();
        String name = reference.path("name").asText();
        boolean core = !reference.path("apiVersion").asText().contains("/");
        if (node.isPresent() && !(core && kind.equals("Pod"))) {
            throw ApiException.forbidden(ACCOUNTS, account, "node requested token not bound to a pod");
        }
        if (!core) {
            throw unsupported(reference);
        }
        return switch (kind) {
            case "Pod" -> boundToPod(reference, namespace, name, account, node);
            case "Secret" -> List.of(boundTo("secret", kind, reference, find(GroupResource.core("secrets"), namespace, name)));
            case "Node" -> List.of(boundTo("node", kind, reference, find(GroupResource.core("nodes"), "", name)));
            default -> throw unsupported(reference);
        };
    }

    private List<Bound> boundToPod(JsonNode reference, String namespace, String name, String account, Optional<String> requester) {
        ObjectNode pod = find(GroupResource.core("pods"), namespace, name);
        String nodeName = pod.path("spec").path("nodeName").asText();
        if (requester.isPresent()) {
            if (reference.path("uid").asText().isEmpty()) {
                throw ApiException.forbidden(ACCOUNTS, account, "node requested token with a pod binding without a uid");
            }
            if (!requester.get().equals(nodeName)) {
                throw ApiException.forbidden(ACCOUNTS, account, "node requested token bound to a pod scheduled on a different node");
            }
        }
        String own = pod.path("spec").path("serviceAccountName").asText();
        if (!own.equals(account)) {
            throw ApiException.badRequest("cannot bind token for serviceaccount \"" + account + "\" to pod running with different serviceaccount name.");
        }
        Bound bound = boundTo("pod", "Pod", reference, pod);
        Optional<ObjectNode> node = nodeName.isEmpty() ? Optional.empty() : store.getCached(GroupResource.core("nodes"), "", nodeName);
        return node.isEmpty() ? List.of(bound) : List.of(new Bound("node", nodeName, node.get().path("metadata").path("uid").asText()), bound);
    }

    private ObjectNode find(GroupResource resource, String namespace, String name) {
        return store.get(resource, namespace, name).orElseThrow(() -> ApiException.notFound(resource, name));
    }

    private static Bound boundTo(String claim, String kind, JsonNode reference, ObjectNode object) {
        String uid = object.path("metadata").path("uid").asText();
        String wanted = reference.path("uid").asText();
        String name = reference.path("name").asText();
        if (!wanted.isEmpty() && !wanted.equals(uid)) {
            throw ApiException.conflict(new GroupResource("", kind), name, "the UID in the bound object reference (%s) does not match the UID in record. The object might have been deleted and then recreated".formatted(wanted));
        }
        return new Bound(claim, name, uid);
    }

    private static ApiException unsupported(JsonNode reference) {
        return ApiException.badRequest("cannot bind token to object of type " + GroupVersionKind.of(reference.path("apiVersion").asText(), reference.path("kind").asText()));
    }
}
