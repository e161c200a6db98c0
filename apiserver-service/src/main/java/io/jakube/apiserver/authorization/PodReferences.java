package io.jakube.apiserver.authorization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Consumer;

/** Names the objects of its namespace that a pod uses: a node that runs the pod may read these. */
public final class PodReferences {
    private PodReferences() {}

    public static void secrets(ObjectNode pod, Consumer<String> names) {
        JsonNode spec = pod.path("spec");
        spec.path("imagePullSecrets").forEach(reference -> accept(reference.path("name"), names));
        for (JsonNode volume : spec.path("volumes")) {
            accept(volume.path("secret").path("secretName"), names);
            volume.path("projected").path("sources").forEach(source -> accept(source.path("secret").path("name"), names));
            accept(volume.path("csi").path("nodePublishSecretRef").path("name"), names);
            for (String kind : new String[] {"cephfs", "flexVolume", "iscsi", "rbd", "scaleIO", "storageos"}) {
                accept(volume.path(kind).path("secretRef").path("name"), names);
            }
            accept(volume.path("azureFile").path("secretName"), names);
        }
        containers(spec, container -> {
            container.path("env").forEach(env -> accept(env.path("valueFrom").path("secretKeyRef").path("name"), names));
            container.path("envFrom").forEach(env -> accept(env.path("secretRef").path("name"), names));
        });
    }

    public static void configMaps(ObjectNode pod, Consumer<String> names) {
        JsonNode spec = pod.path("spec");
        for (JsonNode volume : spec.path("volumes")) {
            accept(volume.path("configMap").path("name"), names);
            volume.path("projected").path("sources").forEach(source -> accept(source.path("configMap").path("name"), names));
        }
        containers(spec, container -> {
            container.path("env").forEach(env -> accept(env.path("valueFrom").path("configMapKeyRef").path("name"), names));
            container.path("envFrom").forEach(env -> accept(env.path("configMapRef").path("name"), names));
        });
    }

    public static void persistentVolumeClaims(ObjectNode pod, Consumer<String> names) {
        String podName = pod.path("metadata").path("name").asText();
        for (JsonNode volume : pod.path("spec").path("volumes")) {
            accept(volume.path("persistentVolumeClaim").path("claimName"), names);
            if (volume.has("ephemeral")) {
                names.accept(podName + "-" + volume.path("name").asText());
            }
        }
    }

    public static void serviceAccount(ObjectNode pod, Consumer<String> names) {
        accept(pod.path("spec").path("serviceAccountName"), names);
    }

    static void containers(JsonNode spec, Consumer<JsonNode> visitor) {
        spec.path("initContainers").forEach(visitor);
        spec.path("containers").forEach(visitor);
        spec.path("ephemeralContainers").forEach(visitor);
    }

    private static void accept(JsonNode name, Consumer<String> names) {
        if (name.isTextual() && !name.asText().isEmpty()) {
            names.accept(name.asText());
        }
    }
}
