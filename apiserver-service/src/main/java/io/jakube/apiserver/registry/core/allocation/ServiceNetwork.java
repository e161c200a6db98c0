package io.jakube.apiserver.registry.core.allocation;

/**
 * What services are allocated from.
 *
 * @param cidr range of cluster IPs
 * @param firstNodePort lowest node port
 * @param lastNodePort highest node port, inclusive
 */
public record ServiceNetwork(Ipv4Range cidr, int firstNodePort, int lastNodePort) {
    public ServiceNetwork {
        if (firstNodePort < 1 || lastNodePort > 65535 || firstNodePort > lastNodePort) {
            throw new IllegalArgumentException("node port range " + firstNodePort + "-" + lastNodePort + " is not a range of ports");
        }
    }

    /**
     * @param cidr for example {@code 10.96.0.0/16}
     * @param nodePorts for example {@code 30000-32767}
     * @throws IllegalArgumentException where one is malformed, saying which
     */
    public static ServiceNetwork parse(String cidr, String nodePorts) {
        int dash = nodePorts.indexOf('-');
        try {
            return new ServiceNetwork(Ipv4Range.parse(cidr), Integer.parseInt(nodePorts.substring(0, dash).strip()), Integer.parseInt(nodePorts.substring(dash + 1).strip()));
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            throw new IllegalArgumentException("node port range \"" + nodePorts + "\" is not of the form FIRST-LAST", e);
        }
    }

    /** As error messages show it. */
    String nodePorts() {
        return firstNodePort + "-" + lastNodePort;
    }
}
