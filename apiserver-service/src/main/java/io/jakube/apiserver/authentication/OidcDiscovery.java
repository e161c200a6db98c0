package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.jwk.JWKSet;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.NonResourceHandler;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** How others verify service-account tokens: the issuer's configuration and keys (OpenID Connect Discovery 1.0; RFC 7517). Thread-safe. */
public final class OidcDiscovery implements NonResourceHandler {
    private static final String CONFIGURATION = "/.well-known/openid-configuration";
    private static final String KEYS = "/openid/v1/jwks";
    private static final Map<String, List<String>> CACHED = Map.of("Cache-Control", List.of("public, max-age=3600"));

    private final byte[] configuration;
    private final byte[] keys;

    OidcDiscovery(ServiceAccountKeys keys, String issuer) {
        requireNonNull(issuer, "issuer is null");
        ObjectNode document = Json.object().put("issuer", issuer).put("jwks_uri", issuer + KEYS);
        document.putArray("response_types_supported").add("id_token");
        document.putArray("subject_types_supported").add("public");
        document.putArray("id_token_signing_alg_values_supported").add(keys.algorithm().getName());
        this.configuration = Json.write(document);
        this.keys = new JWKSet(keys.publicJwk()).toString(true).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public boolean handles(String path) {
        return path.equals(CONFIGURATION) || path.equals(KEYS);
    }

    @Override
    public ApiResponse handle(RequestContext context) {
        return switch (context.info().path()) {
            case CONFIGURATION -> new ApiResponse.Complete(200, "application/json", CACHED, configuration);
            case KEYS -> new ApiResponse.Complete(200, "application/jwk-set+json", CACHED, keys);
            default -> throw ApiException.unknownPath();
        };
    }
}
