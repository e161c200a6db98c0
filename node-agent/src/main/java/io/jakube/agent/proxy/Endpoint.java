package io.jakube.agent.proxy;

import static java.util.Objects.requireNonNull;

/**
 * Where connections to a service port may go.
 *
 * @param ip IPv4 address
 * @param local whether it is on this node
 */
public record Endpoint(String ip, int port, boolean local) implements Comparable<Endpoint> {
    public Endpoint {
        requireNonNull(ip, "ip is null");
    }

    @Override
    public int compareTo(Endpoint other) {
        return toString().compareTo(other.toString());
    }

    @Override
    public String toString() {
        return ip + ":" + port;
    }
}
