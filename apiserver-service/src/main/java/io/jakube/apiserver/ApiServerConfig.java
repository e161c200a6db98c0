package io.jakube.apiserver;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Optional;
import java.util.function.Function;

/**
 * The API server's settings.
 *
 * @param databaseUrl {@code jakube.database.url}, a JDBC URL without credentials
 * @param databaseUser {@code jakube.database.user}
 * @param databasePasswordFile {@code jakube.database.password-file}
 * @param port {@code jakube.apiserver.port}, the HTTPS port clients reach
 * @param advertiseAddress {@code jakube.apiserver.advertise-address}, the IP address of the {@code kubernetes} service's endpoint
 * @param pkiDirectory {@code jakube.pki.dir}
 * @param serviceAccountIssuer {@code jakube.service-account.issuer}
 * @param serviceCidr {@code jakube.service.cidr}
 * @param nodePortRange {@code jakube.service.node-port-range}, {@code first-last}
 */
public record ApiServerConfig(
        String databaseUrl,
        String databaseUser,
        Path databasePasswordFile,
        int port,
        String advertiseAddress,
        Path pkiDirectory,
        String serviceAccountIssuer,
        String serviceCidr,
        String nodePortRange) {
    public ApiServerConfig {
        requireNonNull(databaseUrl, "databaseUrl is null");
        requireNonNull(databaseUser, "databaseUser is null");
        requireNonNull(databasePasswordFile, "databasePasswordFile is null");
        requireNonNull(advertiseAddress, "advertiseAddress is null");
        requireNonNull(pkiDirectory, "pkiDirectory is null");
        requireNonNull(serviceAccountIssuer, "serviceAccountIssuer is null");
        requireNonNull(serviceCidr, "serviceCidr is null");
        requireNonNull(nodePortRange, "nodePortRange is null");
    }

    /**
     * Reads the settings by key, with the defaults ARCHITECTURE.md lists.
     *
     * @throws IllegalArgumentException naming the key that is missing or wrong
     */
    public static ApiServerConfig from(Function<String, Optional<String>> properties) {
        return new ApiServerConfig(
                required(properties, "jakube.database.url"),
                properties.apply("jakube.database.user").orElse("jakube_writer"),
                Path.of(required(properties, "jakube.database.password-file")),
                number(properties, "jakube.apiserver.port", 6443),
                properties.apply("jakube.apiserver.advertise-address").orElseGet(ApiServerConfig::firstAddress),
                Path.of(required(properties, "jakube.pki.dir")),
                properties.apply("jakube.service-account.issuer").orElse("https://kubernetes.default.svc.cluster.local"),
                properties.apply("jakube.service.cidr").orElse("10.96.0.0/16"),
                properties.apply("jakube.service.node-port-range").orElse("30000-32767"));
    }

    private static String required(Function<String, Optional<String>> properties, String key) {
        return properties.apply(key).orElseThrow(() -> new IllegalArgumentException("setting " + key + " is missing"));
    }

    private static int number(Function<String, Optional<String>> properties, String key, int byDefault) {
        Optional<String> text = properties.apply(key);
        try {
            return text.map(Integer::parseInt).orElse(byDefault);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("setting " + key + " must be a number, not \"" + text.orElse("") + "\"", e);
        }
    }

    private static String firstAddress() {
        try {
            for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
                if (!network.isUp() || network.isLoopback()) {
                    continue;
                }
                for (InetAddress address : Collections.list(network.getInetAddresses())) {
                    if (address instanceof java.net.Inet4Address && !address.isLinkLocalAddress()) {
                        return address.getHostAddress();
                    }
                }
            }
        } catch (SocketException e) {
            throw new IllegalArgumentException("cannot read the network interfaces; set jakube.apiserver.advertise-address", e);
        }
        return "127.0.0.1";
    }
}
