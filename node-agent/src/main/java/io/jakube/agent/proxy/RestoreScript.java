package io.jakube.agent.proxy;

import io.jakube.agent.proxy.ServiceRules.Shared;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Text for {@code iptables-restore --noflush}: the whole rule set, or only what differs between two states. Pure functions.
 *
 * <p>A chain that is declared ({@code :NAME}) is emptied and filled again in one transaction per table, so nobody sees it half written.
 */
final class RestoreScript {
    /** A chain with one rule that nothing jumps to: if it is gone or empty, somebody flushed the table. */
    static final String CANARY = "KUBE-PROXY-CANARY";

    private static final String MASQUERADE_BIT = "0x4000";
    private static final String NODE_PORTS_JUMP = "-m comment --comment \"node ports, after all other addresses\" -m addrtype --dst-type LOCAL -j KUBE-NODEPORTS";

    private static final Map<String, List<String>> FIXED_FILTER = Map.of(
            "KUBE-FORWARD", List.of(
                    "-m conntrack --ctstate INVALID -j DROP",
                    "-m comment --comment \"redirected to an endpoint\" -m mark --mark " + MASQUERADE_BIT + "/" + MASQUERADE_BIT + " -j ACCEPT",
                    "-m comment --comment \"replies\" -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT"),
            "KUBE-FIREWALL", List.of(
                    "! -s 127.0.0.0/8 -d 127.0.0.0/8 -m comment --comment \"loopback is not for others, though node ports need it routed\""
                            + " -m conntrack ! --ctstate RELATED,ESTABLISHED,DNAT -j DROP"),
            CANARY, List.of("-m comment --comment \"tells whether the table was flushed\" -j RETURN"));

    private static final Map<String, List<String>> FIXED_NAT = Map.of(
            "KUBE-MARK-MASQ", List.of("-j MARK --or-mark " + MASQUERADE_BIT),
            "KUBE-POSTROUTING", List.of(
                    "-m mark ! --mark " + MASQUERADE_BIT + "/" + MASQUERADE_BIT + " -j RETURN",
                    "-j MARK --xor-mark " + MASQUERADE_BIT,
                    "-m comment --comment \"service traffic that must come back here\" -j MASQUERADE --random-fully"),
            CANARY, List.of("-m comment --comment \"tells whether the table was flushed\" -j RETURN"));

    /** A jump from a built-in chain to one of ours. */
    private record Jump(String from, String to, boolean newConnectionsOnly) {}

    /** In the order in which they are met; ours go before other rules. */
    private static final List<Jump> FILTER_JUMPS = List.of(
            new Jump("INPUT", "KUBE-FIREWALL", false),
            new Jump("INPUT", "KUBE-PROXY-FIREWALL", true),
            new Jump("INPUT", "KUBE-NODEPORTS", false),
            new Jump("INPUT", "KUBE-EXTERNAL-SERVICES", true),
            new Jump("FORWARD", "KUBE-PROXY-FIREWALL", true),
            new Jump("FORWARD", "KUBE-FORWARD", false),
            new Jump("FORWARD", "KUBE-SERVICES", true),
            new Jump("FORWARD", "KUBE-EXTERNAL-SERVICES", true),
            new Jump("OUTPUT", "KUBE-FIREWALL", false),
            new Jump("OUTPUT", "KUBE-PROXY-FIREWALL", true),
            new Jump("OUTPUT", "KUBE-SERVICES", true));

    private static final List<Jump> NAT_JUMPS = List.of(
            new Jump("PREROUTING", "KUBE-SERVICES", false),
            new Jump("OUTPUT", "KUBE-SERVICES", false),
            new Jump("POSTROUTING", "KUBE-POSTROUTING", false));

    private RestoreScript() {}

    /**
     * Everything. Services' chains that are no longer wanted are removed.
     *
     * @param filterNow lines of table filter as saved now
     * @param natNow lines of table nat as saved now
     */
    static String full(Collection<ServiceRules> services, List<String> filterNow, List<String> natNow) {
        StringBuilder text = new StringBuilder(1 << 16);
        text.append("*filter\n");
        fixed(text, FIXED_FILTER);
        shared(text, services, "filter");
        jumps(text, FILTER_JUMPS, filterNow);
        text.append("COMMIT\n*nat\n");
        fixed(text, FIXED_NAT);
        Set<String> wanted = new HashSet<>();
        for (ServiceRules service : services) {
            service.chains().forEach((chain, rules) -> declare(text, chain));
            wanted.addAll(service.chains().keySet());
        }
        List<String> stale = natNow.stream().filter(line -> line.startsWith(":")).map(line -> line.substring(1, line.indexOf(' ')))
                .filter(chain -> ChainNames.PER_SERVICE.matcher(chain).matches() && !wanted.contains(chain)).toList();
        stale.forEach(chain -> declare(text, chain));
        shared(text, services, "nat");
        append(text, Shared.NAT_SERVICES.chain(), NODE_PORTS_JUMP);
        for (ServiceRules service : services) {
            service.chains().forEach((chain, rules) -> rules.forEach(rule -> append(text, chain, rule)));
        }
        stale.forEach(chain -> text.append("-X ").append(chain).append('\n'));
        jumps(text, NAT_JUMPS, natNow);
        return text.append("COMMIT\n").toString();
    }

    /** What leads from the old to the new rules of some services; empty if nothing does. */
    static String incremental(Collection<Change> changes) {
        StringBuilder filter = new StringBuilder();
        boolean refusalsEnd = sharedDifference(filter, changes, "filter");
        StringBuilder nat = new StringBuilder();
        Map<String, List<String>> rewritten = new LinkedHashMap<>();
        Set<String> removed = new LinkedHashSet<>();
        for (Change change : changes) {
            change.now().chains().forEach((chain, rules) -> {
                if (!rules.equals(change.before().chains().get(chain))) {
                    rewritten.put(chain, rules);
                }
            });
            removed.addAll(change.before().chains().keySet());
        }
        changes.forEach(change -> removed.removeAll(change.now().chains().keySet()));
        rewritten.keySet().forEach(chain -> declare(nat, chain));
        removed.forEach(chain -> declare(nat, chain));
        sharedDifference(nat, changes, "nat");
        rewritten.forEach((chain, rules) -> rules.forEach(rule -> append(nat, chain, rule)));
        removed.forEach(chain -> nat.append("-X ").append(chain).append('\n'));
        String filterTable = filter.isEmpty() ? "" : "*filter\n" + filter + "COMMIT\n";
        String natTable = nat.isEmpty() ? "" : "*nat\n" + nat + "COMMIT\n";
        // A service without endpoints is refused before its redirection ends, and redirected before the refusal ends.
        return refusalsEnd ? natTable + filterTable : filterTable + natTable;
    }

    /** One service's rules as programmed and as they should be. */
    record Change(ServiceRules before, ServiceRules now) {}

    /** Inserts those that are missing; each insert goes first, so the last comes first in the text. */
    private static void jumps(StringBuilder text, List<Jump> jumps, List<String> now) {
        for (Jump jump : jumps.reversed()) {
            boolean exists = now.stream().anyMatch(line -> line.startsWith("-A " + jump.from() + " ") && line.endsWith("-j " + jump.to()));
            if (!exists) {
                text.append("-I ").append(jump.from()).append(jump.newConnectionsOnly() ? " -m conntrack --ctstate NEW" : "")
                        .append(" -m comment --comment \"kubernetes services\" -j ").append(jump.to()).append('\n');
            }
        }
    }

    private static void fixed(StringBuilder text, Map<String, List<String>> chains) {
        chains.keySet().stream().sorted().forEach(chain -> declare(text, chain));
        chains.keySet().stream().sorted().forEach(chain -> chains.get(chain).forEach(rule -> append(text, chain, rule)));
    }

    private static void shared(StringBuilder text, Collection<ServiceRules> services, String table) {
        for (Shared chain : Shared.values()) {
            if (chain.table().equals(table)) {
                declare(text, chain.chain());
            }
        }
        for (Shared chain : Shared.values()) {
            if (chain.table().equals(table)) {
                services.forEach(service -> service.shared(chain).forEach(rule -> append(text, chain.chain(), rule)));
            }
        }
    }

    /** Inserts come first in a chain, so that the jump to the node ports stays last. Returns whether rules go away. */
    private static boolean sharedDifference(StringBuilder text, Collection<Change> changes, String table) {
        boolean removes = false;
        for (Change change : changes) {
            for (Shared chain : Shared.values()) {
                if (!chain.table().equals(table)) {
                    continue;
                }
                for (String rule : change.before().shared(chain)) {
                    if (!change.now().shared(chain).contains(rule)) {
                        text.append("-D ").append(chain.chain()).append(' ').append(rule).append('\n');
                        removes = true;
                    }
                }
                for (String rule : change.now().shared(chain)) {
                    if (!change.before().shared(chain).contains(rule)) {
                        text.append("-I ").append(chain.chain()).append(' ').append(rule).append('\n');
                    }
                }
            }
        }
        return removes;
    }

    private static void declare(StringBuilder text, String chain) {
        text.append(':').append(chain).append(" - [0:0]\n");
    }

    private static void append(StringBuilder text, String chain, String rule) {
        text.append("-A ").append(chain).append(' ').append(rule).append('\n');
    }
}
