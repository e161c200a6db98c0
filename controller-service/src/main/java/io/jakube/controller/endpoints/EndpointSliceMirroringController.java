package io.jakube.controller.endpoints;

import io.fabric8.kubernetes.api.model.EndpointAddress;
import io.fabric8.kubernetes.api.model.EndpointSubset;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPortBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSliceBuilder;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.Lister;
import io.jakube.controller.pods.OwnerReferences;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import io.jakube.controller.runtime.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Mirrors hand-made Endpoints of services without selector into EndpointSlices, which is what service proxies read (KEP-752). One slice per subset. */
public final class EndpointSliceMirroringController {
    private static final String MANAGER = "endpointslicemirroring-controller.k8s.io";
    private static final String SKIP = "endpointslice.kubernetes.io/skip-mirror";
    private static final String LEADER = "control-plane.alpha.kubernetes.io/leader";

    private final Lister<Endpoints> endpoints;
    private final Lister<Service> services;
    private final Lister<EndpointSlice> slices;

    public EndpointSliceMirroringController(ControllerScope scope) {
        endpoints = scope.lister(Endpoints.class);
        services = scope.lister(Service.class);
        slices = scope.lister(EndpointSlice.class);
        ReconcileLoop loop = scope.loop("endpointslicemirroring", 1, this::reconcile);
        scope.watchInto(Endpoints.class, loop);
        scope.watchInto(Service.class, loop);
        scope.watchEach(EndpointSlice.class, slice -> {
            if (isMirror(slice)) {
                loop.add(new ObjectKey(slice.getMetadata().getNamespace(), slice.getMetadata().getLabels().getOrDefault(EndpointSliceDecision.SERVICE_NAME, "")));
            }
        });
    }

    private static boolean isMirror(EndpointSlice slice) {
        return slice.getMetadata().getLabels() != null && MANAGER.equals(slice.getMetadata().getLabels().get(EndpointSliceDecision.MANAGED_BY));
    }

    private boolean isMirrored(ObjectKey key, Endpoints object) {
        Map<String, String> labels = object.getMetadata().getLabels() == null ? Map.of() : object.getMetadata().getLabels();
        Map<String, String> annotations = object.getMetadata().getAnnotations() == null ? Map.of() : object.getMetadata().getAnnotations();
        return !"true".equals(labels.get(SKIP)) && !labels.containsKey(EndpointsDecision.MANAGED_BY) && !annotations.containsKey(LEADER) && object.getMetadata().getDeletionTimestamp() == null
                && services.get(key).filter(s -> s.getSpec().getSelector() == null || s.getSpec().getSelector().isEmpty()).isPresent();
    }

    private Plan reconcile(ObjectKey key) {
        List<EndpointSlice> existing = slices.namespace(key.namespace()).stream()
                .filter(s -> isMirror(s) && key.name().equals(s.getMetadata().getLabels().get(EndpointSliceDecision.SERVICE_NAME))).toList();
        List<EndpointSlice> wanted = endpoints.get(key).filter(object -> isMirrored(key, object)).map(EndpointSliceMirroringController::mirror).orElse(List.of());
        List<Write> writes = new ArrayList<>();
        List<EndpointSlice> left = new ArrayList<>(existing);
        for (EndpointSlice slice : wanted) {
            EndpointSlice same = left.stream().filter(s -> s.getAddressType().equals(slice.getAddressType()) && s.getPorts().equals(slice.getPorts())).findFirst().orElse(null);
            if (same == null) {
                writes.add(new Write.Create(slice));
            } else {
                left.remove(same);
                if (!same.getEndpoints().equals(slice.getEndpoints()) || !same.getMetadata().getLabels().equals(slice.getMetadata().getLabels())) {
                    writes.add(new Write.Update(new EndpointSliceBuilder(same).editMetadata().withLabels(slice.getMetadata().getLabels()).endMetadata().withEndpoints(slice.getEndpoints()).build()));
                }
            }
        }
        left.forEach(slice -> writes.add(Write.Delete.of(slice, null)));
        return Plan.builder().together(writes).build();
    }

    private static List<EndpointSlice> mirror(Endpoints object) {
        List<EndpointSlice> result = new ArrayList<>();
        for (EndpointSubset subset : object.getSubsets() == null ? List.<EndpointSubset>of() : object.getSubsets()) {
            List<EndpointPort> ports = subset.getPorts() == null ? List.of() : subset.getPorts().stream()
                    .map(p -> new EndpointPortBuilder().withName(p.getName() == null ? "" : p.getName()).withPort(p.getPort()).withProtocol(p.getProtocol()).withAppProtocol(p.getAppProtocol()).build()).toList();
            Map<String, List<Endpoint>> byFamily = new HashMap<>();
            Stream.concat(subset.getAddresses().stream().map(a -> endpoint(a, true)), subset.getNotReadyAddresses().stream().map(a -> endpoint(a, false)))
                    .forEach(e -> byFamily.computeIfAbsent(e.getAddresses().getFirst().indexOf(':') < 0 ? "IPv4" : "IPv6", f -> new ArrayList<>()).add(e));
            byFamily.forEach((family, members) -> result.add(slice(object, family, ports, members)));
        }
        return result;
    }

    private static Endpoint endpoint(EndpointAddress address, boolean ready) {
        return new EndpointBuilder().withAddresses(address.getIp()).withNewConditions().withReady(ready).endConditions().withHostname(address.getHostname())
                .withNodeName(address.getNodeName()).withTargetRef(address.getTargetRef()).build();
    }

    private static EndpointSlice slice(Endpoints object, String family, List<EndpointPort> ports, List<Endpoint> members) {
        Map<String, String> labels = new HashMap<>(object.getMetadata().getLabels() == null ? Map.of() : object.getMetadata().getLabels());
        labels.put(EndpointSliceDecision.SERVICE_NAME, object.getMetadata().getName());
        labels.put(EndpointSliceDecision.MANAGED_BY, MANAGER);
        return new EndpointSliceBuilder()
                .withNewMetadata().withNamespace(object.getMetadata().getNamespace()).withGenerateName(object.getMetadata().getName() + "-").withLabels(labels)
                .withOwnerReferences(OwnerReferences.toController(object)).endMetadata()
                .withAddressType(family).withPorts(ports).withEndpoints(members).build();
    }
}
