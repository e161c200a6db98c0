package io.jakube.common.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Every {@code jakube.*} setting there is, so that a misspelt one is refused rather than ignored. ARCHITECTURE.md documents them. */
public final class SettingKeys {
    private static final Set<String> KNOWN = new TreeSet<>(List.of(
            "jakube.config",
            "jakube.database.url",
            "jakube.database.user",
            "jakube.database.password-file",
            "jakube.database.reader.user",
            "jakube.database.reader.password-file",
            "jakube.apiserver.port",
            "jakube.apiserver.advertise-address",
            "jakube.pki.dir",
            "jakube.etcd.port",
            "jakube.service-account.issuer",
            "jakube.service.cidr",
            "jakube.service.node-port-range",
            "jakube.pod.cidr",
            "jakube.load-balancer.addresses",
            "jakube.dns.address",
            "jakube.dns.domain",
            "jakube.scheduler.kubeconfig",
            "jakube.controller.kubeconfig",
            "jakube.agent.kubeconfig",
            "jakube.agent.root",
            "jakube.agent.node-name",
            "jakube.agent.node-address",
            "jakube.agent.container-runtime-endpoint",
            "jakube.agent.port",
            "jakube.agent.pki.dir",
            "jakube.agent.prefer-local-images",
            "jakube.agent.simulated-nodes"));

    /** Prefixes of properties that concern the installation, not a component. */
    private static final List<String> FOREIGN = List.of("jakube.distribution", "jakube.liberty", "jakube.test.");

    private SettingKeys() {}

    /**
     * Refuses unknown {@code jakube.*} keys among the given property names; other names are not looked at.
     *
     * @throws IllegalArgumentException naming the key and the nearest known one
     */
    public static void requireKnown(Collection<String> names, String origin) {
        for (String name : names) {
            if (name.startsWith("jakube.") && !KNOWN.contains(name) && FOREIGN.stream().noneMatch(name::startsWith)) {
                throw new IllegalArgumentException("unknown setting " + name + " in " + origin + "; did you mean " + nearest(name) + "?");
            }
        }
    }

    static String nearest(String name) {
        return KNOWN.stream().min(Comparator.comparingInt(known -> distance(known, name))).orElseThrow();
    }

    /** Levenshtein distance. */
    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substitution, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
