package io.jakube.controller.service;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.config.Config;

/**
 * The controller manager's settings; keys in ARCHITECTURE.md.
 *
 * @param databaseUrl {@code jakube.database.url}
 * @param databaseUser {@code jakube.database.reader.user}
 * @param databasePasswordFile {@code jakube.database.reader.password-file}
 * @param kubeconfig {@code jakube.controller.kubeconfig}
 * @param podCidr {@code jakube.pod.cidr}
 * @param loadBalancerAddresses {@code jakube.load-balancer.addresses}: addresses or ranges {@code a-b}; empty uses the nodes' own
 */
public record ControllerSettings(String databaseUrl, String databaseUser, Path databasePasswordFile, Path kubeconfig, String podCidr, List<String> loadBalancerAddresses) {
    /** @throws java.util.NoSuchElementException naming the key that is missing */
    public static ControllerSettings from(Config config) {
        return new ControllerSettings(
                config.getValue("jakube.database.url", String.class),
                config.getOptionalValue("jakube.database.reader.user", String.class).orElse("jakube_reader"),
                Path.of(config.getValue("jakube.database.reader.password-file", String.class)),
                Path.of(config.getValue("jakube.controller.kubeconfig", String.class)),
                config.getOptionalValue("jakube.pod.cidr", String.class).orElse("10.244.0.0/16"),
                config.getOptionalValue("jakube.load-balancer.addresses", String.class).stream()
                        .flatMap(text -> Arrays.stream(text.split(","))).map(String::strip).filter(text -> !text.isEmpty()).toList());
    }
}
