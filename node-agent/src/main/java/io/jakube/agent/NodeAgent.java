package io.jakube.agent;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.jakube.agent.api.RestClusterObjects;
import io.jakube.agent.config.AgentConfig;
import io.jakube.agent.containerd.ContainerdConfig;
import io.jakube.agent.cri.CriRuntime;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.cri.v1.VersionResponse;
import io.jakube.agent.node.NodeInventory;
import io.jakube.agent.pod.PodDirectory;
import io.jakube.agent.pull.ImageCollector;
import io.jakube.agent.server.AgentServer;
import io.jakube.agent.simulated.SimulatedRuntime;
import io.jakube.common.client.ApiClients;
import io.jakube.common.client.RestClient;
import io.jakube.common.informer.HttpInformerSource;
import io.jakube.common.informer.Informer;
import io.jakube.common.informer.Informers;
import io.jakube.common.informer.InformerSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's process: one real node on a container runtime, or {@code jakube.agent.simulated-nodes} nodes without one. Ending it leaves
 * containers running; the next agent adopts them.
 */
public final class NodeAgent implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeAgent.class);
    /** gRPC sets SO_KEEPALIVE on every channel, and Netty warns that Unix domain sockets have none. Held, because the log manager forgets levels of unused loggers. */
    private static final java.util.logging.Logger CHANNEL_OPTIONS = java.util.logging.Logger.getLogger("io.netty.bootstrap.AbstractBootstrap");
    private static final Duration RUNTIME_RETRY = Duration.ofMillis(200);
    private static final Duration API_RETRY = Duration.ofMillis(100);
    private static final Duration API_PATIENCE = Duration.ofMinutes(1);

    private final List<AutoCloseable> parts = new ArrayList<>();
    private final AgentConfig config;
    private final RestClient client;
    private final Informers informers;

    public NodeAgent(AgentConfig config) throws IOException {
        this.config = config;
        this.client = ApiClients.restClient(config.kubeconfig(), "jakube-agent");
        this.informers = new Informers(new HttpInformerSource(client));
        parts.add(informers);
    }

    public static void main(String[] arguments) throws Exception {
        System.setProperty("io.netty.allocator.numDirectArenas", "1");
        System.setProperty("io.netty.allocator.numHeapArenas", "1");
        System.setProperty("io.netty.allocator.maxOrder", "3");
        CHANNEL_OPTIONS.setLevel(Level.SEVERE);
        AgentConfig config;
        try {
            config = AgentConfig.load();
        } catch (RuntimeException e) {
            System.err.println(e.getMessage());
            System.exit(2);
            return;
        }
        NodeAgent agent = new NodeAgent(config);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("shutdown").unstarted(agent::close));
        agent.awaitApiServer();
        if (config.simulatedNodes() > 0) {
            agent.startSimulated();
        } else {
            agent.startReal();
        }
        Thread.currentThread().join();
    }

    /** Waits for an API server that starts beside this, so that no part begins with growing pauses between its tries. Goes on without one in the end. */
    private void awaitApiServer() throws InterruptedException {
        long end = System.nanoTime() + API_PATIENCE.toNanos();
        boolean told = false;
        while (System.nanoTime() < end) {
            String problem;
            try {
                HttpResponse<Void> answer = client.send(client.prepare("/readyz").timeout(Duration.ofSeconds(5)).GET().build(), HttpResponse.BodyHandlers.discarding());
                if (answer.statusCode() == 200) {
                    return;
                }
                problem = "it is not ready";
            } catch (UncheckedIOException e) {
                problem = "it does not answer";
            }
            if (!told) {
                LOG.info("Waiting for the API server: {}", problem);
                told = true;
            }
            Thread.sleep(API_RETRY);
        }
    }

    private void startReal() throws IOException, InterruptedException {
        Files.createDirectories(config.root());
        CriRuntime runtime = new CriRuntime(config.runtimeSocket());
        VersionResponse version = awaitRuntime(runtime);
        List<String> addresses = List.of(config.nodeAddress().orElseGet(NodeAgent::firstAddress));
        NodeInventory inventory = NodeInventory.ofMachine(config.root(), version.getRuntimeName() + "://" + version.getRuntimeVersion());
        Informer<Service> services = informers.informer(Service.class);
        Informer<Node> nodes = informers.informer(Node.class);
        RestClusterObjects objects = new RestClusterObjects(client, new HttpInformerSource(client), services.lister());
        AgentNode node = new AgentNode(config, config.nodeName(), addresses, runtime, inventory, client, objects, true);
        parts.add(node);
        parts.add(new NodeNetwork(config, nodes, node::checkNow));
        parts.add(new AgentServer(config.port(), config.pki(), node.pods(), runtime, config.nodeName(), false));
        parts.add(new Housekeeping(runtime, config.preferLocalImages()
                ? Optional.empty()
                : Optional.of(new ImageCollector(runtime, config.root(), Set.of(ContainerdConfig.PAUSE_IMAGE)))));
        parts.add(new NodeServices(config, informers));
        Informer<Pod> pods = informers.informer(Pod.class, new InformerSource.Filter("", "spec.nodeName=" + config.nodeName(), ""));
        pods.addHandler(new PodFeed(name -> name.equals(config.nodeName()) ? Optional.of(node.pods()) : Optional.empty()));
        informers.start();
        LOG.info("Node agent {} runs with {} {}", config.nodeName(), version.getRuntimeName(), version.getRuntimeVersion());
        while (!pods.awaitSync(Duration.ofMinutes(1))) {
            LOG.info("Still waiting for the API server's list of pods");
        }
        node.removeOrphans();
    }

    private void startSimulated() {
        Informer<Service> services = informers.informer(Service.class);
        RestClusterObjects objects = new RestClusterObjects(client, new HttpInformerSource(client), services.lister());
        Map<String, AgentNode> nodes = new HashMap<>();
        String address = config.nodeAddress().orElseGet(NodeAgent::firstAddress);
        for (int i = 0; i < config.simulatedNodes(); i++) {
            String name = config.nodeName() + "-" + i;
            SimulatedRuntime runtime = new SimulatedRuntime("10." + (200 + i / 250 % 50), InstantSource.system());
            AgentNode node = new AgentNode(config, name, List.of(address), runtime, NodeInventory.simulated(name), client, objects, false);
            nodes.put(name, node);
            parts.add(node);
        }
        informers.informer(Pod.class).addHandler(new PodFeed(name -> Optional.ofNullable(nodes.get(name)).map(AgentNode::pods)));
        informers.start();
        try {
            PodDirectory all = PodDirectory.of(nodes.values().stream().map(AgentNode::pods).toList());
            parts.add(new AgentServer(config.port(), config.pki(), all, new SimulatedRuntime("10.200", InstantSource.system()), config.nodeName(), true));
        } catch (IOException e) {
            LOG.warn("Requests for logs and streams of simulated pods will find nobody: {}", e.getMessage());
        }
        LOG.info("{} simulated nodes run", config.simulatedNodes());
    }

    private static VersionResponse awaitRuntime(CriRuntime runtime) throws InterruptedException {
        boolean told = false;
        while (true) {
            try {
                return runtime.version();
            } catch (RuntimeFailure e) {
                if (!told) {
                    LOG.info("Waiting for the container runtime: {}", e.getMessage());
                    told = true;
                }
                Thread.sleep(RUNTIME_RETRY);
            }
        }
    }

    private static String firstAddress() {
        try {
            return NetworkInterface.networkInterfaces()
                    .filter(NodeAgent::isUp)
                    .flatMap(NetworkInterface::inetAddresses)
                    .filter(a -> a instanceof java.net.Inet4Address && !a.isLoopbackAddress())
                    .map(InetAddress::getHostAddress)
                    .findFirst()
                    .orElse("127.0.0.1");
        } catch (SocketException e) {
            return "127.0.0.1";
        }
    }

    private static boolean isUp(NetworkInterface candidate) {
        try {
            return candidate.isUp() && !candidate.getName().startsWith("cni") && !candidate.getName().startsWith("veth");
        } catch (SocketException e) {
            return false;
        }
    }

    @Override
    public void close() {
        for (AutoCloseable part : parts.reversed()) {
            try {
                part.close();
            } catch (Exception e) {
                LOG.debug("Closing: {}", e.toString());
            }
        }
    }
}
