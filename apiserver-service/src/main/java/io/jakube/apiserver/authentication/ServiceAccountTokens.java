package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import io.jakube.common.json.Json;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Signs service-account tokens and checks their signatures (KEP-1205, bound service-account tokens). Thread-safe. */
public final class ServiceAccountTokens {
    /** How far clocks may differ. */
    static final Duration LEEWAY = Duration.ofMinutes(1);

    static final String LEGACY_ISSUER = "kubernetes/serviceaccount";

    private final ServiceAccountKeys keys;
    private final String issuer;
    private final Clock clock;

    public ServiceAccountTokens(ServiceAccountKeys keys, String issuer, Clock clock) {
        this.keys = requireNonNull(keys, "keys is null");
        this.issuer = requireNonNull(issuer, "issuer is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /** An object a token lives and dies with. @param kind claim name: pod, secret or node */
    record Bound(String kind, String name, String uid) {}

    /**
     * Makes a token.
     *
     * @param account the ServiceAccount object
     * @param warnAfter from when on the use of the token is stale, or null
     */
    String issue(ObjectNode account, List<Bound> bound, List<String> audiences, Instant expiry, @Nullable Instant warnAfter) {
        String namespace = account.path("metadata").path("namespace").asText();
        String name = account.path("metadata").path("name").asText();
        long now = clock.instant().getEpochSecond();
        ObjectNode claims = Json.object();
        ArrayNode aud = claims.putArray("aud");
        audiences.forEach(aud::add);
        claims.put("exp", expiry.getEpochSecond()).put("iat", now).put("iss", issuer).put("jti", UUID.randomUUID().toString());
        ObjectNode kubernetes = claims.putObject("kubernetes.io").put("namespace", namespace);
        bound.forEach(object -> kubernetes.putObject(object.kind()).put("name", object.name()).put("uid", object.uid()));
        kubernetes.putObject("serviceaccount").put("name", name).put("uid", account.path("metadata").path("uid").asText());
        if (warnAfter != null) {
            kubernetes.put("warnafter", warnAfter.getEpochSecond());
        }
        claims.put("nbf", now).put("sub", ServiceAccountNames.user(namespace, name));
        return sign(claims);
    }

    /** Makes a token of the kind that is kept in a Secret and does not expire. */
    String issueForSecret(String namespace, String account, String accountUid, String secret) {
        String prefix = "kubernetes.io/serviceaccount/";
        return sign(Json.object()
                .put("iss", LEGACY_ISSUER)
                .put(prefix + "namespace", namespace)
                .put(prefix + "secret.name", secret)
                .put(prefix + "service-account.name", account)
                .put(prefix + "service-account.uid", accountUid)
                .put("sub", ServiceAccountNames.user(namespace, account)));
    }

    private String sign(ObjectNode claims) {
        try {
            JWSObject token = new JWSObject(new JWSHeader.Builder(keys.algorithm()).keyID(keys.keyId()).build(), new Payload(Json.write(claims)));
            token.sign(keys.signer());
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot sign a service-account token: " + e.getMessage(), e);
        }
    }

    /** The claims of a token of ours; empty if it is not a JWT, names another issuer, or its signature is not ours. */
    Optional<ObjectNode> verified(String token) {
        if (token.chars().filter(c -> c == '.').count() != 2) {
            return Optional.empty();
        }
        try {
            JWSObject parsed = JWSObject.parse(token);
            if (!parsed.getHeader().getAlgorithm().equals(keys.algorithm()) || !parsed.verify(keys.verifier())) {
                return Optional.empty();
            }
            ObjectNode claims = Json.readObject(parsed.getPayload().toBytes());
            String named = claims.path("iss").asText();
            return named.equals(issuer) || named.equals(LEGACY_ISSUER) ? Optional.of(claims) : Optional.empty();
        } catch (ParseException | JOSEException | RuntimeException e) {
            return Optional.empty();
        }
    }

    String issuer() {
        return issuer;
    }

    ServiceAccountKeys keys() {
        return keys;
    }

    Clock clock() {
        return clock;
    }
}
