package io.jakube.agent;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.ContainerImage;
import io.jakube.agent.api.ClusterObjects;
import io.jakube.agent.api.RestPodApi;
import io.jakube.agent.config.AgentConfig;
import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.cri.v1.Image;
import io.jakube.agent.cri.v1.RuntimeCondition;
import io.jakube.agent.node.NodeHealth;
import io.jakube.agent.node.NodeInventory;
import io.jakube.agent.node.NodeLoop;
import io.jakube.agent.pod.NodeFacts;
import io.jakube.agent.pod.PodDns;
import io.jakube.agent.pod.PodEvents;
import io.jakube.agent.pod.PodPaths;
import io.jakube.agent.pod.PodServices;
import io.jakube.agent.pod.Pods;
import io.jakube.agent.pod.RuntimeWatcher;
import io.jakube.agent.pull.ImagePuller;
import io.jakube.agent.resources.PodCgroups;
import io.jakube.common.client.ApiClient;
import io.jakube.common.events.ApiEventRecorder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One node: its pods, its Node object, its runtime. A process has one real node or any number of simulated ones. */
final class AgentNode implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentNode.class);
    private static final int MAX_IMAGES = 50;
    private static final Duration IMAGES_KEPT = Duration.ofMinutes(5);

    private final String name;
    private final ContainerRuntime runtime;
    private final ApiEventRecorder events;
    private final PodServices services;
    private final Pods pods;
    private final NodeLoop node;
    private final RuntimeWatcher watcher;
    private List<ContainerImage> images = List.of();
    private Instant imagesRead = Instant.EPOCH;

    /**
     * Starts reporting the node; pods come in through {@link #pods}.
     *
     * @param addresses the node's, the preferred one first
     * @param real false for a simulated node
     */
    AgentNode(
            AgentConfig config,
            String name,
            List<String> addresses,
            ContainerRuntime runtime,
            NodeInventory inventory,
            ApiClient client,
            ClusterObjects objects,
            boolean real) {
        this.name = requireNonNull(name, "name is null");
        this.runtime = requireNonNull(runtime, "runtime is null");
        InstantSource clock = InstantSource.system();
        events = new ApiEventRecorder(client, "kubelet", name, clock);
        NodeFacts facts = new NodeFacts(name, name, addresses, inventory.allocatable(), io.jakube.agent.system.Host.memoryBytes());
        PodEvents podEvents = new PodEvents(events);
        ImagePuller puller = new ImagePuller(runtime, objects, podEvents, real && config.preferLocalImages());
        if (real) {
            puller.warmUp();
        }
        Path resolvConf = Files.exists(Path.of("/run/systemd/resolve/resolv.conf")) ? Path.of("/run/systemd/resolve/resolv.conf") : Path.of("/etc/resolv.conf");
        services = new PodServices(
                runtime,
                new PodPaths(config.root()),
                () -> facts,
                new PodDns(List.of(config.dnsAddress()), config.dnsDomain(), resolvConf),
                podEvents,
                new RestPodApi(client),
                objects,
                puller,
                real ? Optional.of(new PodCgroups()) : Optional.empty(),
                real,
                clock);
        pods = new Pods(services);
        node = new NodeLoop(client, events, clock, name, name, addresses, config.port(), inventory, this::health, real ? this::images : List::of);
        watcher = new RuntimeWatcher(runtime, pods::runtimeChanged);
    }

    Pods pods() {
        return pods;
    }

    PodServices services() {
        return services;
    }

    /** The node's state may have changed. */
    void checkNow() {
        node.checkNow();
    }

    /** Removes what the runtime has of pods that are gone; waits for the runtime. */
    void removeOrphans() throws InterruptedException {
        while (true) {
            try {
                pods.removeOrphans();
                return;
            } catch (RuntimeFailure e) {
                Thread.sleep(Duration.ofSeconds(1));
            }
        }
    }

    /** Ends everything but the pods. */
    @Override
    public void close() {
        node.close();
        pods.close();
        try {
            watcher.close();
        } catch (Exception e) {
            LOG.debug("Ending the watch of node {}'s runtime: {}", name, e.toString());
        }
        events.close();
        runtime.close();
    }

    private NodeHealth health() {
        try {
            List<String> problems = new ArrayList<>();
            for (RuntimeCondition condition : runtime.conditions()) {
                if (!condition.getStatus() && condition.getType().equals("RuntimeReady")) {
                    problems.add("container runtime status check may not have completed yet: " + text(condition));
                } else if (!condition.getStatus() && condition.getType().equals("NetworkReady")) {
                    problems.add("container runtime network not ready: " + text(condition));
                }
            }
            return problems.isEmpty() ? NodeHealth.READY : new NodeHealth(String.join(", ", problems));
        } catch (RuntimeFailure e) {
            return new NodeHealth("container runtime is down: " + e.rpcText());
        }
    }

    private static String text(RuntimeCondition condition) {
        return condition.getType() + "=false reason:" + condition.getReason() + " message:" + condition.getMessage();
    }

    private List<ContainerImage> images() {
        Instant now = Instant.now();
        if (now.isBefore(imagesRead.plus(IMAGES_KEPT))) {
            return images;
        }
        try {
            images = runtime.listImages().stream()
                    .sorted(Comparator.comparingLong(Image::getSize).reversed())
                    .limit(MAX_IMAGES)
                    .map(image -> new ContainerImage(Stream.concat(image.getRepoDigestsList().stream(), image.getRepoTagsList().stream()).toList(), image.getSize()))
                    .toList();
            imagesRead = now;
        } catch (RuntimeFailure e) {
            LOG.debug("Images are not listed: {}", e.rpcText());
        }
        return images;
    }
}
