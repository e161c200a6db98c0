package io.jakube.apiserver.bootstrap;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The service {@code default/kubernetes}: how pods reach the API server. Its endpoints name the advertised address, and are left out where that
 * is a loopback address, which nobody else could use. Thread-safe.
 */
public final class KubernetesService {
    private static final GroupResource SERVICES = GroupResource.core("services");
    private static final GroupResource ENDPOINTS = GroupResource.core("endpoints");
    private static final GroupResource ENDPOINT_SLICES = new GroupResource("discovery.k8s.io", "endpointslices");
    private static final Logger LOG = LoggerFactory.getLogger(KubernetesService.class);
    /** How long changes are gathered before they are looked at, in milliseconds. */
    private static final long GATHER = 1_000;
    private static final String NAMESPACE = "default";
    private static final String NAME = "kubernetes";

    private final ObjectStore store;
    private final ClusterSettings settings;
    private final AtomicBoolean pending = new AtomicBoolean();

    public KubernetesService(ObjectStore store, ClusterSettings settings) {
        this.store = requireNonNull(store, "store is null");
        this.settings = requireNonNull(settings, "settings is null");
    }

    /** From now on puts things right soon after somebody deleted or changed them. */
    public void follow() {
        for (GroupResource resource : new GroupResource[] {SERVICES, ENDPOINTS, ENDPOINT_SLICES}) {
            store.onChange(resource, () -> {
                if (pending.compareAndSet(false, true)) {
                    Thread.ofVirtual().name("kubernetes-service").start(this::reconcileSoon);
                }
            });
        }
    }

    private void reconcileSoon() {
        try {
            Thread.sleep(GATHER);
            pending.set(false);
            reconcile();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ApiException e) {
            LOG.warn("service {}/{} was not put right, the next change tries again: {}", NAMESPACE, NAME, e.getMessage());
        }
    }

    /** Creates what is missing and corrects what differs. */
    void reconcile() {
        ObjectNode service = service();
        if (store.getCached(SERVICES, NAMESPACE, NAME).map(found -> !found.path("spec").path("ports").path(0).path("targetPort").equals(service.path("spec").path("ports").path(0).path("targetPort"))).orElse(true)) {
            createOr(SERVICES, service, current -> current.withObject("/spec").set("ports", service.path("spec").path("ports")));
        }
        if (InetAddress.ofLiteral(settings.advertiseAddress()).isLoopbackAddress()) {
            return;
        }
        ObjectNode endpoints = endpoints();
        if (store.getCached(ENDPOINTS, NAMESPACE, NAME).map(found -> !found.path("subsets").equals(endpoints.path("subsets"))).orElse(true)) {
            createOr(ENDPOINTS, endpoints, current -> current.set("subsets", endpoints.path("subsets")));
        }
        ObjectNode slice = endpointSlice();
        if (store.getCached(ENDPOINT_SLICES, NAMESPACE, NAME).map(found -> !found.path("endpoints").equals(slice.path("endpoints")) || !found.path("ports").equals(slice.path("ports"))).orElse(true)) {
            createOr(ENDPOINT_SLICES, slice, current -> {
                current.set("endpoints", slice.path("endpoints"));
                current.set("ports", slice.path("ports"));
            });
        }
    }

    private interface Change {
        void in(ObjectNode object);
    }

    private void createOr(GroupResource resource, ObjectNode object, Change change) {
        try {
            store.create(resource, object);
        } catch (ApiException e) {
            if (!e.is("AlreadyExists")) {
                throw e;
            }
            store.update(resource, NAMESPACE, NAME, current -> {
                change.in(current);
                return current;
            });
        }
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
