package io.jakube.agent.proxy;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointConditions;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointHints;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of a service port, chosen by readiness, termination and topology.
 *
 * <p>Ready endpoints are used; if there are none, those that terminate but still serve (KEP-1669). Zone and node hints narrow the cluster-wide choice when every
 * ready endpoint has them and one is meant for this node (KEP-2433, KEP-4444, KEP-3015).
 *
 * @param cluster for traffic that may go anywhere, sorted by address
 * @param local for traffic that must stay on this node, sorted by address
 * @param any whether there is an endpoint at all; without one, connections are refused rather than dropped
 * @param localReady how many ready endpoints this node has, for load balancers
 */
public record EndpointSelection(List<Endpoint> cluster, List<Endpoint> local, boolean any, int localReady) {
    public static final EndpointSelection NONE = new EndpointSelection(List.of(), List.of(), false, 0);

    public EndpointSelection {
        cluster = List.copyOf(cluster);
        local = List.copyOf(local);
    }

    /** This node, as far as endpoints are concerned. @param zone value of {@code topology.kubernetes.io/zone}, empty if unknown */
    public record Place(String nodeName, String zone) {}

    private record Candidate(Endpoint endpoint, boolean ready, boolean serving, boolean terminating, @Nullable EndpointHints hints) {
        boolean servesWhileTerminating() {
            return serving && terminating;
        }
    }

    /** Selects for the port with this name and protocol among a service's IPv4 slices. */
    public static EndpointSelection select(Collection<EndpointSlice> slices, String portName, String protocol, Place place) {
        Collection<Candidate> candidates = candidates(slices, portName, protocol, place);
        if (candidates.isEmpty()) {
            return NONE;
        }
        Predicate<Candidate> near = topology(candidates, place);
        List<Endpoint> cluster = choose(candidates, near);
        List<Endpoint> local = choose(candidates, candidate -> candidate.endpoint().local());
        long localReady = candidates.stream().filter(c -> c.ready() && c.endpoint().local()).map(c -> c.endpoint().ip()).distinct().count();
        return new EndpointSelection(cluster, local, !cluster.isEmpty(), (int) localReady);
    }

    private static List<Endpoint> choose(Collection<Candidate> candidates, Predicate<Candidate> eligible) {
        List<Endpoint> ready = candidates.stream().filter(Candidate::ready).filter(eligible).map(Candidate::endpoint).toList();
        if (!ready.isEmpty()) {
            return ready;
        }
        return candidates.stream().filter(Candidate::servesWhileTerminating).filter(eligible).map(Candidate::endpoint).toList();
    }

    private static Collection<Candidate> candidates(Collection<EndpointSlice> slices, String portName, String protocol, Place place) {
        Map<String, Candidate> found = new TreeMap<>();
        for (EndpointSlice slice : slices) {
            if (!"IPv4".equals(slice.getAddressType()) || slice.getPorts() == null || slice.getEndpoints() == null) {
                continue;
            }
            for (EndpointPort port : slice.getPorts()) {
                String name = port.getName() == null ? "" : port.getName();
                String portProtocol = port.getProtocol() == null ? "TCP" : port.getProtocol();
                if (port.getPort() == null || !name.equals(portName) || !portProtocol.equalsIgnoreCase(protocol)) {
                    continue;
                }
                for (var endpoint : slice.getEndpoints()) {
                    if (endpoint.getAddresses() != null && !endpoint.getAddresses().isEmpty()) {
                        Candidate candidate = candidate(endpoint, port.getPort(), place);
                        // The same address may be in two slices for a moment; the one that can be used counts.
                        found.merge(candidate.endpoint().toString(), candidate, (a, b) -> a.ready() || !b.ready() && a.serving() ? a : b);
                    }
                }
            }
        }
        return found.values();
    }

    private static Candidate candidate(io.fabric8.kubernetes.api.model.discovery.v1.Endpoint endpoint, int port, Place place) {
        EndpointConditions conditions = endpoint.getConditions() == null ? new EndpointConditions() : endpoint.getConditions();
        boolean ready = conditions.getReady() == null || conditions.getReady();
        boolean serving = conditions.getServing() == null ? ready : conditions.getServing();
        boolean terminating = Boolean.TRUE.equals(conditions.getTerminating());
        boolean local = place.nodeName().equals(endpoint.getNodeName());
        return new Candidate(new Endpoint(endpoint.getAddresses().getFirst(), port, local), ready, serving, terminating, endpoint.getHints());
    }

    private static Predicate<Candidate> topology(Collection<Candidate> candidates, Place place) {
        List<Candidate> ready = candidates.stream().filter(Candidate::ready).toList();
        for (Predicate<Candidate> hinted : List.<Predicate<Candidate>>of(c -> forNode(c, place.nodeName()), c -> forZone(c, place.zone()))) {
            if (ready.stream().anyMatch(hinted) && ready.stream().allMatch(candidate -> candidate.hints() != null)) {
                return hinted;
            }
        }
        return candidate -> true;
    }

    private static boolean forNode(Candidate candidate, String nodeName) {
        EndpointHints hints = candidate.hints();
        return hints != null && hints.getForNodes() != null && hints.getForNodes().stream().anyMatch(node -> nodeName.equals(node.getName()));
    }

    private static boolean forZone(Candidate candidate, String zone) {
        EndpointHints hints = candidate.hints();
        return !zone.isEmpty() && hints != null && hints.getForZones() != null && hints.getForZones().stream().anyMatch(z -> zone.equals(z.getName()));
    }
}
