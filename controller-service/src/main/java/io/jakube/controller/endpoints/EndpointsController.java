package io.jakube.controller.endpoints;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Lister;
import io.jakube.common.selector.LabelSelectors;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Keeps the Endpoints and EndpointSlices of services with a selector, in one loop each. */
public final class EndpointsController {
    private static final String BY_SERVICE = "service";

    private final Lister<Service> services;
    private final Lister<Pod> pods;
    private final Lister<Endpoints> endpoints;
    private final Lister<EndpointSlice> slices;
    private final Lister<Node> nodes;
    private final InstantSource clock;

    public EndpointsController(ControllerScope scope) {
        services = scope.lister(Service.class);
        pods = scope.lister(Pod.class);
        endpoints = scope.lister(Endpoints.class);
        slices = scope.lister(EndpointSlice.class);
        nodes = scope.lister(Node.class);
        clock = scope.clock();
        scope.index(EndpointSlice.class, BY_SERVICE, slice -> {
            Map<String, String> labels = slice.getMetadata().getLabels();
            String name = labels == null || !EndpointSliceDecision.MANAGER.equals(labels.get(EndpointSliceDecision.MANAGED_BY)) ? null : labels.get(EndpointSliceDecision.SERVICE_NAME);
            return name == null ? List.of() : List.of(slice.getMetadata().getNamespace() + "/" + name);
        });
        ReconcileLoop endpointsLoop = scope.loop("endpoint", 5, this::reconcileEndpoints);
        ReconcileLoop slicesLoop = scope.loop("endpointslice", 5, this::reconcileSlices);
        for (ReconcileLoop loop : List.of(slicesLoop, endpointsLoop)) {
            scope.watchInto(Service.class, loop);
            scope.watch(Pod.class, new PodHandler(loop));
        }
        scope.watchInto(Endpoints.class, endpointsLoop);
        scope.watchEach(EndpointSlice.class, slice -> {
            String name = slice.getMetadata().getLabels() == null ? null : slice.getMetadata().getLabels().get(EndpointSliceDecision.SERVICE_NAME);
            if (name != null) {
                slicesLoop.add(new ObjectKey(slice.getMetadata().getNamespace(), name));
            }
        });
    }

    private Plan reconcileEndpoints(ObjectKey key) {
        Service service = services.get(key).orElse(null);
        Endpoints existing = endpoints.get(key).orElse(null);
        if (service == null) {
            boolean ours = existing != null && existing.getMetadata().getLabels() != null && existing.getMetadata().getLabels().containsKey(EndpointsDecision.MANAGED_BY);
            return ours ? Plan.of(io.jakube.controller.runtime.Write.Delete.of(existing, null)) : Plan.NOTHING;
        }
        if (!Backend.isManaged(service) || service.getMetadata().getDeletionTimestamp() != null) {
            return Plan.NOTHING;
        }
        return EndpointsDecision.decide(service, Backend.of(service, pods.namespace(key.namespace())), existing, clock.instant());
    }

    private Plan reconcileSlices(ObjectKey key) {
        Service service = services.get(key).orElse(null);
        // Slices of a deleted service are garbage collected with it.
        if (service == null || !Backend.isManaged(service) || service.getMetadata().getDeletionTimestamp() != null) {
            return Plan.NOTHING;
        }
        return EndpointSliceDecision.decide(service, Backend.of(service, pods.namespace(key.namespace())), List.copyOf(slices.byIndex(BY_SERVICE, key.toString())),
                name -> nodes.get("", name).orElse(null));
    }

    /** Wakes the services that select a pod, or selected it before, when something of it changed that endpoints show. */
    private final class PodHandler implements EventHandler<Pod> {
        private final ReconcileLoop loop;

        PodHandler(ReconcileLoop loop) {
            this.loop = loop;
        }

        @Override
        public void onAdd(Pod pod) {
            wake(pod);
        }

        @Override
        public void onUpdate(Pod old, Pod pod) {
            if (!shown(old).equals(shown(pod))) {
                wake(pod);
                if (!Objects.equals(old.getMetadata().getLabels(), pod.getMetadata().getLabels())) {
                    wake(old);
                }
            }
        }

        @Override
        public void onDelete(Pod last) {
            wake(last);
        }

        private List<Object> shown(Pod pod) {
            return List.of(Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of()), String.valueOf(pod.getMetadata().getDeletionTimestamp()),
                    pod.getSpec(), pod.getStatus() == null ? "" : List.of(String.valueOf(pod.getStatus().getPhase()), String.valueOf(pod.getStatus().getPodIP()),
                            Objects.requireNonNullElse(pod.getStatus().getPodIPs(), List.of()), io.jakube.controller.pods.PodStates.isReady(pod)));
        }

        private void wake(Pod pod) {
            for (Service service : services.namespace(pod.getMetadata().getNamespace())) {
                if (Backend.isManaged(service) && LabelSelectors.containsAll(pod.getMetadata().getLabels(), service.getSpec().getSelector())) {
                    loop.add(ControllerScope.keyOf(service));
                }
            }
        }
    }
}
