package io.jakube.launcher.layout;

import io.jakube.launcher.LaunchException;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * What {@code up} was told, kept so that the next {@code up}, {@code status} and {@code down} mean the same cluster.
 *
 * @param apiPort port of the API server
 * @param separate whether each service has its own Liberty server
 * @param simulatedNodes number of simulated nodes; 0 runs this host as a real node
 * @param nodeName name of this host's node
 * @param advertiseAddress address pods and other hosts reach the API server by
 * @param loadBalancerAddresses pool for Services of type LoadBalancer, comma-separated addresses or ranges; empty uses the nodes' own addresses
 * @param preferLocalImages whether an image that is on the node is used when its registry does not answer
 */
public record ClusterSettings(
        int apiPort, boolean separate, int simulatedNodes, String nodeName, String advertiseAddress, String loadBalancerAddresses, boolean preferLocalImages) {
    private static final Set<String> KEYS =
            Set.of("api-port", "separate", "simulated-nodes", "node-name", "advertise-address", "load-balancer-addresses", "prefer-local-images");

    public static boolean existIn(Path file) {
        return Files.isRegularFile(file);
    }

    /** @throws LaunchException if the file is missing, incomplete or holds an unknown key */
    public static ClusterSettings read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new LaunchException("The cluster's settings cannot be read from " + file + " (" + e.getMessage() + "): was ./jakube up run?", e);
        }
        Set<String> unknown = new TreeSet<>(properties.stringPropertyNames());
        unknown.removeAll(KEYS);
        if (!unknown.isEmpty()) {
            throw new LaunchException("Unknown settings " + unknown + " in " + file + ": known ones are " + new TreeSet<>(KEYS) + ".");
        }
        for (String key : KEYS) {
            if (properties.getProperty(key) == null) {
                throw new LaunchException("The setting " + key + " is missing in " + file + ".");
            }
        }
        return new ClusterSettings(
                number(properties, "api-port", file),
                Boolean.parseBoolean(properties.getProperty("separate")),
                number(properties, "simulated-nodes", file),
                properties.getProperty("node-name"),
                properties.getProperty("advertise-address"),
                properties.getProperty("load-balancer-addresses"),
                Boolean.parseBoolean(properties.getProperty("prefer-local-images")));
    }

    public void write(Path file) {
        Properties properties = new Properties();
        properties.setProperty("api-port", Integer.toString(apiPort));
        properties.setProperty("separate", Boolean.toString(separate));
        properties.setProperty("simulated-nodes", Integer.toString(simulatedNodes));
        properties.setProperty("node-name", nodeName);
        properties.setProperty("advertise-address", advertiseAddress);
        properties.setProperty("load-balancer-addresses", loadBalancerAddresses);
        properties.setProperty("prefer-local-images", Boolean.toString(preferLocalImages));
        try (Writer writer = Files.newBufferedWriter(file)) {
            properties.store(writer, "Written by jakube up");
        } catch (IOException e) {
            throw new LaunchException("The cluster's settings cannot be written to " + file + " (" + e.getMessage() + ").", e);
        }
    }

    private static int number(Properties properties, String key, Path file) {
        try {
            return Integer.parseInt(properties.getProperty(key));
        } catch (NumberFormatException e) {
            throw new LaunchException("The setting " + key + " in " + file + " is not a number: " + properties.getProperty(key), e);
        }
    }
}
