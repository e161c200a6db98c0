package io.jakube.apiserver.streaming.proxy;

import java.util.Optional;
import java.util.Set;

/**
 * The name in a proxy request: {@code name}, {@code name:port} or {@code scheme:name:port}.
 *
 * @param scheme {@code http} or {@code https}
 * @param port number or name, empty for the default
 */
record ProxyName(String scheme, String name, String port) {
    private static final Set<String> SCHEMES = Set.of("", "http", "https");

    /** @return empty for what is none of these forms */
    static Optional<ProxyName> parse(String text) {
        String[] parts = text.split(":", -1);
        ProxyName parsed = switch (parts.length) {
            case 1 -> new ProxyName("", parts[0], "");
            case 2 -> new ProxyName("", parts[0], parts[1]);
            case 3 -> new ProxyName(parts[0], parts[1], parts[2]);
            default -> new ProxyName("", "", "");
        };
        if (parsed.name().isEmpty() || !SCHEMES.contains(parsed.scheme())) {
            return Optional.empty();
        }
        return Optional.of(parsed.scheme().isEmpty() ? new ProxyName("http", parsed.name(), parsed.port()) : parsed);
    }
}
