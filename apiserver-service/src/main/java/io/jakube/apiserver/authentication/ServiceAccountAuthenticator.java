package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.api.GroupResource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Service-account tokens. A token is good while the service account and the pod, secret or node it is bound to exist with the uid the token
 * names, and are not being deleted for longer than {@link ServiceAccountTokens#LEEWAY}.
 */
final class ServiceAccountAuthenticator implements TokenAuthenticator {
    private static final String PREFIX = "authentication.kubernetes.io/";

    private final ServiceAccountTokens tokens;
    private final ObjectStore store;

    ServiceAccountAuthenticator(ServiceAccountTokens tokens, ObjectStore store) {
        this.tokens = requireNonNull(tokens, "tokens is null");
        this.store = requireNonNull(store, "store is null");
    }

    @Override
    public Result authenticate(String token, List<String> audiences) {
        Optional<ObjectNode> claims = tokens.verified(token);
        if (claims.isEmpty()) {
            return UNKNOWN;
        }
        return claims.get().path("iss").asText().equals(ServiceAccountTokens.LEGACY_ISSUER) ? fromSecret(claims.get(), token, audiences) : bound(claims.get(), audiences);
    }

    private Result bound(ObjectNode claims, List<String> audiences) {
        List<String> common = new ArrayList<>(audiences);
        List<String> intended = new ArrayList<>();
        claims.path("aud").forEach(audience -> intended.add(audience.asText()));
        common.retainAll(intended);
        if (common.isEmpty()) {
            return new Result.Invalid("token audiences [" + String.join(" ", intended) + "] is invalid for the target audiences [" + String.join(" ", audiences) + "]");
        }
        Instant now = tokens.clock().instant();
        if (now.isAfter(Instant.ofEpochSecond(claims.path("exp").asLong()).plus(ServiceAccountTokens.LEEWAY))) {
            return new Result.Invalid("service account token has expired");
        }
        if (now.isBefore(Instant.ofEpochSecond(claims.path("nbf").asLong()).minus(ServiceAccountTokens.LEEWAY))) {
            return new Result.Invalid("service account token is not valid yet");
        }
        JsonNode kubernetes = claims.path("kubernetes.io");
        String namespace = kubernetes.path("namespace").asText();
        JsonNode account = kubernetes.path("serviceaccount");
        String problem = problem("serviceaccounts", namespace, account);
        Map<String, List<String>> extra = new HashMap<>();
        if (claims.has("jti")) {
            extra.put(Groups.CREDENTIAL_ID, List.of("JTI=" + claims.path("jti").asText()));
        }
        if (problem == null && kubernetes.has("secret")) {
            problem = problem("secrets", namespace, kubernetes.path("secret"));
        }
        if (problem == null && kubernetes.has("pod")) {
            problem = problem("pods", namespace, kubernetes.path("pod"));
            describe(extra, "pod", kubernetes.path("pod"));
        }
        if (problem == null && kubernetes.has("node")) {
            boolean boundToNode = !kubernetes.has("pod");
            problem = boundToNode ? problem("nodes", "", kubernetes.path("node")) : null;
            describe(extra, "node", kubernetes.path("node"));
        }
        return problem != null ? new Result.Invalid(problem) : new Result.Valid(user(namespace, account.path("name").asText(), account.path("uid").asText(), extra), common);
    }

    private Result fromSecret(ObjectNode claims, String token, List<String> audiences) {
        String prefix = "kubernetes.io/serviceaccount/";
        String namespace = claims.path(prefix + "namespace").asText();
        String account = claims.path(prefix + "service-account.name").asText();
        String uid = claims.path(prefix + "service-account.uid").asText();
        Optional<ObjectNode> secret = store.getCached(GroupResource.core("secrets"), namespace, claims.path(prefix + "secret.name").asText());
        if (secret.isEmpty() || deleted(secret.get()) || !MessageDigest.isEqual(stored(secret.get()), token.getBytes(StandardCharsets.US_ASCII))) {
            return new Result.Invalid("service account token has been invalidated");
        }
        Optional<ObjectNode> found = store.getCached(GroupResource.core("serviceaccounts"), namespace, account);
        if (found.isEmpty() || deleted(found.get()) || !found.get().path("metadata").path("uid").asText().equals(uid)) {
            return new Result.Invalid("service account " + namespace + "/" + account + " has been deleted");
        }
        return audiences.contains(tokens.issuer()) ? new Result.Valid(user(namespace, account, uid, Map.of()), List.of(tokens.issuer())) : new Result.Invalid("token has no audiences");
    }

    private static byte[] stored(ObjectNode secret) {
        try {
            return Base64.getDecoder().decode(secret.path("data").path("token").asText());
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private static UserInfo user(String namespace, String name, String uid, Map<String, List<String>> extra) {
        return new UserInfo(ServiceAccountNames.user(namespace, name), uid, ServiceAccountNames.groups(namespace), extra);
    }

    private static void describe(Map<String, List<String>> extra, String kind, JsonNode reference) {
        extra.put(PREFIX + kind + "-name", List.of(reference.path("name").asText()));
        if (reference.has("uid")) {
            extra.put(PREFIX + kind + "-uid", List.of(reference.path("uid").asText()));
        }
    }

    /** Why an object a token depends on makes it invalid; null if it does not. */
    private @Nullable String problem(String resource, String namespace, JsonNode reference) {
        String name = reference.path("name").asText();
        String uid = reference.path("uid").asText();
        GroupResource kind = GroupResource.core(resource);
        Optional<ObjectNode> object = store.getCached(kind, namespace, name).filter(found -> found.path("metadata").path("uid").asText().equals(uid))
                .or(() -> store.get(kind, namespace, name));
        if (object.isEmpty()) {
            return resource.equals("serviceaccounts") ? "serviceaccounts \"" + name + "\" not found" : "service account token has been invalidated";
        }
        if (deleted(object.get())) {
            return resource.equals("serviceaccounts") ? "service account " + namespace + "/" + name + " has been deleted" : "service account token has been invalidated";
        }
        return object.get().path("metadata").path("uid").asText().equals(uid) ? null : "the uid of " + kind + " \"" + name + "\" does not match the token's";
    }

    private boolean deleted(ObjectNode object) {
        String time = object.path("metadata").path("deletionTimestamp").asText();
        return !time.isEmpty() && Instant.parse(time).isBefore(tokens.clock().instant().minus(ServiceAccountTokens.LEEWAY));
    }
}
