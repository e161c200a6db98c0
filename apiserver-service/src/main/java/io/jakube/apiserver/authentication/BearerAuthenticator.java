package io.jakube.apiserver.authentication;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.authentication.TokenAuthenticator.Result;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.status.ApiException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bearer tokens, from the {@code Authorization} header (RFC 6750) or, for browsers, a WebSocket subprotocol. A good token is remembered for
 * {@link #REMEMBERED}, so that its signature and objects are not checked for every request. Thread-safe.
 */
final class BearerAuthenticator implements Authenticator {
    static final Duration REMEMBERED = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(BearerAuthenticator.class);
    private static final String PROTOCOL = "base64url.bearer.authorization.k8s.io.";
    private static final int MOST_REMEMBERED = 10_000;

    private record Remembered(UserInfo user, Instant until) {}

    private final List<TokenAuthenticator> kinds;
    private final List<String> audiences;
    private final Clock clock;
    private final Map<String, Remembered> remembered = new ConcurrentHashMap<>();

    BearerAuthenticator(List<TokenAuthenticator> kinds, List<String> audiences, Clock clock) {
        this.kinds = List.copyOf(kinds);
        this.audiences = List.copyOf(audiences);
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public Optional<UserInfo> authenticate(ApiRequest request) {
        Optional<String> token = token(request);
        if (token.isEmpty()) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        Remembered known = remembered.get(token.get());
        if (known != null && now.isBefore(known.until())) {
            return Optional.of(known.user());
        }
        Result result = review(token.get(), audiences);
        return switch (result) {
            case Result.Valid valid -> {
                remember(token.get(), new Remembered(valid.user(), now.plus(REMEMBERED)), now);
                yield Optional.of(valid.user());
            }
            case Result.Invalid invalid -> {
                remembered.remove(token.get());
                LOG.debug("refused a bearer token: {}", invalid.reason());
                throw ApiException.unauthorized();
            }
            case Result.Unknown unknown -> throw ApiException.unauthorized();
        };
    }

    /** Checks a token that did not come as this request's credential. Remembers nothing. */
    Result review(String token, List<String> wanted) {
        List<String> reasons = new ArrayList<>();
        for (TokenAuthenticator kind : kinds) {
            switch (kind.authenticate(token, wanted)) {
                case Result.Valid valid -> {
                    return valid;
                }
                case Result.Invalid invalid -> reasons.add(invalid.reason());
                case Result.Unknown unknown -> { }
            }
        }
        return reasons.isEmpty() ? TokenAuthenticator.UNKNOWN : new Result.Invalid(String.join(", ", reasons));
    }

    private void remember(String token, Remembered entry, Instant now) {
        if (remembered.size() >= MOST_REMEMBERED) {
            remembered.values().removeIf(old -> !now.isBefore(old.until()));
            if (remembered.size() >= MOST_REMEMBERED) {
                remembered.clear();
            }
        }
        remembered.put(token, entry);
    }

    private static Optional<String> token(ApiRequest request) {
        Optional<String> header = request.header("Authorization").map(String::strip);
        if (header.isPresent()) {
            String[] parts = header.get().split("\\s+", 3);
            return parts.length >= 2 && parts[0].equalsIgnoreCase("bearer") && !parts[1].isEmpty() ? Optional.of(parts[1]) : Optional.empty();
        }
        for (String offered : request.headers("Sec-WebSocket-Protocol")) {
            for (String protocol : offered.split(",")) {
                if (protocol.strip().startsWith(PROTOCOL)) {
                    try {
                        return Optional.of(new String(Base64.getUrlDecoder().decode(protocol.strip().substring(PROTOCOL.length())), StandardCharsets.UTF_8));
                    } catch (IllegalArgumentException e) {
                        throw ApiException.unauthorized();
                    }
                }
            }
        }
        return Optional.empty();
    }
}
