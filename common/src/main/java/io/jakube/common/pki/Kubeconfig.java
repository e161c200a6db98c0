package io.jakube.common.pki;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.security.cert.X509Certificate;

/**
 * A client configuration for one cluster and one user, with everything embedded.
 *
 * @param cluster name of the cluster entry
 * @param server URL of the API server
 * @param authority certificate that signed the server's
 * @param user name of the user entry
 * @param client the user's certificate and key
 */
public record Kubeconfig(String cluster, String server, X509Certificate authority, String user, KeyAndCertificate client) {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .disable(YAMLGenerator.Feature.SPLIT_LINES)
            .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
            .build();

    public Kubeconfig {
        requireNonNull(cluster, "cluster is null");
        requireNonNull(server, "server is null");
        requireNonNull(authority, "authority is null");
        requireNonNull(user, "user is null");
        requireNonNull(client, "client is null");
    }

    /** The file's text. It holds the private key. */
    public String toYaml() {
        String context = user + "@" + cluster;
        ObjectNode root = YAML.createObjectNode().put("apiVersion", "v1").put("kind", "Config");
        ObjectNode clusterEntry = root.putArray("clusters").addObject().put("name", cluster);
        clusterEntry.putObject("cluster").put("certificate-authority-data", base64(Pem.encode(authority))).put("server", server);
        ObjectNode contextEntry = root.putArray("contexts").addObject().put("name", context);
        contextEntry.putObject("context").put("cluster", cluster).put("user", user);
        root.put("current-context", context);
        root.putObject("preferences");
        ObjectNode userEntry = root.putArray("users").addObject().put("name", user);
        userEntry.putObject("user").put("client-certificate-data", base64(Pem.encode(client.certificate()))).put("client-key-data", base64(Pem.encode(client.key())));
        try {
            return YAML.writeValueAsString(root);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a text written by {@link #toYaml}; empty if it is not such a one. People add to their kubeconfig: the first entries count. */
    static Optional<Kubeconfig> parse(byte[] yaml) {
        try {
            JsonNode root = YAML.readTree(yaml);
            JsonNode cluster = root.path("clusters").path(0);
            JsonNode user = root.path("users").path(0);
            List<X509Certificate> authority = Pem.certificates(text(cluster.path("cluster").path("certificate-authority-data")));
            List<X509Certificate> client = Pem.certificates(text(user.path("user").path("client-certificate-data")));
            if (authority.isEmpty() || client.isEmpty()) {
                return Optional.empty();
            }
            KeyAndCertificate pair = new KeyAndCertificate(Pem.privateKey(text(user.path("user").path("client-key-data"))), client.getFirst());
            return Optional.of(new Kubeconfig(cluster.path("name").asText(), cluster.path("cluster").path("server").asText(), authority.getFirst(), user.path("name").asText(), pair));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(JsonNode base64) {
        return new String(Base64.getDecoder().decode(base64.asText()), StandardCharsets.US_ASCII);
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "Kubeconfig[" + user + "@" + cluster + " " + server + "]";
    }
}
