package io.jakube.agent.network;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Routes to the pods of other nodes by way of those nodes' internal addresses, which must be on a common link.
 *
 * <p>Our routes carry a routing protocol number of their own, so they are told from others after a restart. Not thread-safe.
 */
public final class NodeRoutes {
    /** Marks our routes ({@code ip route show proto 118}); unassigned in iproute2's rt_protos. */
    static final String PROTOCOL = "118";

    private static final Logger LOG = LoggerFactory.getLogger(NodeRoutes.class);

    private final HostCommands host;
    private final String nodeName;
    private Map<String, String> established = Map.of();

    /** @param nodeName this node, which needs no route to itself */
    public NodeRoutes(HostCommands host, String nodeName) {
        this.host = requireNonNull(host, "host is null");
        this.nodeName = requireNonNull(nodeName, "nodeName is null");
    }

    /** The routes that should be: pod CIDR to gateway address, of nodes that have both. */
    static Map<String, String> desired(Collection<Node> nodes, String nodeName) {
        Map<String, String> routes = new TreeMap<>();
        for (Node node : nodes) {
            if (node.getMetadata().getName().equals(nodeName) || node.getSpec() == null) {
                continue;
            }
            internalAddress(node).ifPresent(gateway -> podCidrs(node).forEach(cidr -> routes.put(cidr, gateway)));
        }
        return routes;
    }

    private static List<String> podCidrs(Node node) {
        List<String> cidrs = node.getSpec().getPodCIDRs();
        if (cidrs == null || cidrs.isEmpty()) {
            cidrs = Optional.ofNullable(node.getSpec().getPodCIDR()).map(List::of).orElse(List.of());
        }
        return cidrs.stream().filter(cidr -> !cidr.contains(":")).map(cidr -> Ipv4Cidr.parse(cidr).toString()).toList();
    }

    private static Optional<String> internalAddress(Node node) {
        if (node.getStatus() == null || node.getStatus().getAddresses() == null) {
            return Optional.empty();
        }
        return node.getStatus().getAddresses().stream()
                .filter(address -> "InternalIP".equals(address.getType())).map(NodeAddress::getAddress).filter(Ipv4Cidr::isAddress).findFirst();
    }

    /** Makes the host's routes those of the given nodes; a node that can't be reached directly is logged and left out. Cheap if nothing changed. */
    public void sync(Collection<Node> nodes) throws IOException {
        Map<String, String> wanted = desired(nodes, nodeName);
        if (!wanted.isEmpty() && wanted.equals(established)) {
            return;
        }
        boolean complete = true;
        Map<String, String> current = current();
        for (var route : wanted.entrySet()) {
            if (!route.getValue().equals(current.get(route.getKey()))) {
                HostCommands.Result result = host.run("ip", "route", "replace", route.getKey(), "via", route.getValue(), "proto", PROTOCOL);
                if (result.succeeded()) {
                    LOG.info("pods {} are reached through {}", route.getKey(), route.getValue());
                } else {
                    complete = false;
                    LOG.warn("no route to the pods {} of the node at {}, which is not on a link of this host: {}", route.getKey(), route.getValue(), result.error().strip());
                }
            }
        }
        for (String cidr : current.keySet()) {
            if (!wanted.containsKey(cidr)) {
                host.require("ip", "route", "del", cidr, "proto", PROTOCOL);
            }
        }
        established = complete ? wanted : Map.of();
    }

    /** Removes all our routes. */
    public void cleanup() throws IOException {
        sync(List.of());
    }

    private Map<String, String> current() throws IOException {
        Map<String, String> routes = new LinkedHashMap<>();
        for (String line : host.require("ip", "-4", "route", "show", "proto", PROTOCOL).lines().toList()) {
            String[] words = line.strip().split(" +");
            String destination = words[0].contains("/") ? words[0] : words[0] + "/32";
            routes.put(destination, words.length > 2 && words[1].equals("via") ? words[2] : "");
        }
        return routes;
    }
}
