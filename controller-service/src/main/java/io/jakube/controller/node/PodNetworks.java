package io.jakube.controller.node;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The pod network cut into one network per node, IPv4.
 *
 * @param base first address
 * @param prefix length of the whole network's prefix
 * @param nodePrefix length of a node's
 */
record PodNetworks(int base, int prefix, int nodePrefix) {
    private static final int DEFAULT_NODE_PREFIX = 24;

    /** @throws IllegalArgumentException if the text is no IPv4 network */
    static PodNetworks parse(String cidr) {
        String[] parts = cidr.split("/");
        if (parts.length != 2) {
            throw new IllegalArgumentException("jakube.pod.cidr: \"" + cidr + "\" is not an IPv4 network such as 10.244.0.0/16");
        }
        try {
            int prefix = Integer.parseInt(parts[1]);
            if (prefix < 8 || prefix > 28) {
                throw new IllegalArgumentException("jakube.pod.cidr: the prefix of " + cidr + " must be between 8 and 28");
            }
            int base = address(parts[0]) & -(1 << (32 - prefix));
            return new PodNetworks(base, prefix, Math.max(DEFAULT_NODE_PREFIX, prefix));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("jakube.pod.cidr: \"" + cidr + "\" is not an IPv4 network such as 10.244.0.0/16", e);
        }
    }

    private static int address(String text) {
        String[] octets = text.split("\\.");
        if (octets.length != 4) {
            throw new NumberFormatException(text);
        }
        int address = 0;
        for (String octet : octets) {
            int value = Integer.parseInt(octet);
            if (value < 0 || value > 255) {
                throw new NumberFormatException(text);
            }
            address = address << 8 | value;
        }
        return address;
    }

    /** The first network no node has; empty where all are taken. */
    Optional<String> firstFree(List<String> taken) {
        Set<String> used = new HashSet<>(taken);
        for (int i = 0; i < 1 << (nodePrefix - prefix); i++) {
            String network = format(base + (i << (32 - nodePrefix)));
            if (!used.contains(network)) {
                return Optional.of(network);
            }
        }
        return Optional.empty();
    }

    private String format(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "." + (address & 255) + "/" + nodePrefix;
    }
}
