package io.jakube.agent.config;

import static java.util.Objects.requireNonNull;

import io.jakube.common.config.SettingsFile;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * The agent's settings; ARCHITECTURE.md lists the keys.
 *
 * @param kubeconfig how to reach the API server, and as whom
 * @param root where the agent keeps everything
 * @param nodeName name of the Node object; with simulated nodes the prefix of their names
 * @param nodeAddress the node's address; empty to use the machine's first
 * @param runtimeSocket the container runtime's CRI socket; not used with simulated nodes
 * @param port of the agent's HTTPS server
 * @param pki directory with {@code node.crt}, {@code node.key} and {@code ca.crt}
 * @param podCidr addresses of all pods of the cluster, if known
 * @param dnsAddress the cluster's name server
 * @param dnsDomain such as {@code cluster.local}
 * @param preferLocalImages whether an image on the node serves where its registry does not
 * @param simulatedNodes 0 for one real node
 */
public record AgentConfig(
        Path kubeconfig,
        Path root,
        String nodeName,
        Optional<String> nodeAddress,
        Path runtimeSocket,
        int port,
        Path pki,
        Optional<String> podCidr,
        String dnsAddress,
        String dnsDomain,
        boolean preferLocalImages,
        int simulatedNodes) {
    private static final int DEFAULT_PORT = 10250;

    public AgentConfig {
        requireNonNull(kubeconfig, "kubeconfig is null");
        requireNonNull(root, "root is null");
        requireNonNull(nodeName, "nodeName is null");
    }

    /**
     * Reads the settings from properties, environment and the file that {@code jakube.config} names.
     *
     * @throws IllegalArgumentException naming the key that is missing or has no valid value
     */
    public static AgentConfig load() {
        Map<String, String> file = SettingsFile.read();
        Path root = Path.of(required(file, "jakube.agent.root"));
        return new AgentConfig(
                Path.of(required(file, "jakube.agent.kubeconfig")),
                root,
                required(file, "jakube.agent.node-name"),
                SettingsFile.lookup(file, "jakube.agent.node-address"),
                socket(SettingsFile.lookup(file, "jakube.agent.container-runtime-endpoint").orElse("unix://" + root.resolve("containerd/containerd.sock"))),
                number(file, "jakube.agent.port", DEFAULT_PORT),
                SettingsFile.lookup(file, "jakube.agent.pki.dir").map(Path::of).orElse(root.resolve("pki")),
                SettingsFile.lookup(file, "jakube.pod.cidr"),
                SettingsFile.lookup(file, "jakube.dns.address").orElse("10.96.0.10"),
                SettingsFile.lookup(file, "jakube.dns.domain").orElse("cluster.local"),
                SettingsFile.lookup(file, "jakube.agent.prefer-local-images").map(Boolean::parseBoolean).orElse(false),
                number(file, "jakube.agent.simulated-nodes", 0));
    }

    static Path socket(String endpoint) {
        String path = endpoint.startsWith("unix://") ? endpoint.substring("unix://".length()) : endpoint;
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("jakube.agent.container-runtime-endpoint must be unix:///path/of/socket, not " + endpoint);
        }
        return Path.of(path);
    }

    private static String required(Map<String, String> file, String key) {
        return SettingsFile.lookup(file, key).orElseThrow(() -> new IllegalArgumentException("the setting " + key + " is missing"));
    }

    private static int number(Map<String, String> file, String key, int otherwise) {
        String text = SettingsFile.lookup(file, key).orElse(Integer.toString(otherwise));
        try {
            return Integer.parseInt(text.strip());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the setting " + key + " must be a number, not " + text);
        }
    }
}
