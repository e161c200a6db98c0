package io.jakube.agent;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.jakube.agent.config.AgentConfig;
import io.jakube.agent.dns.ClusterDns;
import io.jakube.agent.network.HostCommands;
import io.jakube.agent.network.Iptables;
import io.jakube.agent.network.Ipv4Cidr;
import io.jakube.agent.network.ProcessHostCommands;
import io.jakube.agent.proxy.IptablesBackend;
import io.jakube.agent.proxy.ServiceModel;
import io.jakube.agent.proxy.ServiceProxy;
import io.jakube.common.informer.Informer;
import io.jakube.common.informer.Informers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts the node's service proxy and cluster DNS. What the host does not allow (a taken port, unusable iptables) is said once and tried again, as pods that need
 * neither can run meanwhile.
 */
final class NodeServices implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeServices.class);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Path RESOLVER_CONFIGURATION = Path.of("/etc/resolv.conf");

    private final AgentConfig config;
    private final HostCommands host = new ProcessHostCommands();
    private final Informer<Service> services;
    private final Informer<EndpointSlice> slices;
    private final Informer<Node> nodes;
    private final List<AutoCloseable> running = new ArrayList<>();
    private final List<Thread> starters;

    /** Starts both in the background. */
    NodeServices(AgentConfig config, Informers informers) {
        this.config = requireNonNull(config, "config is null");
        services = informers.informer(Service.class);
        slices = informers.informer(EndpointSlice.class);
        nodes = informers.informer(Node.class);
        starters = List.of(
                Thread.ofVirtual().name("start-dns").start(() -> startUntilItWorks("cluster DNS", this::startDns)),
                Thread.ofVirtual().name("start-service-proxy").start(() -> startUntilItWorks("the service proxy", this::startProxy)));
    }

    private interface Start {
        void run() throws IOException;
    }

    private void startUntilItWorks(String what, Start start) {
        String said = "";
        while (!Thread.currentThread().isInterrupted()) {
            try {
                start.run();
                return;
            } catch (IOException | RuntimeException e) {
                String complaint = String.valueOf(e.getMessage());
                if (!complaint.equals(said)) {
                    LOG.error("{} does not start and is tried again: {}", what, complaint);
                    said = complaint;
                }
            }
            try {
                Thread.sleep(RETRY);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void startDns() throws IOException {
        ClusterDns dns = new ClusterDns(host, services, slices, config.dnsAddress(), config.dnsDomain(), RESOLVER_CONFIGURATION);
        try {
            dns.start();
        } catch (IOException e) {
            dns.close();
            throw e;
        }
        keep(dns);
    }

    private void startProxy() throws IOException {
        IptablesBackend backend = new IptablesBackend(host, Iptables.detect(host), config.podCidr().map(Ipv4Cidr::parse));
        ServiceProxy proxy = new ServiceProxy(services, slices, nodes, new ServiceModel(Set.of(config.dnsAddress())), backend, host, config.nodeName());
        proxy.start();
        keep(proxy);
    }

    private void keep(AutoCloseable part) {
        synchronized (running) {
            running.add(part);
        }
    }

    /** Stops both; rules and the DNS address stay for the next agent. */
    @Override
    public void close() throws Exception {
        starters.forEach(Thread::interrupt);
        for (Thread starter : starters) {
            starter.join();
        }
        synchronized (running) {
            for (AutoCloseable part : running) {
                part.close();
            }
        }
    }
}
