package io.jakube.agent.proxy;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.network.HostCommands;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the kernel's memory of UDP flows that new rules should send elsewhere.
 *
 * <p>Rules are looked at for the first packet of a flow only. A UDP client that keeps its source port would stick to an endpoint that is gone, or to none if it began
 * before there was an endpoint. TCP ends by itself. Not thread-safe.
 */
final class StaleFlows {
    private static final Logger LOG = LoggerFactory.getLogger(StaleFlows.class);
    private static final String UDP = "udp";

    private final HostCommands host;
    private boolean toolMissing;

    StaleFlows(HostCommands host) {
        this.host = requireNonNull(host, "host is null");
    }

    /** The deletions, as arguments of {@code conntrack -D -p udp}, that a change of one service asks for. */
    static List<List<String>> deletions(List<ServicePort> before, List<ServicePort> now) {
        Set<List<String>> deletions = new LinkedHashSet<>();
        for (ServicePort old : before) {
            if (old.protocol().equals(UDP)) {
                Set<String> gone = addresses(old);
                now.stream().filter(port -> port.portName().equals(old.portName()) && port.protocol().equals(UDP)).forEach(port -> gone.removeAll(addresses(port)));
                for (String endpoint : gone) {
                    matches(old).forEach(match -> deletions.add(concat(match, "--dst-nat", endpoint)));
                }
            }
        }
        for (ServicePort port : now) {
            boolean hadEndpoints = before.stream().anyMatch(old -> old.port() == port.port() && old.protocol().equals(UDP) && old.endpoints().any());
            if (port.protocol().equals(UDP) && port.endpoints().any() && !hadEndpoints) {
                deletions.addAll(matches(port));
            }
        }
        return List.copyOf(deletions);
    }

    private static Set<String> addresses(ServicePort port) {
        Set<String> addresses = new HashSet<>();
        List.of(port.endpoints().cluster(), port.endpoints().local()).forEach(list -> list.forEach(endpoint -> addresses.add(endpoint.ip())));
        return addresses;
    }

    private static List<List<String>> matches(ServicePort port) {
        List<List<String>> matches = new ArrayList<>();
        Set<String> ips = new LinkedHashSet<>(List.of(port.clusterIp()));
        ips.addAll(port.externalIps());
        ips.addAll(port.loadBalancerIps());
        ips.forEach(ip -> matches.add(List.of("--orig-dst", ip, "--orig-port-dst", Integer.toString(port.port()))));
        if (port.nodePort() != 0) {
            matches.add(List.of("--orig-port-dst", Integer.toString(port.nodePort())));
        }
        return matches;
    }

    private static List<String> concat(List<String> match, String... more) {
        List<String> all = new ArrayList<>(match);
        all.addAll(List.of(more));
        return List.copyOf(all);
    }

    /** Carries the deletions out; without the program conntrack says so once. */
    void delete(Collection<List<String>> deletions) {
        for (List<String> match : deletions) {
            if (toolMissing) {
                return;
            }
            List<String> command = new ArrayList<>(List.of("conntrack", "-D", "-p", UDP));
            command.addAll(match);
            try {
                HostCommands.Result result = host.run(command, "");
                if (!result.succeeded() && !result.error().contains("0 flow entries")) {
                    LOG.warn("{}: {}", String.join(" ", command), result.error().strip());
                }
            } catch (IOException e) {
                toolMissing = true;
                LOG.warn("UDP clients may stick to endpoints that are gone: install the package conntrack ({})", e.getMessage());
            }
        }
    }
}
