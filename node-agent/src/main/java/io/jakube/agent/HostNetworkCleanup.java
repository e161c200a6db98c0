package io.jakube.agent;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.network.CniConfiguration;
import io.jakube.agent.network.HostCommands;
import io.jakube.agent.network.Iptables;
import io.jakube.agent.network.NodeRoutes;
import io.jakube.agent.network.PodNetwork;
import io.jakube.agent.network.ProcessHostCommands;
import io.jakube.agent.proxy.IptablesBackend;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Takes the agent's traces out of the host's network: service rules, pod network, routes, the DNS address. The agent and all pods must have ended. */
public final class HostNetworkCleanup {
    private final HostCommands host;

    public HostNetworkCleanup() {
        this(new ProcessHostCommands());
    }

    HostNetworkCleanup(HostCommands host) {
        this.host = requireNonNull(host, "host is null");
    }

    private interface Step {
        void run() throws IOException;
    }

    /**
     * Removes everything that can be removed.
     *
     * @param agentRoot {@code jakube.agent.root}
     * @param dnsAddress {@code jakube.dns.address}
     * @return what could not be removed and why, empty if all is gone
     */
    public List<String> run(Path agentRoot, String dnsAddress) {
        List<String> problems = new ArrayList<>();
        attempt(problems, () -> {
            Iptables iptables = Iptables.detect(host);
            new IptablesBackend(host, iptables, Optional.empty()).cleanup();
            Path cni = agentRoot.resolve("cni");
            new PodNetwork(host, iptables, new CniConfiguration(cni, cni.resolve("networks"), CniConfiguration.DEFAULT_BRIDGE), Optional.empty()).cleanup();
        });
        attempt(problems, () -> new NodeRoutes(host, "").cleanup());
        attempt(problems, () -> host.run("ip", "address", "del", dnsAddress + "/32", "dev", "lo"));
        return problems;
    }

    private static void attempt(List<String> problems, Step step) {
        try {
            step.run();
        } catch (IOException e) {
            problems.add(e.getMessage());
        }
    }
}
