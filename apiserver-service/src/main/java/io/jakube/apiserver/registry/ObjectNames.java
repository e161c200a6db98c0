package io.jakube.apiserver.registry;

import java.util.concurrent.ThreadLocalRandom;

/** The making of names from {@code generateName}. */
public final class ObjectNames {
    /** Without vowels and look-alikes, as upstream's generator. */
    private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
    private static final int SUFFIX_LENGTH = 5;
    private static final int MAX_GENERATED_LENGTH = 63;

    private ObjectNames() {}

    /** A name from a prefix: the prefix, cut so that the whole stays a DNS label, and five random characters. */
    public static String generate(String prefix) {
        String base = prefix.length() > MAX_GENERATED_LENGTH - SUFFIX_LENGTH ? prefix.substring(0, MAX_GENERATED_LENGTH - SUFFIX_LENGTH) : prefix;
        return base + suffix();
    }

    /** Five random characters. */
    public static String suffix() {
        StringBuilder suffix = new StringBuilder(SUFFIX_LENGTH);
        for (int i = 0; i < SUFFIX_LENGTH; i++) {
            suffix.append(ALPHABET.charAt(ThreadLocalRandom.current().nextInt(ALPHABET.length())));
        }
        return suffix.toString();
    }
}
