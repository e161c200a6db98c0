package io.jakube.controller.loadbalancer;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.events.EventRecorder;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Lister;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import io.jakube.controller.runtime.Write;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives services of type LoadBalancer their addresses: one of the configured pool on which their ports are free, or, without a pool, those of
 * the nodes. The service proxies of the nodes serve them. Services with a load balancer class belong to someone else. One worker: no address is given twice.
 */
public final class LoadBalancerController {
    private final Lister<Service> services;
    private final Lister<Node> nodes;
    private final List<String> pool;
    private final EventRecorder events;

    /** @param addresses the pool: addresses and ranges; empty for the nodes' own */
    public LoadBalancerController(ControllerScope scope, List<String> addresses) {
        pool = AddressPool.parse(addresses);
        services = scope.lister(Service.class);
        nodes = scope.lister(Node.class);
        events = scope.events();
        ReconcileLoop loop = scope.loop("service-load-balancer", 1, this::reconcile);
        scope.watchEach(Service.class, service -> {
            if (isOurs(service) || !ingress(service).isEmpty()) {
                loop.add(ControllerScope.keyOf(service));
            }
        });
        scope.watch(Node.class, new EventHandler<Node>() {
            @Override
            public void onAdd(Node node) {
                wakeAll();
            }

            @Override
            public void onUpdate(Node old, Node node) {
                if (!addresses(old).equals(addresses(node))) {
                    wakeAll();
                }
            }

            @Override
            public void onDelete(Node last) {
                wakeAll();
            }

            private void wakeAll() {
                services.list().stream().filter(LoadBalancerController::isOurs).forEach(service -> loop.add(ControllerScope.keyOf(service)));
            }
        });
    }

    private static boolean isOurs(Service service) {
        return "LoadBalancer".equals(service.getSpec().getType()) && service.getSpec().getLoadBalancerClass() == null;
    }

    private static List<LoadBalancerIngress> ingress(Service service) {
        return service.getStatus() == null || service.getStatus().getLoadBalancer() == null || service.getStatus().getLoadBalancer().getIngress() == null
                ? List.of() : service.getStatus().getLoadBalancer().getIngress();
    }

    private static List<String> addresses(Node node) {
        return node.getStatus() == null || node.getStatus().getAddresses() == null ? List.of()
                : node.getStatus().getAddresses().stream().filter(a -> "InternalIP".equals(a.getType())).map(NodeAddress::getAddress).toList();
    }

    private Plan reconcile(ObjectKey key) {
        Service service = services.get(key).orElse(null);
        if (service == null || service.getMetadata().getDeletionTimestamp() != null || "LoadBalancer".equals(service.getSpec().getType()) && !isOurs(service)) {
            return Plan.NOTHING;
        }
        List<String> addresses = isOurs(service) ? choose(service) : List.of();
        List<LoadBalancerIngress> wanted = addresses.stream().map(ip -> new LoadBalancerIngressBuilder().withIp(ip).withIpMode("VIP").build()).toList();
        if (wanted.equals(ingress(service))) {
            return Plan.NOTHING;
        }
        return Plan.of(new Write.UpdateStatus(new ServiceBuilder(service).editOrNewStatus().withNewLoadBalancer().withIngress(wanted).endLoadBalancer().endStatus().build()));
    }

    private List<String> choose(Service service) {
        if (pool.isEmpty()) {
            return nodes.list().stream().flatMap(node -> addresses(node).stream()).sorted().toList();
        }
        String wished = service.getSpec().getLoadBalancerIP();
        Optional<String> current = ingress(service).stream().map(LoadBalancerIngress::getIp).filter(Objects::nonNull).findFirst();
        Set<String> unusable = new HashSet<>();
        Set<String> ports = ports(service);
        for (Service other : services.list()) {
            if (isOurs(other) && !ControllerScope.keyOf(other).equals(ControllerScope.keyOf(service)) && ports(other).stream().anyMatch(ports::contains)) {
                ingress(other).forEach(i -> unusable.add(i.getIp()));
            }
        }
        Optional<String> chosen = wished != null && !wished.isEmpty()
                ? Optional.of(wished).filter(pool::contains)
                : current.filter(pool::contains);
        Optional<String> address = chosen.filter(ip -> !unusable.contains(ip));
        if (address.isEmpty() && (wished == null || wished.isEmpty())) {
            address = pool.stream().filter(ip -> !unusable.contains(ip)).findFirst();
        }
        if (address.isEmpty()) {
            events.warning(service, "SyncLoadBalancerFailed", "No address of the pool is free for the ports of this service");
        }
        return address.map(List::of).orElse(List.of());
    }

    private static Set<String> ports(Service service) {
        List<ServicePort> ports = service.getSpec().getPorts() == null ? List.of() : service.getSpec().getPorts();
        return ports.stream().map(p -> p.getProtocol() + "/" + p.getPort()).collect(Collectors.toSet());
    }
}
