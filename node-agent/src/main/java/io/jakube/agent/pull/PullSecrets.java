package io.jakube.agent.pull;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Secret;
import io.jakube.agent.api.ClusterObjects;
import io.jakube.agent.cri.ContainerRuntime.RegistryCredentials;
import io.jakube.common.json.Json;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Registry accounts in a pod's {@code imagePullSecrets}, of types {@code kubernetes.io/dockerconfigjson} and {@code kubernetes.io/dockercfg}. */
final class PullSecrets {
    private final ClusterObjects objects;

    PullSecrets(ClusterObjects objects) {
        this.objects = requireNonNull(objects, "objects is null");
    }

    /** @param repository in full, such as {@code docker.io/library/nginx} */
    Optional<RegistryCredentials> find(Pod pod, String repository) {
        for (LocalObjectReference reference : pod.getSpec().getImagePullSecrets() == null ? List.<LocalObjectReference>of() : pod.getSpec().getImagePullSecrets()) {
            Optional<Secret> secret = objects.secret(pod.getMetadata().getNamespace(), reference.getName());
            Optional<RegistryCredentials> account = secret.flatMap(s -> find(s, repository));
            if (account.isPresent()) {
                return account;
            }
        }
        return Optional.empty();
    }

    private static Optional<RegistryCredentials> find(Secret secret, String repository) {
        Map<String, String> data = secret.getData() == null ? Map.of() : secret.getData();
        String config = data.get(".dockerconfigjson");
        String legacy = data.get(".dockercfg");
        JsonNode accounts = config != null
                ? Json.readObject(Base64.getDecoder().decode(config)).path("auths")
                : legacy != null ? Json.readObject(Base64.getDecoder().decode(legacy)) : Json.object();
        for (Map.Entry<String, JsonNode> account : accounts.properties()) {
            String prefix = account.getKey().replaceFirst("^https?://", "").replaceFirst("/v[12]/?$", "").replaceFirst("^index\\.docker\\.io", "docker.io");
            if (repository.equals(prefix) || repository.startsWith(prefix.endsWith("/") ? prefix : prefix + "/")) {
                JsonNode value = account.getValue();
                return Optional.of(new RegistryCredentials(
                        value.path("username").asText(""), value.path("password").asText(""), value.path("auth").asText(""), account.getKey()));
            }
        }
        return Optional.empty();
    }
}
