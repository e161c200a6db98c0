package io.jakube.agent.network;

import static java.util.Objects.requireNonNull;

/**
 * An IPv4 network in CIDR notation.
 *
 * @param network first address, host bits zero
 * @param prefix length in bits, 0 to 32
 */
public record Ipv4Cidr(int network, int prefix) {
    public Ipv4Cidr {
        if (prefix < 0 || prefix > 32) {
            throw new IllegalArgumentException("prefix length of an IPv4 network must be 0 to 32, not " + prefix);
        }
        network &= mask(prefix);
    }

    /** @throws IllegalArgumentException if the text is no IPv4 network such as {@code 10.244.0.0/24} */
    public static Ipv4Cidr parse(String text) {
        requireNonNull(text, "text is null");
        int slash = text.indexOf('/');
        try {
            return new Ipv4Cidr(address(text.substring(0, slash < 0 ? text.length() : slash)), slash < 0 ? 32 : Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not an IPv4 network: " + text, e);
        }
    }

    /** @throws IllegalArgumentException if the text is no dotted IPv4 address */
    public static int address(String text) {
        String[] parts = text.split("\\.", -1);
        int value = 0;
        for (String part : parts) {
            if (parts.length != 4 || part.isEmpty() || part.length() > 3 || !part.chars().allMatch(c -> c >= '0' && c <= '9') || Integer.parseInt(part) > 255) {
                throw new IllegalArgumentException("not an IPv4 address: " + text);
            }
            value = value << 8 | Integer.parseInt(part);
        }
        return value;
    }

    public static boolean isAddress(String text) {
        try {
            address(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    public boolean contains(String address) {
        return (address(address) & mask(prefix)) == network;
    }

    /** The n-th address of the network; 0 is the network's own. */
    public String host(int n) {
        return dotted(network + n);
    }

    private static int mask(int prefix) {
        return prefix == 0 ? 0 : -1 << 32 - prefix;
    }

    private static String dotted(int address) {
        return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "." + (address & 255);
    }

    @Override
    public String toString() {
        return dotted(network) + "/" + prefix;
    }
}
