package io.jakube.agent;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Node;
import io.jakube.agent.config.AgentConfig;
import io.jakube.agent.network.CniConfiguration;
import io.jakube.agent.network.HostCommands;
import io.jakube.agent.network.Iptables;
import io.jakube.agent.network.Ipv4Cidr;
import io.jakube.agent.network.NodeRoutes;
import io.jakube.agent.network.PodNetwork;
import io.jakube.agent.network.ProcessHostCommands;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Informer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the pod network up once the node has a pod CIDR, and keeps routes to the pods of other nodes. One virtual thread; failures are logged and tried
 * again.
 */
final class NodeNetwork implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeNetwork.class);
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration RECHECK = Duration.ofMinutes(1);

    private final AgentConfig config;
    private final Informer<Node> nodes;
    private final Runnable ready;
    private final HostCommands host = new ProcessHostCommands();
    private final NodeRoutes routes;
    private final Semaphore signals = new Semaphore(1);
    private final Thread thread;
    private boolean started;

    /** @param ready called when pods can be created */
    NodeNetwork(AgentConfig config, Informer<Node> nodes, Runnable ready) {
        this.config = requireNonNull(config, "config is null");
        this.nodes = requireNonNull(nodes, "nodes is null");
        this.ready = requireNonNull(ready, "ready is null");
        this.routes = new NodeRoutes(host, config.nodeName());
        nodes.addHandler(EventHandler.forEach(node -> signals.release()));
        this.thread = Thread.ofVirtual().name("node-network").start(this::run);
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                Duration wait = RECHECK;
                try {
                    sync();
                } catch (IOException | RuntimeException e) {
                    LOG.warn("The pod network is not set up and is tried again: {}", e.getMessage());
                    wait = RETRY;
                }
                if (signals.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                    signals.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sync() throws IOException {
        if (!started) {
            String podCidr = nodes.lister().get("", config.nodeName()).map(node -> node.getSpec() == null ? null : node.getSpec().getPodCIDR()).orElse(null);
            if (podCidr == null || podCidr.isEmpty()) {
                return;
            }
            CniConfiguration cni = new CniConfiguration(config.root().resolve("cni"), config.root().resolve("cni").resolve("networks"), CniConfiguration.DEFAULT_BRIDGE);
            new PodNetwork(host, Iptables.detect(host), cni, config.podCidr().map(Ipv4Cidr::parse)).start(Ipv4Cidr.parse(podCidr));
            started = true;
            ready.run();
        }
        routes.sync(nodes.lister().list());
    }
}
