package io.jakube.agent.proxy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The iptables rules of one service.
 *
 * @param chains chains of its own in table nat, by name, with their rules in order (each without {@code -A chain})
 * @param shared its rules in chains that all services share (each without {@code -A chain}); their order among services does not matter
 */
record ServiceRules(Map<String, List<String>> chains, Map<Shared, List<String>> shared) {
    static final ServiceRules NONE = new ServiceRules(Map.of(), Map.of());

    /** Shared chains, in the order in which they are written. */
    enum Shared {
        FILTER_SERVICES("filter", "KUBE-SERVICES"),
        FILTER_EXTERNAL_SERVICES("filter", "KUBE-EXTERNAL-SERVICES"),
        FILTER_NODE_PORTS("filter", "KUBE-NODEPORTS"),
        FILTER_FIREWALL("filter", "KUBE-PROXY-FIREWALL"),
        NAT_SERVICES("nat", "KUBE-SERVICES"),
        NAT_NODE_PORTS("nat", "KUBE-NODEPORTS");

        private final String table;
        private final String chain;

        Shared(String table, String chain) {
            this.table = table;
            this.chain = chain;
        }

        String table() {
            return table;
        }

        String chain() {
            return chain;
        }
    }

    List<String> shared(Shared chain) {
        return shared.getOrDefault(chain, List.of());
    }

    /** Collects rules; not thread-safe. */
    static final class Builder {
        private final Map<String, List<String>> chains = new LinkedHashMap<>();
        private final Map<Shared, List<String>> shared = new EnumMap<>(Shared.class);

        void add(String chain, String rule) {
            chains.computeIfAbsent(chain, c -> new ArrayList<>()).add(rule);
        }

        void add(Shared chain, String rule) {
            shared.computeIfAbsent(chain, c -> new ArrayList<>()).add(rule);
        }

        ServiceRules build() {
            return new ServiceRules(Collections.unmodifiableMap(chains), Collections.unmodifiableMap(shared));
        }
    }
}
