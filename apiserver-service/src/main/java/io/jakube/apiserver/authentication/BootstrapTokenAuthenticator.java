package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.api.GroupResource;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tokens by which nodes join, kept in secrets of kube-system (Kubernetes documentation, "Authenticating with Bootstrap Tokens"). */
final class BootstrapTokenAuthenticator implements TokenAuthenticator {
    private static final Pattern TOKEN = Pattern.compile("([a-z0-9]{6})\\.([a-z0-9]{16})");
    private static final Pattern EXTRA_GROUP = Pattern.compile("system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]");

    private final ObjectStore store;
    private final Clock clock;

    BootstrapTokenAuthenticator(ObjectStore store, Clock clock) {
        this.store = requireNonNull(store, "store is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public Result authenticate(String token, List<String> audiences) {
        Matcher parts = TOKEN.matcher(token);
        if (!parts.matches()) {
            return UNKNOWN;
        }
        String id = parts.group(1);
        Optional<ObjectNode> secret = store.getCached(GroupResource.core("secrets"), "kube-system", "bootstrap-token-" + id);
        if (secret.isEmpty() || !valid(secret.get(), id, parts.group(2))) {
            return UNKNOWN;
        }
        List<String> groups = new ArrayList<>(List.of(Groups.BOOTSTRAPPERS));
        for (String group : data(secret.get(), "auth-extra-groups").split(",")) {
            if (EXTRA_GROUP.matcher(group).matches()) {
                groups.add(group);
            }
        }
        return new Result.Valid(new UserInfo("system:bootstrap:" + id, "", groups, Map.of()), audiences);
    }

    private boolean valid(ObjectNode secret, String id, String wanted) {
        return secret.path("type").asText().equals("bootstrap.kubernetes.io/token")
                && !secret.path("metadata").hasNonNull("deletionTimestamp")
                && MessageDigest.isEqual(data(secret, "token-secret").getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8))
                && data(secret, "token-id").equals(id)
                && !expired(data(secret, "expiration"))
                && data(secret, "usage-bootstrap-authentication").equals("true");
    }

    private boolean expired(String expiration) {
        if (expiration.isEmpty()) {
            return false;
        }
        try {
            return !clock.instant().isBefore(Instant.parse(expiration));
        } catch (DateTimeParseException e) {
            return true;
        }
    }

    private static String data(ObjectNode secret, String key) {
        JsonNode value = secret.path("data").path(key);
        try {
            return new String(Base64.getDecoder().decode(value.asText()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }
}
