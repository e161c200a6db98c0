package io.jakube.agent.proxy;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.jakube.agent.network.Ipv4Cidr;
import io.jakube.common.api.ObjectKey;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads Services and EndpointSlices into the proxy's model. A pure function of its arguments; IPv4 only. */
public final class ServiceModel {
    /** Label of objects that another proxy takes care of. */
    static final String OTHER_PROXY = "service.kubernetes.io/service-proxy-name";

    private static final String HEADLESS = "service.kubernetes.io/headless";
    private static final int DEFAULT_AFFINITY_SECONDS = 10800;

    private final Set<String> servedByNode;

    /** @param servedByNode cluster IPs that are addresses of the node itself (cluster DNS), which must not be redirected */
    public ServiceModel(Set<String> servedByNode) {
        this.servedByNode = Set.copyOf(requireNonNull(servedByNode, "servedByNode is null"));
    }

    /** The ports of a service that need rules; none if it is gone, headless, external or not ours. */
    public List<ServicePort> ports(@Nullable Service service, Collection<EndpointSlice> slices, EndpointSelection.Place place) {
        if (service == null || service.getSpec() == null || service.getSpec().getPorts() == null || !isProxied(service)) {
            return List.of();
        }
        List<EndpointSlice> own = slices.stream().filter(ServiceModel::isProxied).toList();
        ServiceSpec spec = service.getSpec();
        ObjectKey key = new ObjectKey(service.getMetadata().getNamespace(), service.getMetadata().getName());
        boolean externalLocal = "Local".equals(spec.getExternalTrafficPolicy());
        List<ServicePort> ports = new ArrayList<>();
        for (var port : spec.getPorts()) {
            String name = port.getName() == null ? "" : port.getName();
            String protocol = (port.getProtocol() == null ? "TCP" : port.getProtocol()).toLowerCase(Locale.ROOT);
            ports.add(new ServicePort(
                    key,
                    name,
                    protocol,
                    spec.getClusterIP(),
                    port.getPort(),
                    hasNodePorts(spec) && port.getNodePort() != null ? port.getNodePort() : 0,
                    ipv4(spec.getExternalIPs()),
                    loadBalancerIps(service),
                    sourceRanges(spec),
                    affinitySeconds(spec),
                    "Local".equals(spec.getInternalTrafficPolicy()),
                    externalLocal,
                    externalLocal && spec.getHealthCheckNodePort() != null ? spec.getHealthCheckNodePort() : 0,
                    EndpointSelection.select(own, name, protocol, place)));
        }
        return ports;
    }

    private boolean isProxied(Service service) {
        String ip = service.getSpec().getClusterIP();
        return ip != null && Ipv4Cidr.isAddress(ip) && !servedByNode.contains(ip) && !"ExternalName".equals(service.getSpec().getType())
                && !labels(service.getMetadata().getLabels()).contains(OTHER_PROXY);
    }

    private static boolean isProxied(EndpointSlice slice) {
        Set<String> labels = labels(slice.getMetadata().getLabels());
        return !labels.contains(OTHER_PROXY) && !labels.contains(HEADLESS);
    }

    private static Set<String> labels(@Nullable Map<String, String> labels) {
        return labels == null ? Set.of() : labels.keySet();
    }

    private static boolean hasNodePorts(ServiceSpec spec) {
        return "NodePort".equals(spec.getType()) || "LoadBalancer".equals(spec.getType());
    }

    private static List<String> ipv4(@Nullable List<String> addresses) {
        return addresses == null ? List.of() : addresses.stream().filter(Ipv4Cidr::isAddress).distinct().toList();
    }

    private static List<String> loadBalancerIps(Service service) {
        if (!"LoadBalancer".equals(service.getSpec().getType()) || service.getStatus() == null || service.getStatus().getLoadBalancer() == null
                || service.getStatus().getLoadBalancer().getIngress() == null) {
            return List.of();
        }
        return service.getStatus().getLoadBalancer().getIngress().stream()
                .filter(ingress -> !"Proxy".equals(ingress.getIpMode())).map(LoadBalancerIngress::getIp).filter(ip -> ip != null && Ipv4Cidr.isAddress(ip)).distinct().toList();
    }

    private static List<String> sourceRanges(ServiceSpec spec) {
        List<String> ranges = spec.getLoadBalancerSourceRanges();
        if (ranges == null || !"LoadBalancer".equals(spec.getType())) {
            return List.of();
        }
        return ranges.stream().map(String::strip).filter(range -> !range.contains(":")).map(range -> Ipv4Cidr.parse(range).toString()).distinct().toList();
    }

    private static int affinitySeconds(ServiceSpec spec) {
        if (!"ClientIP".equals(spec.getSessionAffinity())) {
            return 0;
        }
        var config = spec.getSessionAffinityConfig();
        Integer seconds = config == null || config.getClientIP() == null ? null : config.getClientIP().getTimeoutSeconds();
        return seconds == null ? DEFAULT_AFFINITY_SECONDS : seconds;
    }
}
