package io.jakube.agent.node;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ContainerImage;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.jakube.common.client.ApiClient;
import io.jakube.common.client.PatchType;
import io.jakube.common.events.EventRecorder;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one Node object: registers it, renews its lease every 10 seconds, and writes its status when it changed and every 5 minutes. One
 * virtual thread; failures are logged and tried again a second later.
 */
public final class NodeLoop implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeLoop.class);
    private static final Duration LEASE_INTERVAL = Duration.ofSeconds(10);
    private static final Duration STATUS_INTERVAL = Duration.ofMinutes(5);
    private static final Duration CHECK_WHEN_READY = Duration.ofSeconds(10);
    private static final Duration CHECK_WHEN_NOT = Duration.ofMillis(500);
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final ApiClient client;
    private final EventRecorder events;
    private final InstantSource clock;
    private final String nodeName;
    private final String hostname;
    private final List<String> addresses;
    private final int port;
    private final NodeInventory inventory;
    private final Supplier<NodeHealth> health;
    private final Supplier<List<ContainerImage>> images;
    private final NodeLease lease;
    private final Semaphore signals = new Semaphore(0);
    private final Thread thread;
    private @Nullable Node node;
    private NodeStatus written = new NodeStatus();
    private Instant writtenAt = Instant.EPOCH;
    private Instant leasedAt = Instant.EPOCH;
    private @Nullable Boolean ready;
    private boolean failing;
    private volatile boolean closed;

    /** Starts at once. */
    public NodeLoop(
            ApiClient client,
            EventRecorder events,
            InstantSource clock,
            String nodeName,
            String hostname,
            List<String> addresses,
            int port,
            NodeInventory inventory,
            Supplier<NodeHealth> health,
            Supplier<List<ContainerImage>> images) {
        this.client = requireNonNull(client, "client is null");
        this.events = requireNonNull(events, "events is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.nodeName = requireNonNull(nodeName, "nodeName is null");
        this.hostname = requireNonNull(hostname, "hostname is null");
        this.addresses = List.copyOf(addresses);
        this.port = port;
        this.inventory = requireNonNull(inventory, "inventory is null");
        this.health = requireNonNull(health, "health is null");
        this.images = requireNonNull(images, "images is null");
        this.lease = new NodeLease(client, nodeName, clock);
        this.thread = Thread.ofVirtual().name("node-" + nodeName).start(this::run);
    }

    /** The node's state may have changed. */
    public void checkNow() {
        signals.release();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }

    private void run() {
        try {
            while (!closed) {
                Duration wait;
                try {
                    wait = round();
                    failing = false;
                } catch (RuntimeException e) {
                    if (!failing) {
                        LOG.warn("Reporting node {} failed and is tried again every second: {}", nodeName, e.toString());
                        failing = true;
                    }
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

    private Duration round() {
        Instant now = clock.instant();
        NodeHealth current = health.get();
        NodeStatus status = NodeStatusComputation.compute(inventory, hostname, addresses, port, current, images.get(), written, now);
        Node registered = node;
        if (registered == null) {
            registered = register(status);
            node = registered;
            events.record(reference(), EventRecorder.Type.NORMAL, "Starting", "Starting kubelet.");
        }
        if (!now.isBefore(writtenAt.plus(STATUS_INTERVAL)) || !NodeStatusComputation.same(status, written)) {
            write(status);
            writtenAt = now;
            announce(current.isReady());
        }
        if (!now.isBefore(leasedAt.plus(LEASE_INTERVAL))) {
            lease.renew(registered);
            leasedAt = now;
        }
        if (!current.isReady()) {
            return CHECK_WHEN_NOT;
        }
        Duration untilLease = Duration.between(clock.instant(), leasedAt.plus(LEASE_INTERVAL));
        return untilLease.isNegative() ? Duration.ZERO : untilLease.compareTo(CHECK_WHEN_READY) < 0 ? untilLease : CHECK_WHEN_READY;
    }

    /** Creates the object, or brings the labels of the existing one up to date. */
    private Node register(NodeStatus status) {
        Map<String, String> labels = new TreeMap<>(Map.of(
                "beta.kubernetes.io/arch", inventory.info().getArchitecture(),
                "beta.kubernetes.io/os", "linux",
                "kubernetes.io/arch", inventory.info().getArchitecture(),
                "kubernetes.io/hostname", nodeName,
                "kubernetes.io/os", "linux"));
        try {
            Node created = client.create(new NodeBuilder()
                    .withNewMetadata()
                    .withName(nodeName)
                    .withLabels(labels)
                    .endMetadata()
                    .withNewSpec()
                    .endSpec()
                    .withStatus(status)
                    .build());
            LOG.info("Registered node {}", nodeName);
            return created;
        } catch (ApiException e) {
            if (e.code() != 409) {
                throw e;
            }
            ObjectNode patch = Json.object();
            ObjectNode values = patch.putObject("metadata").putObject("labels");
            labels.forEach(values::put);
            Node present = client.patch(Node.class, "", nodeName, "", PatchType.STRATEGIC_MERGE, patch);
            written = present.getStatus() == null ? new NodeStatus() : present.getStatus();
            writtenAt = Instant.EPOCH;
            return present;
        }
    }

    private void write(NodeStatus status) {
        ObjectNode patch = Json.object();
        patch.set("status", Json.mapper().valueToTree(status));
        try {
            Node stored = client.patch(Node.class, "", nodeName, "status", PatchType.STRATEGIC_MERGE, patch);
            node = stored;
            written = status;
        } catch (ApiException e) {
            if (e.code() == 404) {
                node = null;
            }
            throw e;
        }
    }

    private void announce(boolean nowReady) {
        if (ready == null || ready != nowReady) {
            ready = nowReady;
            String state = nowReady ? "NodeReady" : "NodeNotReady";
            events.record(reference(), EventRecorder.Type.NORMAL, state, "Node " + nodeName + " status is now: " + state);
            LOG.info("Node {} is {}", nodeName, nowReady ? "Ready" : "not Ready");
        }
    }

    private ObjectReference reference() {
        return new ObjectReferenceBuilder().withApiVersion("v1").withKind("Node").withName(nodeName).withUid(nodeName).build();
    }
}
