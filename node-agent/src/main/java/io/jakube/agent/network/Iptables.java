package io.jakube.agent.network;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The host's IPv4 packet filter in the variant it uses, legacy or nf_tables. Thread-safe; the commands wait for the kernel's lock.
 *
 * <p>The two variants are separate rule sets that the kernel evaluates both; rules of one cluster in both do not work together
 * (kubernetes#71305). So the variant that already has rules wins, and rules in both are refused.
 */
public final class Iptables {
    /** The two ways to keep rules in the kernel. */
    public enum Variant {
        NFT("iptables-nft"),
        LEGACY("iptables-legacy");

        private final String command;

        Variant(String command) {
            this.command = command;
        }
    }

    private static final String INSTALL = "install the package iptables";

    private final HostCommands host;
    private final String command;
    private final Variant variant;

    private Iptables(HostCommands host, String command, Variant variant) {
        this.host = host;
        this.command = command;
        this.variant = variant;
    }

    /** @throws PreflightException if iptables is absent, unusable, or both variants have rules */
    public static Iptables detect(HostCommands host) throws PreflightException {
        requireNonNull(host, "host is null");
        Variant preferred = defaultVariant(host);
        Variant other = preferred == Variant.NFT ? Variant.LEGACY : Variant.NFT;
        boolean rulesInOther = hasRules(host, other);
        boolean rulesInPreferred = hasRules(host, preferred);
        if (rulesInOther && rulesInPreferred) {
            throw new PreflightException("both kinds of iptables have rules on this host, and a cluster's rules do not work across the two: look at "
                    + other.command + "-save and " + preferred.command + "-save and remove those of one kind");
        }
        Iptables iptables = rulesInOther ? new Iptables(host, other.command, other) : new Iptables(host, "iptables", preferred);
        iptables.requireUsable();
        return iptables;
    }

    private static Variant defaultVariant(HostCommands host) throws PreflightException {
        try {
            String version = host.require("iptables", "--version");
            return version.contains("nf_tables") ? Variant.NFT : Variant.LEGACY;
        } catch (IOException e) {
            throw new PreflightException("iptables is missing: " + INSTALL + " (" + e.getMessage() + ")");
        }
    }

    private static boolean hasRules(HostCommands host, Variant variant) {
        try {
            HostCommands.Result saved = host.run(variant.command + "-save");
            return saved.succeeded() && saved.output().lines().anyMatch(line -> line.startsWith("-A "));
        } catch (IOException e) {
            return false; // a variant that is not installed
        }
    }

    private void requireUsable() throws PreflightException {
        try {
            for (String table : List.of("filter", "nat")) {
                host.require(command, "-w", "5", "-t", table, "-n", "-L", "OUTPUT");
            }
            host.require(command + "-restore", "--version");
        } catch (IOException e) {
            throw new PreflightException("iptables does not work here, which needs root and a kernel with netfilter: " + e.getMessage());
        }
    }

    public Variant variant() {
        return variant;
    }

    /**
     * Applies text in iptables-save format; chains that it declares are emptied first, others stay. Each table changes as a whole or not at all.
     *
     * @throws IOException with iptables' words if a table was refused; tables before that one have changed
     */
    public void restore(String rules) throws IOException {
        List<String> words = List.of(command + "-restore", "-w", "5", "--noflush");
        host.run(words, requireNonNull(rules, "rules is null")).requireSuccess(words);
    }

    /** A table's chains and rules in iptables-save format. */
    public String save(String table) throws IOException {
        return host.require(command + "-save", "-t", table);
    }

    /** One chain's definition and rules, or empty text if there is no such chain. */
    public String list(String table, String chain) throws IOException {
        HostCommands.Result result = host.run(command, "-w", "5", "-t", table, "-S", chain);
        return result.succeeded() ? result.output() : "";
    }

    /** Removes every chain whose name starts with one of the prefixes, with the rules that jump to it. */
    public void removeChains(String... prefixes) throws IOException {
        for (String table : List.of("filter", "nat", "mangle")) {
            List<String> chains = new ArrayList<>();
            StringBuilder declared = new StringBuilder("*" + table + "\n");
            StringBuilder removed = new StringBuilder();
            List<String> lines = save(table).lines().toList();
            for (String line : lines) {
                String name = line.startsWith(":") ? line.substring(1, line.indexOf(' ')) : "";
                if (List.of(prefixes).stream().anyMatch(prefix -> !name.isEmpty() && name.startsWith(prefix))) {
                    chains.add(name);
                    declared.append(':').append(name).append(" - [0:0]\n");
                    removed.append("-X ").append(name).append('\n');
                }
            }
            for (String line : lines) {
                String[] rule = line.split(" ", 3);
                if (rule[0].equals("-A") && !chains.contains(rule[1]) && chains.contains(target(line))) {
                    declared.append("-D").append(line, 2, line.length()).append('\n');
                }
            }
            if (!chains.isEmpty()) {
                restore(declared.append(removed).append("COMMIT\n").toString());
            }
        }
    }

    private static String target(String rule) {
        int jump = rule.lastIndexOf(" -j ");
        return jump < 0 ? "" : rule.substring(jump + 4).split(" ", 2)[0];
    }
}
