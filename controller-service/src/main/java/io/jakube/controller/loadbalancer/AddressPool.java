package io.jakube.controller.loadbalancer;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** The addresses load balancers may have: single ones and ranges {@code a-b}, in the configured order. */
final class AddressPool {
    private static final int MAX_RANGE = 65_536;

    private AddressPool() {}

    /** @throws IllegalArgumentException naming what is no address or range */
    static List<String> parse(List<String> entries) {
        List<String> addresses = new ArrayList<>();
        for (String entry : entries) {
            int dash = entry.indexOf('-');
            if (dash < 0) {
                addresses.add(format(number(entry, entry)));
            } else {
                long from = number(entry.substring(0, dash).strip(), entry);
                long to = number(entry.substring(dash + 1).strip(), entry);
                if (to < from || to - from >= MAX_RANGE) {
                    throw new IllegalArgumentException("jakube.load-balancer.addresses: \"" + entry + "\" is not a range of at most " + MAX_RANGE + " addresses");
                }
                for (long address = from; address <= to; address++) {
                    addresses.add(format(address));
                }
            }
        }
        return List.copyOf(addresses);
    }

    private static long number(String text, String entry) {
        try {
            byte[] bytes = text.matches("[0-9.]+") ? InetAddress.getByName(text).getAddress() : new byte[0];
            if (bytes.length != 4) {
                throw new IllegalArgumentException("jakube.load-balancer.addresses: \"" + entry + "\" is not an IPv4 address or a range of them");
            }
            return (bytes[0] & 255L) << 24 | (bytes[1] & 255L) << 16 | (bytes[2] & 255L) << 8 | bytes[3] & 255L;
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("jakube.load-balancer.addresses: \"" + entry + "\" is not an IPv4 address or a range of them", e);
        }
    }

    private static String format(long address) {
        return (address >> 24) + "." + (address >> 16 & 255) + "." + (address >> 8 & 255) + "." + (address & 255);
    }
}
