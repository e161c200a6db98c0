package io.jakube.apiserver.bootstrap;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.Plugins;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service {@code default/kubernetes}: how pods reach the API server. Its endpoints name the advertised address, and are left out where that
 * is a loopback address, which nobody else could use. Looked after every ten seconds, and soon after somebody changed it. Thread-safe.
 */
public final class KubernetesService implements Plugins.Bootstrap {
    private static final GroupResource SERVICES = GroupResource.core("services");
    private static final GroupResource ENDPOINTS = GroupResource.core("endpoints");
    private static final GroupResource ENDPOINT_SLICES = new GroupResource("discovery.k8s.io", "endpointslices");
    private static final GroupResource ADDRESSES = new GroupResource("networking.k8s.io", "ipaddresses");
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesService.class);
    /** How long changes are gathered before they are looked at, in milliseconds. */
    private static final long GATHER = 1_000;
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    /** After this a server that took the service's address is not about to store the service any more. */
    private static final Duration ABANDONED = Duration.ofSeconds(20);
    private static final int ATTEMPTS = 20;
    private static final long BETWEEN_ATTEMPTS = 50;
    private static final String NAMESPACE = "default";
    private static final String NAME = "kubernetes";

    private final ObjectStore store;
    private final ClusterSettings settings;
    private final InstantSource clock;
    private final AtomicBoolean pending = new AtomicBoolean();
    private final AtomicBoolean following = new AtomicBoolean();
    private final ReentrantLock reconciling = new ReentrantLock();

    public KubernetesService(ObjectStore store, ClusterSettings settings, InstantSource clock) {
        this.store = requireNonNull(store, "store is null");
        this.settings = requireNonNull(settings, "settings is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    @Override
    public String name() {
        return "poststarthook/kubernetes-service";
    }

    @Override
    public Duration repeatAfter() {
        return INTERVAL;
    }

    @Override
    public void run() throws InterruptedException {
        reconcile();
        if (following.compareAndSet(false, true)) {
            for (GroupResource resource : List.of(SERVICES, ENDPOINTS, ENDPOINT_SLICES)) {
                store.onChange(resource, this::changed);
            }
        }
    }

    private void changed() {
        if (pending.compareAndSet(false, true)) {
            Thread.ofVirtual().name("kubernetes-service").start(() -> {
                try {
                    Thread.sleep(GATHER);
                    pending.set(false);
                    reconcile();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } catch (ApiException e) {
                    LOG.debug("service {}/{} was not put right, tried again within {}: {}", NAMESPACE, NAME, INTERVAL, e.getMessage());
                }
            });
        }
    }

    /** Creates what is missing and corrects what differs. */
    void reconcile() throws InterruptedException {
        reconciling.lock();
        try {
            keepService();
            if (!InetAddress.ofLiteral(settings.advertiseAddress()).isLoopbackAddress()) {
                keep(ENDPOINTS, endpoints(), "subsets");
                keep(ENDPOINT_SLICES, endpointSlice(), "endpoints", "ports");
            }
        } finally {
            reconciling.unlock();
        }
    }

    private void keepService() throws InterruptedException {
        ObjectNode wished = service();
        JsonNode port = wished.path("spec").path("ports").path(0).path("targetPort");
        Optional<ObjectNode> found = find(SERVICES);
        if (found.isEmpty()) {
            createService(wished);
        } else if (!found.get().path("spec").path("ports").path(0).path("targetPort").equals(port)) {
            store.update(SERVICES, NAMESPACE, NAME, current -> {
                current.withObject("/spec").set("ports", wished.path("spec").path("ports"));
                return current;
            });
        }
    }

    /** A server that creates the service at the same time holds its address a moment earlier, which shows as an invalid address here. */
    private void createService(ObjectNode service) throws InterruptedException {
        for (int attempt = 1; ; attempt++) {
            try {
                store.create(SERVICES, service);
                return;
            } catch (ApiException e) {
                if (e.is("AlreadyExists") || store.get(SERVICES, NAMESPACE, NAME).isPresent()) {
                    return;
                }
                if (!e.is("Invalid") || attempt == ATTEMPTS) {
                    throw e;
                }
                releaseAbandonedAddress();
                Thread.sleep(BETWEEN_ATTEMPTS);
            }
        }
    }

    /** Gives the service's address back where a server took it for the service, and died before it stored the service. */
    private void releaseAbandonedAddress() {
        store.get(ADDRESSES, "", settings.serviceAddress()).ifPresent(address -> {
            JsonNode parent = address.path("spec").path("parentRef");
            boolean ours = parent.path("resource").asText().equals("services") && parent.path("namespace").asText().equals(NAMESPACE) && parent.path("name").asText().equals(NAME);
            if (ours && Instant.parse(address.path("metadata").path("creationTimestamp").asText()).plus(ABANDONED).isBefore(clock.instant())) {
                ObjectNode options = Json.object();
                options.putObject("preconditions").set("uid", address.path("metadata").path("uid"));
                store.delete(ADDRESSES, "", settings.serviceAddress(), options);
            }
        });
    }

    private void keep(GroupResource resource, ObjectNode wished, String... fields) {
        Optional<ObjectNode> found = find(resource);
        if (found.isEmpty()) {
            try {
                store.create(resource, wished);
            } catch (ApiException e) {
                if (!e.is("AlreadyExists")) {
                    throw e;
                }
            }
        } else if (!Stream.of(fields).allMatch(field -> found.get().path(field).equals(wished.path(field)))) {
            store.update(resource, NAMESPACE, NAME, current -> {
                Stream.of(fields).forEach(field -> current.set(field, wished.path(field)));
                return current;
            });
        }
    }

    /** What the cache does not know is asked of the store: the cache may lag behind what this server has just written. */
    private Optional<ObjectNode> find(GroupResource resource) {
        return store.getCached(resource, NAMESPACE, NAME).or(() -> store.get(resource, NAMESPACE, NAME));
    }

    private ObjectNode service() {
        ObjectNode service = object("v1", "Service");
        service.withObject("/metadata/labels").put("component", "apiserver").put("provider", "kubernetes");
        ObjectNode spec = service.putObject("spec");
        spec.put("clusterIP", settings.serviceAddress()).putArray("clusterIPs").add(settings.serviceAddress());
        spec.putArray("ipFamilies").add(family());
        spec.put("ipFamilyPolicy", "SingleStack").put("internalTrafficPolicy", "Cluster").put("sessionAffinity", "None").put("type", "ClusterIP");
        spec.putArray("ports").addObject().put("name", "https").put("port", 443).put("protocol", "TCP").put("targetPort", settings.port());
        service.putObject("status").putObject("loadBalancer");
        return service;
    }

    private ObjectNode endpoints() {
        ObjectNode endpoints = object("v1", "Endpoints");
        endpoints.withObject("/metadata/labels").put("endpointslice.kubernetes.io/skip-mirror", "true");
        ObjectNode subset = endpoints.putArray("subsets").addObject();
        subset.putArray("addresses").addObject().put("ip", settings.advertiseAddress());
        subset.putArray("ports").addObject().put("name", "https").put("port", settings.port()).put("protocol", "TCP");
        return endpoints;
    }

    private ObjectNode endpointSlice() {
        ObjectNode slice = object("discovery.k8s.io/v1", "EndpointSlice");
        slice.withObject("/metadata/labels").put("kubernetes.io/service-name", NAME);
        slice.put("addressType", family());
        ObjectNode endpoint = slice.putArray("endpoints").addObject();
        endpoint.putArray("addresses").add(settings.advertiseAddress());
        endpoint.putObject("conditions").put("ready", true);
        slice.putArray("ports").addObject().put("name", "https").put("port", settings.port()).put("protocol", "TCP");
        return slice;
    }

    private String family() {
        return settings.serviceAddress().indexOf(':') >= 0 ? "IPv6" : "IPv4";
    }

    private static ObjectNode object(String apiVersion, String kind) {
        ObjectNode object = Json.object().put("apiVersion", apiVersion).put("kind", kind);
        object.putObject("metadata").put("name", NAME).put("namespace", NAMESPACE);
        return object;
    }
}
