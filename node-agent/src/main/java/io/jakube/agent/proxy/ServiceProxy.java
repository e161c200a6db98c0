package io.jakube.agent.proxy;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.jakube.agent.network.HostCommands;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Informer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the kernel's service rules equal to the cluster's Services and EndpointSlices.
 *
 * <p>One thread does all the work. Informers only add keys of services to a set under {@code lock}; the thread takes the set as a whole, so any number of
 * changes to a service in the meantime costs one update, and nothing can overflow. The first round, a round after a failure and one after somebody flushed the rules write everything,
 * all others only what changed. Rules stay when the proxy closes: connections outlive a restart of the agent.
 */
public final class ServiceProxy implements AutoCloseable {
    /** Index of EndpointSlices by {@code namespace/service}; other parts of the agent share it. */
    public static final String BY_SERVICE = "service";

    private static final Logger LOG = LoggerFactory.getLogger(ServiceProxy.class);
    private static final String SERVICE_NAME = "kubernetes.io/service-name";
    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final Duration GATHER = Duration.ofMillis(20);
    private static final Duration INTACT_CHECK = Duration.ofSeconds(15);
    private static final Duration RETRY = Duration.ofSeconds(2);

    private final Informer<Service> services;
    private final Informer<EndpointSlice> slices;
    private final Informer<Node> nodes;
    private final ServiceModel model;
    private final ProxyBackend backend;
    private final StaleFlows flows;
    private final String nodeName;
    private final Duration intactCheck;
    private final HealthCheckNodePorts healthChecks = new HealthCheckNodePorts();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition wake = lock.newCondition();
    private Set<ObjectKey> dirty = new HashSet<>();
    private boolean everythingDirty = true;
    private boolean closed;

    private final CountDownLatch firstSync = new CountDownLatch(1);
    private final Map<ObjectKey, List<ServicePort>> programmed = new HashMap<>();
    private volatile String zone = "";
    private @Nullable Thread worker;

    private final EventHandler<Service> serviceHandler = EventHandler.forEach(service -> markDirty(keyOf(service)));
    private final EventHandler<EndpointSlice> sliceHandler = EventHandler.forEach(slice -> serviceOf(slice).forEach(name -> markDirty(parse(name))));
    private final EventHandler<Node> nodeHandler = EventHandler.forEach(this::nodeChanged);

    /** @param nodeName this node; endpoints on it are local */
    public ServiceProxy(Informer<Service> services, Informer<EndpointSlice> slices, Informer<Node> nodes, ServiceModel model, ProxyBackend backend, HostCommands host,
            String nodeName) {
        this(services, slices, nodes, model, backend, host, nodeName, INTACT_CHECK);
    }

    /** @param intactCheck how long to be idle before looking whether the rules are still there */
    ServiceProxy(Informer<Service> services, Informer<EndpointSlice> slices, Informer<Node> nodes, ServiceModel model, ProxyBackend backend, HostCommands host,
            String nodeName, Duration intactCheck) {
        this.services = requireNonNull(services, "services is null");
        this.slices = requireNonNull(slices, "slices is null");
        this.nodes = requireNonNull(nodes, "nodes is null");
        this.model = requireNonNull(model, "model is null");
        this.backend = requireNonNull(backend, "backend is null");
        this.flows = new StaleFlows(host);
        this.nodeName = requireNonNull(nodeName, "nodeName is null");
        this.intactCheck = requireNonNull(intactCheck, "intactCheck is null");
        slices.ensureIndex(BY_SERVICE, ServiceProxy::serviceOf);
    }

    /** The {@code namespace/name} of the service a slice belongs to; empty for slices of nobody. */
    public static List<String> serviceOf(EndpointSlice slice) {
        Map<String, String> labels = slice.getMetadata().getLabels();
        String service = labels == null ? null : labels.get(SERVICE_NAME);
        return service == null ? List.of() : List.of(slice.getMetadata().getNamespace() + "/" + service);
    }

    /** Starts the thread; rules are written as soon as the informers have their first lists. */
    public void start() {
        nodes.addHandler(nodeHandler);
        services.addHandler(serviceHandler);
        slices.addHandler(sliceHandler);
        worker = Thread.ofVirtual().name("service-proxy").start(this::run);
    }

    /** Waits until all rules have been written once. @return false on time-out */
    public boolean awaitFirstSync(Duration timeout) throws InterruptedException {
        return firstSync.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Stops following changes and leaves the rules. */
    @Override
    public void close() {
        services.removeHandler(serviceHandler);
        slices.removeHandler(sliceHandler);
        nodes.removeHandler(nodeHandler);
        lock.lock();
        try {
            closed = true;
            wake.signalAll();
        } finally {
            lock.unlock();
        }
        Thread running = worker;
        if (running != null) {
            running.interrupt();
            try {
                running.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        healthChecks.close();
    }

    private static ObjectKey keyOf(Service service) {
        return new ObjectKey(service.getMetadata().getNamespace(), service.getMetadata().getName());
    }

    private static ObjectKey parse(String qualifiedName) {
        int slash = qualifiedName.indexOf('/');
        return new ObjectKey(qualifiedName.substring(0, slash), qualifiedName.substring(slash + 1));
    }

    private void markDirty(ObjectKey service) {
        lock.lock();
        try {
            dirty.add(service);
            wake.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Only this node's zone matters, as topology hints refer to it. */
    private void nodeChanged(Node node) {
        if (!node.getMetadata().getName().equals(nodeName)) {
            return;
        }
        Map<String, String> labels = node.getMetadata().getLabels();
        String now = labels == null ? "" : labels.getOrDefault(ZONE, "");
        if (!now.equals(zone)) {
            zone = now;
            services.lister().list().forEach(service -> markDirty(keyOf(service)));
        }
    }

    private void run() {
        try {
            for (Informer<?> informer : List.of(services, slices)) {
                while (!informer.awaitSync(Duration.ofMinutes(1))) {
                    LOG.info("service rules wait for the list of {}", informer.resource());
                }
            }
            while (waitForWork()) {
                Thread.sleep(GATHER);
                work();
            }
        } catch (InterruptedException e) {
            LOG.debug("service proxy stopped");
        }
    }

    /** @return false when closed */
    private boolean waitForWork() throws InterruptedException {
        lock.lock();
        try {
            long left = intactCheck.toNanos();
            while (!closed && dirty.isEmpty() && !everythingDirty) {
                if (left <= 0) {
                    return true;
                }
                left = wake.awaitNanos(left);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void work() throws InterruptedException {
        Set<ObjectKey> changed;
        boolean everything;
        lock.lock();
        try {
            changed = dirty;
            everything = everythingDirty;
            dirty = new HashSet<>();
            everythingDirty = false;
        } finally {
            lock.unlock();
        }
        try {
            if (everything) {
                replace();
            } else if (!changed.isEmpty()) {
                update(changed);
            } else if (!backend.isIntact()) {
                LOG.warn("service rules were removed by somebody else and are written again");
                replace();
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("service rules could not be written, all of them will be written again in {} s: {}", RETRY.toSeconds(), e.getMessage(), e instanceof IOException ? null : e);
            Thread.sleep(RETRY);
            lock.lock();
            try {
                everythingDirty = true;
            } finally {
                lock.unlock();
            }
        }
    }

    private void replace() throws IOException {
        long start = System.nanoTime();
        Map<ObjectKey, List<ServicePort>> all = new HashMap<>();
        services.lister().list().forEach(service -> all.put(keyOf(service), ports(keyOf(service))));
        backend.replace(all);
        LOG.info("rules of {} services written in {} ms", all.size(), (System.nanoTime() - start) / 1_000_000);
        Set<ObjectKey> keys = new HashSet<>(programmed.keySet());
        keys.addAll(all.keySet());
        follow(keys, all);
        firstSync.countDown();
    }

    private void update(Set<ObjectKey> changed) throws IOException {
        long start = System.nanoTime();
        Map<ObjectKey, List<ServicePort>> now = new HashMap<>();
        for (ObjectKey key : changed) {
            List<ServicePort> ports = ports(key);
            if (!ports.equals(programmed.getOrDefault(key, List.of()))) {
                now.put(key, ports);
            }
        }
        if (!now.isEmpty()) {
            backend.update(now);
            follow(now.keySet(), now);
            LOG.debug("rules of {} changed services written in {} ms", now.size(), (System.nanoTime() - start) / 1_000_000);
        }
    }

    /** What comes after the rules are in place. */
    private void follow(Collection<ObjectKey> keys, Map<ObjectKey, List<ServicePort>> now) {
        List<List<String>> stale = new ArrayList<>();
        for (ObjectKey key : keys) {
            List<ServicePort> ports = now.getOrDefault(key, List.of());
            stale.addAll(StaleFlows.deletions(programmed.getOrDefault(key, List.of()), ports));
            healthChecks.update(key, ports);
            if (ports.isEmpty()) {
                programmed.remove(key);
            } else {
                programmed.put(key, ports);
            }
        }
        flows.delete(stale);
    }

    private List<ServicePort> ports(ObjectKey key) {
        try {
            return model.ports(services.lister().get(key).orElse(null), slices.lister().byIndex(BY_SERVICE, key.namespace() + "/" + key.name()),
                    new EndpointSelection.Place(nodeName, zone));
        } catch (IllegalArgumentException e) {
            LOG.warn("service {}/{} gets no rules: {}", key.namespace(), key.name(), e.getMessage());
            return List.of();
        }
    }
}
