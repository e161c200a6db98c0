package io.jakube.apiserver.validation;

import java.net.InetAddress;

/** Addresses that may not stand for a destination. */
final class Addresses {
    private Addresses() {}

    static void notSpecial(FieldPath field, String text, Errors errors) {
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException e) {
            return;
        }
        if (address.isAnyLocalAddress()) {
            errors.invalid(field, text, "may not be unspecified (" + text + ")");
        }
        if (address.isLoopbackAddress()) {
            errors.invalid(field, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        }
        if (address.isLinkLocalAddress()) {
            errors.invalid(field, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        }
        if (address.isMCLinkLocal() || (address.isMulticastAddress() && text.startsWith("224.0.0."))) {
            errors.invalid(field, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
        }
    }
}
