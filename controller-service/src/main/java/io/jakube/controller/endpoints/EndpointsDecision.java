package io.jakube.controller.endpoints;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointAddressBuilder;
import io.fabric8.kubernetes.api.model.EndpointPort;
import io.fabric8.kubernetes.api.model.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.EndpointSubsetBuilder;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.Write;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Endpoints object of a service: addresses of its main IP family, grouped by ports, at most 1000. Pure. */
final class EndpointsDecision {
    static final String MANAGED_BY = "endpoints.kubernetes.io/managed-by";
    private static final String MANAGER = "endpoint-controller";
    private static final String OVER_CAPACITY = "endpoints.kubernetes.io/over-capacity";
    private static final String TRIGGER_TIME = "endpoints.kubernetes.io/last-change-trigger-time";
    private static final int MAX_ADDRESSES = 1000;

    private EndpointsDecision() {}

    /** @param now time for the annotation that says when the change began */
    static Plan decide(Service service, List<Backend> backends, @Nullable Endpoints existing, java.time.Instant now) {
        String family = Backend.families(service).getFirst();
        List<Backend> listed = backends.stream()
                .filter(b -> b.family().equals(family) && (!b.terminating() || Boolean.TRUE.equals(service.getSpec().getPublishNotReadyAddresses())))
                .sorted(Comparator.comparing((Backend b) -> !b.ready()).thenComparing(Backend.ORDER))
                .toList();
        boolean tooMany = listed.size() > MAX_ADDRESSES;
        List<EndpointSubset> subsets = subsets(service, tooMany ? listed.subList(0, MAX_ADDRESSES) : listed);
        Map<String, String> labels = labels(service);
        Map<String, String> annotations = new HashMap<>();
        if (existing != null && existing.getMetadata().getAnnotations() != null) {
            annotations.putAll(existing.getMetadata().getAnnotations());
        }
        annotations.remove(OVER_CAPACITY);
        if (tooMany) {
            annotations.put(OVER_CAPACITY, "truncated");
        }
        if (existing == null) {
            annotations.put(TRIGGER_TIME, io.jakube.controller.pods.Times.format(now));
            return Plan.of(new Write.Create(new EndpointsBuilder().withNewMetadata().withNamespace(service.getMetadata().getNamespace()).withName(service.getMetadata().getName())
                    .withLabels(labels).withAnnotations(annotations).endMetadata().withSubsets(subsets).build()));
        }
        boolean same = subsets.equals(existing.getSubsets() == null ? List.of() : existing.getSubsets()) && labels.equals(existing.getMetadata().getLabels())
                && annotations.equals(existing.getMetadata().getAnnotations() == null ? Map.of() : existing.getMetadata().getAnnotations());
        annotations.put(TRIGGER_TIME, io.jakube.controller.pods.Times.format(now));
        return same ? Plan.NOTHING : Plan.of(new Write.Update(
                new EndpointsBuilder(existing).editMetadata().withLabels(labels).withAnnotations(annotations).endMetadata().withSubsets(subsets).build()));
    }

    private static Map<String, String> labels(Service service) {
        Map<String, String> labels = new HashMap<>();
        if (service.getMetadata().getLabels() != null) {
            labels.putAll(service.getMetadata().getLabels());
        }
        labels.put(MANAGED_BY, MANAGER);
        if (Backend.isHeadless(service)) {
            labels.put(EndpointSliceDecision.HEADLESS, "");
        } else {
            labels.remove(EndpointSliceDecision.HEADLESS);
        }
        return labels;
    }

    private static List<EndpointSubset> subsets(Service service, List<Backend> backends) {
        boolean portless = service.getSpec().getPorts() == null || service.getSpec().getPorts().isEmpty();
        Map<List<Backend.Port>, List<Backend>> byPorts = new LinkedHashMap<>();
        for (Backend backend : backends) {
            // A pod that has none of the named ports is no backend; a headless service without ports is only names.
            if (portless || !backend.ports().isEmpty()) {
                byPorts.computeIfAbsent(backend.ports(), p -> new ArrayList<>()).add(backend);
            }
        }
        List<EndpointSubset> subsets = new ArrayList<>();
        byPorts.forEach((ports, members) -> subsets.add(new EndpointSubsetBuilder()
                .withAddresses(members.stream().filter(Backend::ready).map(EndpointsDecision::address).toList())
                .withNotReadyAddresses(members.stream().filter(b -> !b.ready()).map(EndpointsDecision::address).toList())
                .withPorts(ports.stream().map(EndpointsDecision::port).toList())
                .build()));
        return subsets;
    }

    private static EndpointAddress address(Backend backend) {
        return new EndpointAddressBuilder().withIp(backend.address()).withHostname(backend.hostname()).withNodeName(backend.pod().getSpec().getNodeName()).withTargetRef(backend.target()).build();
    }

    private static EndpointPort port(Backend.Port port) {
        return new EndpointPortBuilder().withName(port.name()).withProtocol(port.protocol()).withPort(port.number()).withAppProtocol(port.appProtocol()).build();
    }
}
