package io.jakube.common.client;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The current context of a kubeconfig file (API reference, client-go {@code clientcmd/api/v1}): where the API is and how to prove identity.
 *
 * @param server base URL
 * @param certificateAuthority PEM of the trusted authorities; null trusts the JVM's
 * @param clientCertificate PEM chain; null without client certificate
 * @param clientKey PEM of its private key
 * @param token bearer token; null without
 * @param tokenFile file whose content is the bearer token, read again as it changes; null without
 * @param namespace the context's namespace, {@code default} if unset
 */
public record KubeConfig(
        URI server,
        byte @Nullable [] certificateAuthority,
        byte @Nullable [] clientCertificate,
        byte @Nullable [] clientKey,
        @Nullable String token,
        @Nullable Path tokenFile,
        String namespace) {
    private static final YAMLMapper YAML = new YAMLMapper();

    public KubeConfig {
        requireNonNull(server, "server is null");
        requireNonNull(namespace, "namespace is null");
    }

    /**
     * Reads a file; relative paths in it are relative to it.
     *
     * @throws IOException if it cannot be read, or names no usable context (the message says what is missing)
     */
    public static KubeConfig read(Path file) throws IOException {
        JsonNode root = YAML.readTree(file.toFile());
        JsonNode context = named(file, root, "contexts", "context", root.path("current-context").asText());
        JsonNode cluster = named(file, root, "clusters", "cluster", context.path("cluster").asText());
        JsonNode user = named(file, root, "users", "user", context.path("user").asText());
        if (!cluster.path("server").isTextual()) {
            throw new IOException(file + ": the cluster of the current context has no server");
        }
        String tokenFile = user.path("tokenFile").asText("");
        return new KubeConfig(
                URI.create(cluster.path("server").asText()),
                dataOrFile(file, cluster, "certificate-authority"),
                dataOrFile(file, user, "client-certificate"),
                dataOrFile(file, user, "client-key"),
                user.hasNonNull("token") ? user.get("token").asText() : null,
                tokenFile.isEmpty() ? null : file.resolveSibling(tokenFile),
                context.path("namespace").asText("").isEmpty() ? "default" : context.path("namespace").asText());
    }

    private static JsonNode named(Path file, JsonNode root, String list, String field, String name) throws IOException {
        for (JsonNode entry : root.path(list)) {
            if (entry.path("name").asText().equals(name)) {
                return entry.path(field);
            }
        }
        throw new IOException(file + ": " + list + " has no entry named \"" + name + "\"");
    }

    private static byte @Nullable [] dataOrFile(Path file, JsonNode node, String field) throws IOException {
        if (node.hasNonNull(field + "-data")) {
            try {
                return Base64.getMimeDecoder().decode(node.get(field + "-data").asText());
            } catch (IllegalArgumentException e) {
                throw new IOException(file + ": " + field + "-data is not base64", e);
            }
        }
        return node.hasNonNull(field) ? Files.readAllBytes(file.resolveSibling(node.get(field).asText())) : null;
    }

    /** Names the server only: the rest is secret. */
    @Override
    public String toString() {
        return "KubeConfig[" + server + "]";
    }
}
