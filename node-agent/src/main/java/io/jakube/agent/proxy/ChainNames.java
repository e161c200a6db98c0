package io.jakube.agent.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.regex.Pattern;

/**
 * Names of the chains of one service port, the same as upstream's so that people and tools find their way: a prefix and 16 characters of the
 * base32 text of a SHA-256 digest, which fits the kernel's 28 characters.
 */
final class ChainNames {
    /** Chains that belong to a service port or an endpoint. */
    static final Pattern PER_SERVICE = Pattern.compile("KUBE-(SVC|SVL|EXT|FW|SEP)-[A-Z2-7]{16}");

    private static final char[] BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".toCharArray();
    private static final int HASH_LENGTH = 16;

    private final String name;
    private final String hash;

    ChainNames(ServicePort port) {
        name = port.qualifiedName() + port.protocol();
        hash = hash(name);
    }

    /** Balances over endpoints of the whole cluster. */
    String cluster() {
        return "KUBE-SVC-" + hash;
    }

    /** Balances over endpoints of this node. */
    String local() {
        return "KUBE-SVL-" + hash;
    }

    /** Takes connections from outside. */
    String external() {
        return "KUBE-EXT-" + hash;
    }

    /** Admits a load balancer's clients. */
    String firewall() {
        return "KUBE-FW-" + hash;
    }

    String endpoint(Endpoint endpoint) {
        return "KUBE-SEP-" + hash(name + endpoint);
    }

    private static String hash(String text) {
        byte[] digest;
        try {
            digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
        StringBuilder base32 = new StringBuilder(HASH_LENGTH);
        int buffer = 0;
        int bits = 0;
        for (int i = 0; base32.length() < HASH_LENGTH; ) {
            if (bits < 5) {
                buffer = buffer << 8 | digest[i++] & 0xff;
                bits += 8;
            }
            bits -= 5;
            base32.append(BASE32[buffer >> bits & 31]);
        }
        return base32.toString();
    }
}
