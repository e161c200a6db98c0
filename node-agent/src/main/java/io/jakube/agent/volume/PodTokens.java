package io.jakube.agent.volume;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.jakube.agent.api.ClusterObjects;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** One pod's service-account tokens. A token is replaced when 80 % of its life or 24 hours have passed. */
final class PodTokens {
    private record Key(String audience, long seconds) {}

    private record Token(String text, Instant renewAt) {}

    private final ClusterObjects objects;
    private final InstantSource clock;
    private final Map<Key, Token> tokens = new ConcurrentHashMap<>();

    PodTokens(ClusterObjects objects, InstantSource clock) {
        this.objects = requireNonNull(objects, "objects is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    String token(Pod pod, String audience, long seconds) {
        Key key = new Key(audience, seconds);
        Token known = tokens.get(key);
        Instant now = clock.instant();
        if (known != null && now.isBefore(known.renewAt())) {
            return known.text();
        }
        try {
            Token fresh = request(pod, key, now);
            tokens.put(key, fresh);
            return fresh.text();
        } catch (RuntimeException e) {
            if (known != null) {
                return known.text();
            }
            throw e;
        }
    }

    private Token request(Pod pod, Key key, Instant now) {
        String account = pod.getSpec().getServiceAccountName() == null ? "default" : pod.getSpec().getServiceAccountName();
        TokenRequest answer = objects.token(
                pod.getMetadata().getNamespace(),
                account,
                key.audience().isEmpty() ? List.of() : List.of(key.audience()),
                key.seconds(),
                pod.getMetadata().getName(),
                pod.getMetadata().getUid());
        Duration life = Duration.between(now, Instant.parse(answer.getStatus().getExpirationTimestamp()));
        Duration use = life.multipliedBy(4).dividedBy(5);
        Duration day = Duration.ofHours(24);
        return new Token(answer.getStatus().getToken(), now.plus(use.compareTo(day) > 0 ? day : use));
    }
}
