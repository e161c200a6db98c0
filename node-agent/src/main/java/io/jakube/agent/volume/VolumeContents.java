package io.jakube.agent.volume;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.DownwardAPIVolumeFile;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ProjectedVolumeSource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccountTokenProjection;
import io.fabric8.kubernetes.api.model.VolumeProjection;
import io.jakube.agent.api.ClusterObjects;
import io.jakube.agent.env.ConfigurationException;
import io.jakube.agent.env.FieldValues;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The files of volumes whose content comes from the API: configMap, secret, downwardAPI and projected. */
final class VolumeContents {
    private static final int DEFAULT_MODE = 0644;
    private static final long DEFAULT_TOKEN_SECONDS = 3600;

    private final ClusterObjects objects;
    private final PodTokens tokens;
    private final FieldValues fields;
    private final String namespace;

    VolumeContents(ClusterObjects objects, PodTokens tokens, FieldValues fields) {
        this.objects = objects;
        this.tokens = tokens;
        this.fields = fields;
        this.namespace = fields.pod().getMetadata().getNamespace();
    }

    Map<String, FileContent> configMap(String name, @Nullable List<KeyToPath> items, @Nullable Integer mode, @Nullable Boolean optional)
            throws ConfigurationException {
        Optional<ConfigMap> found = objects.configMap(namespace, name);
        if (found.isEmpty() && !Boolean.TRUE.equals(optional)) {
            throw new ConfigurationException("configmap \"" + name + "\" not found");
        }
        Map<String, byte[]> data = new HashMap<>();
        found.map(ConfigMap::getData).ifPresent(map -> map.forEach((key, value) -> data.put(key, value.getBytes(StandardCharsets.UTF_8))));
        found.map(ConfigMap::getBinaryData).ifPresent(map -> map.forEach((key, value) -> data.put(key, Base64.getDecoder().decode(value))));
        return select(data, items, mode, found.isEmpty() || Boolean.TRUE.equals(optional), "configmap references non-existent config key: ");
    }

    Map<String, FileContent> secret(String name, @Nullable List<KeyToPath> items, @Nullable Integer mode, @Nullable Boolean optional)
            throws ConfigurationException {
        Optional<Secret> found = objects.secret(namespace, name);
        if (found.isEmpty() && !Boolean.TRUE.equals(optional)) {
            throw new ConfigurationException("secret \"" + name + "\" not found");
        }
        Map<String, byte[]> data = new HashMap<>();
        found.map(Secret::getData).ifPresent(map -> map.forEach((key, value) -> data.put(key, Base64.getDecoder().decode(value))));
        return select(data, items, mode, found.isEmpty() || Boolean.TRUE.equals(optional), "references non-existent secret key: ");
    }

    Map<String, FileContent> downwardApi(@Nullable List<DownwardAPIVolumeFile> items, @Nullable Integer mode) throws ConfigurationException {
        Map<String, FileContent> files = new LinkedHashMap<>();
        for (DownwardAPIVolumeFile item : items == null ? List.<DownwardAPIVolumeFile>of() : items) {
            String text = item.getFieldRef() != null ? fields.field(item.getFieldRef()) : fields.resource(item.getResourceFieldRef(), null);
            files.put(item.getPath(), new FileContent(text.getBytes(StandardCharsets.UTF_8), mode(item.getMode(), mode)));
        }
        return files;
    }

    Map<String, FileContent> projected(ProjectedVolumeSource source) throws ConfigurationException {
        Map<String, FileContent> files = new LinkedHashMap<>();
        Integer mode = source.getDefaultMode();
        for (VolumeProjection projection : source.getSources() == null ? List.<VolumeProjection>of() : source.getSources()) {
            if (projection.getConfigMap() != null) {
                var part = projection.getConfigMap();
                files.putAll(configMap(part.getName(), part.getItems(), mode, part.getOptional()));
            } else if (projection.getSecret() != null) {
                var part = projection.getSecret();
                files.putAll(secret(part.getName(), part.getItems(), mode, part.getOptional()));
            } else if (projection.getDownwardAPI() != null) {
                files.putAll(downwardApi(projection.getDownwardAPI().getItems(), mode));
            } else if (projection.getServiceAccountToken() != null) {
                files.put(projection.getServiceAccountToken().getPath(), token(projection.getServiceAccountToken(), mode));
            } else {
                throw new ConfigurationException("the projected source is of a kind this node does not support");
            }
        }
        return files;
    }

    private FileContent token(ServiceAccountTokenProjection projection, @Nullable Integer mode) {
        Pod pod = fields.pod();
        String audience = projection.getAudience() == null ? "" : projection.getAudience();
        long seconds = projection.getExpirationSeconds() == null ? DEFAULT_TOKEN_SECONDS : projection.getExpirationSeconds();
        return new FileContent(tokens.token(pod, audience, seconds).getBytes(StandardCharsets.US_ASCII), mode(null, mode));
    }

    private static Map<String, FileContent> select(
            Map<String, byte[]> data, @Nullable List<KeyToPath> items, @Nullable Integer mode, boolean optional, String missing)
            throws ConfigurationException {
        Map<String, FileContent> files = new LinkedHashMap<>();
        if (items == null || items.isEmpty()) {
            data.forEach((key, value) -> files.put(key, new FileContent(value, mode(null, mode))));
            return files;
        }
        for (KeyToPath item : items) {
            byte[] value = data.get(item.getKey());
            if (value != null) {
                files.put(item.getPath(), new FileContent(value, mode(item.getMode(), mode)));
            } else if (!optional) {
                throw new ConfigurationException(missing + item.getKey());
            }
        }
        return files;
    }

    private static int mode(@Nullable Integer own, @Nullable Integer common) {
        return own != null ? own : common != null ? common : DEFAULT_MODE;
    }
}
