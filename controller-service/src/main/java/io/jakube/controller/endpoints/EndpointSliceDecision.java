package io.jakube.controller.endpoints;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.jakube.controller.pods.OwnerReferences;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Spreads a service's backends over slices of up to 100 endpoints with the same ports (KEP-752). An endpoint stays in the slice it is in, so
 * that a change of one pod changes one slice. Pure.
 */
final class EndpointSliceDecision {
    static final String SERVICE_NAME = "kubernetes.io/service-name";
    static final String MANAGED_BY = "endpointslice.kubernetes.io/managed-by";
    static final String MANAGER = "endpointslice-controller.k8s.io";
    static final String HEADLESS = "service.kubernetes.io/headless";
    private static final String ZONE = "topology.kubernetes.io/zone";
    private static final int MAX_ENDPOINTS = 100;

    private record Group(String family, List<EndpointPort> ports) {}

    private EndpointSliceDecision() {}

    /** @param slices the service's slices that this controller manages */
    static Plan decide(Service service, List<Backend> backends, List<EndpointSlice> slices, Function<String, @Nullable Node> nodes) {
        Map<Group, List<Endpoint>> wanted = new LinkedHashMap<>();
        for (Backend backend : backends) {
            wanted.computeIfAbsent(new Group(backend.family(), ports(backend)), g -> new ArrayList<>()).add(endpoint(backend, nodes));
        }
        // A service without pods has an empty slice, which tells "none" from "not yet".
        for (String family : Backend.families(service)) {
            if (wanted.keySet().stream().noneMatch(g -> g.family().equals(family))) {
                wanted.put(new Group(family, List.of()), List.of());
            }
        }
        List<Write> writes = new ArrayList<>();
        List<EndpointSlice> left = new ArrayList<>(slices.stream().filter(s -> s.getMetadata().getDeletionTimestamp() == null).toList());
        wanted.forEach((group, endpoints) -> {
            List<EndpointSlice> existing = left.stream().filter(s -> group.family().equals(s.getAddressType()) && samePorts(s.getPorts(), group.ports())).toList();
            left.removeAll(existing);
            fill(service, group, endpoints, existing, left, writes);
        });
        left.forEach(slice -> writes.add(Write.Delete.of(slice, null)));
        return Plan.builder().together(writes).build();
    }

    private static boolean samePorts(@Nullable List<EndpointPort> one, List<EndpointPort> other) {
        return (one == null ? List.of() : one).equals(other);
    }

    private static void fill(Service service, Group group, List<Endpoint> endpoints, List<EndpointSlice> existing, List<EndpointSlice> reusable, List<Write> writes) {
        Map<Object, Endpoint> missing = new LinkedHashMap<>();
        endpoints.forEach(e -> missing.put(identity(e), e));
        Map<EndpointSlice, List<Endpoint>> kept = new LinkedHashMap<>();
        for (EndpointSlice slice : existing) {
            List<Endpoint> stay = new ArrayList<>();
            for (Endpoint old : slice.getEndpoints() == null ? List.<Endpoint>of() : slice.getEndpoints()) {
                Endpoint now = missing.remove(identity(old));
                if (now != null) {
                    stay.add(now);
                }
            }
            kept.put(slice, stay);
        }
        List<Endpoint> rest = new ArrayList<>(missing.values());
        boolean needsOne = endpoints.isEmpty();
        for (Map.Entry<EndpointSlice, List<Endpoint>> entry : kept.entrySet()) {
            int room = Math.min(MAX_ENDPOINTS - entry.getValue().size(), rest.size());
            entry.getValue().addAll(rest.subList(0, room));
            rest.subList(0, room).clear();
            if (entry.getValue().isEmpty() && !needsOne) {
                writes.add(Write.Delete.of(entry.getKey(), null));
            } else {
                needsOne = false;
                update(service, group, entry.getKey(), entry.getValue(), writes);
            }
        }
        for (int i = 0; i < rest.size() || needsOne; i += MAX_ENDPOINTS) {
            needsOne = false;
            List<Endpoint> part = List.copyOf(rest.subList(i, Math.min(rest.size(), i + MAX_ENDPOINTS)));
            // A slice whose ports changed takes the new ones, rather than leaving for a moment no slice at all.
            EndpointSlice recycled = reusable.stream().filter(s -> group.family().equals(s.getAddressType())).findFirst().orElse(null);
            if (recycled != null) {
                reusable.remove(recycled);
                update(service, group, recycled, part, writes);
            } else {
                writes.add(new Write.Create(create(service, group, part)));
            }
        }
    }

    private static Object identity(Endpoint endpoint) {
        return List.of(endpoint.getAddresses(), endpoint.getTargetRef() == null ? "" : Objects.requireNonNullElse(endpoint.getTargetRef().getUid(), ""));
    }

    private static void update(Service service, Group group, EndpointSlice slice, List<Endpoint> endpoints, List<Write> writes) {
        Map<String, String> labels = labels(service, slice.getMetadata().getLabels());
        if (!endpoints.equals(slice.getEndpoints() == null ? List.of() : slice.getEndpoints()) || !samePorts(slice.getPorts(), group.ports()) || !labels.equals(slice.getMetadata().getLabels())) {
            writes.add(new Write.Update(new EndpointSliceBuilder(slice).editMetadata().withLabels(labels).endMetadata().withPorts(group.ports()).withEndpoints(endpoints).build()));
        }
    }

    private static EndpointSlice create(Service service, Group group, List<Endpoint> endpoints) {
        return new EndpointSliceBuilder()
                .withNewMetadata()
                .withNamespace(service.getMetadata().getNamespace())
                .withGenerateName(service.getMetadata().getName() + "-")
                .withLabels(labels(service, Map.of()))
                .withOwnerReferences(OwnerReferences.toController(service))
                .endMetadata()
                .withAddressType(group.family())
                .withPorts(group.ports())
                .withEndpoints(endpoints)
                .build();
    }

    private static Map<String, String> labels(Service service, @Nullable Map<String, String> existing) {
        Map<String, String> labels = new HashMap<>();
        if (service.getMetadata().getLabels() != null) {
            labels.putAll(service.getMetadata().getLabels());
        }
        labels.put(SERVICE_NAME, service.getMetadata().getName());
        labels.put(MANAGED_BY, MANAGER);
        if (Backend.isHeadless(service)) {
            labels.put(HEADLESS, "");
        } else {
            labels.remove(HEADLESS);
        }
        return labels;
    }

    private static List<EndpointPort> ports(Backend backend) {
        return backend.ports().stream().map(p -> new EndpointPortBuilder().withName(p.name() == null ? "" : p.name()).withProtocol(p.protocol()).withPort(p.number()).withAppProtocol(p.appProtocol()).build()).toList();
    }

    private static Endpoint endpoint(Backend backend, Function<String, @Nullable Node> nodes) {
        String nodeName = backend.pod().getSpec().getNodeName();
        Node node = nodeName == null ? null : nodes.apply(nodeName);
        String zone = node == null || node.getMetadata().getLabels() == null ? null : node.getMetadata().getLabels().get(ZONE);
        return new EndpointBuilder()
                .withAddresses(backend.address())
                .withNewConditions().withReady(backend.ready()).withServing(backend.serving()).withTerminating(backend.terminating()).endConditions()
                .withHostname(backend.hostname())
                .withNodeName(nodeName)
                .withZone(zone)
                .withTargetRef(backend.target())
                .build();
    }
}
