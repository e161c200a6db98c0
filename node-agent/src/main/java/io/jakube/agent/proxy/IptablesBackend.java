package io.jakube.agent.proxy;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.network.HostCommands;
import io.jakube.agent.network.Ipv4Cidr;
import io.jakube.agent.network.Iptables;
import io.jakube.common.api.ObjectKey;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Services as iptables rules. It remembers what it programmed, so that an update writes only differences: its cost follows the size of the change,
 * not the number of services.
 */
public final class IptablesBackend implements ProxyBackend {
    private final HostCommands host;
    private final Iptables iptables;
    private final RuleGenerator generator;
    private final Map<ObjectKey, ServiceRules> programmed = new HashMap<>();

    /** @param clusterPodCidr all pods' addresses, if known */
    public IptablesBackend(HostCommands host, Iptables iptables, Optional<Ipv4Cidr> clusterPodCidr) {
        this.host = requireNonNull(host, "host is null");
        this.iptables = requireNonNull(iptables, "iptables is null");
        this.generator = new RuleGenerator(clusterPodCidr);
    }

    @Override
    public void replace(Map<ObjectKey, List<ServicePort>> services) throws IOException {
        Map<String, ServiceRules> sorted = new TreeMap<>();
        Map<ObjectKey, ServiceRules> rules = new HashMap<>();
        services.forEach((key, ports) -> {
            ServiceRules own = generator.generate(ports);
            rules.put(key, own);
            sorted.put(key.namespace() + "/" + key.name(), own);
        });
        programmed.clear();
        routeLoopback();
        iptables.restore(RestoreScript.full(sorted.values(), iptables.save("filter").lines().toList(), iptables.save("nat").lines().toList()));
        programmed.putAll(rules);
    }

    @Override
    public void update(Map<ObjectKey, List<ServicePort>> changed) throws IOException {
        List<RestoreScript.Change> changes = new ArrayList<>();
        Map<ObjectKey, ServiceRules> rules = new HashMap<>();
        changed.forEach((key, ports) -> {
            ServiceRules now = generator.generate(ports);
            rules.put(key, now);
            changes.add(new RestoreScript.Change(programmed.getOrDefault(key, ServiceRules.NONE), now));
        });
        String script = RestoreScript.incremental(changes);
        if (!script.isEmpty()) {
            iptables.restore(script);
        }
        programmed.putAll(rules);
        programmed.values().removeIf(ServiceRules.NONE::equals);
    }

    @Override
    public boolean isIntact() throws IOException {
        for (String table : List.of("nat", "filter")) {
            if (!iptables.list(table, RestoreScript.CANARY).contains("-A ")) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void cleanup() throws IOException {
        programmed.clear();
        iptables.removeChains("KUBE-");
    }

    /** Node ports answer at 127.0.0.1 too, as upstream's do; the KUBE-FIREWALL chain keeps others from using this. */
    private void routeLoopback() throws IOException {
        List<String> command = List.of("tee", "/proc/sys/net/ipv4/conf/all/route_localnet");
        host.run(command, "1").requireSuccess(command);
    }
}
