package io.jakube.apiserver.registry.core.allocation;

/**
 * An IPv4 network. Addresses are unsigned 32-bit numbers held in a long.
 *
 * @param network the network's own address
 * @param prefixLength 8 to 30
 */
public record Ipv4Range(long network, int prefixLength) {
    public Ipv4Range {
        if (prefixLength < 8 || prefixLength > 30 || (network & (size(prefixLength) - 1)) != 0) {
            throw new IllegalArgumentException(format(network) + "/" + prefixLength + " is not a usable IPv4 network");
        }
    }

    /** @throws IllegalArgumentException where the text is no IPv4 network */
    public static Ipv4Range parse(String cidr) {
        int slash = cidr.indexOf('/');
        if (slash < 0) {
            throw new IllegalArgumentException("\"" + cidr + "\" is not an IPv4 network such as 10.96.0.0/16");
        }
        long address = address(cidr.substring(0, slash));
        try {
            int length = Integer.parseInt(cidr.substring(slash + 1));
            return new Ipv4Range(address & -size(length), length);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("\"" + cidr + "\" is not an IPv4 network such as 10.96.0.0/16", e);
        }
    }

    /** @throws IllegalArgumentException where the text is no canonical IPv4 address */
    public static long address(String text) {
        String[] parts = text.split("\\.", -1);
        long address = 0;
        boolean right = parts.length == 4;
        for (int i = 0; right && i < 4; i++) {
            right = parts[i].matches("0|[1-9][0-9]{0,2}") && Integer.parseInt(parts[i]) < 256;
            address = right ? address << 8 | Integer.parseInt(parts[i]) : 0;
        }
        if (!right) {
            throw new IllegalArgumentException("\"" + text + "\" is not an IPv4 address");
        }
        return address;
    }

    public static String format(long address) {
        return (address >> 24 & 255) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }

    /** Addresses that can be given out: all but the network's own and the last. */
    public long usable() {
        return size(prefixLength) - 2;
    }

    /** The address at a position from 0 to {@link #usable} - 1. */
    public long at(long position) {
        return network + 1 + position;
    }

    /** Whether an address can be given out. */
    public boolean contains(long address) {
        return address > network && address <= network + usable();
    }

    private static long size(int prefixLength) {
        return 1L << (32 - prefixLength);
    }

    @Override
    public String toString() {
        return format(network) + "/" + prefixLength;
    }
}
