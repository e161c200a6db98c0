package io.jakube.agent.dns;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServiceSpec;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.SRVRecord;

/**
 * The DNS records of one service. A pure function.
 *
 * @see <a href="https://github.com/kubernetes/dns/blob/master/docs/specification.md">Kubernetes DNS-based service discovery 1.1.0</a>
 */
final class ServiceRecords {
    private static final int SRV_PRIORITY = 0;
    private static final int SRV_WEIGHT = 100;

    private final Zone zone;
    private final Set<Record> records = new LinkedHashSet<>();
    private final Name serviceName;

    private ServiceRecords(Zone zone, Service service) {
        this.zone = requireNonNull(zone, "zone is null");
        this.serviceName = zone.child(service.getMetadata().getName() + "." + service.getMetadata().getNamespace() + ".svc");
    }

    /** All records of a service; none if it is gone. */
    static List<Record> of(Zone zone, @Nullable Service service, Collection<EndpointSlice> slices) {
        if (service == null || service.getSpec() == null) {
            return List.of();
        }
        ServiceRecords result = new ServiceRecords(zone, service);
        ServiceSpec spec = service.getSpec();
        if ("ExternalName".equals(spec.getType())) {
            if (spec.getExternalName() != null) {
                String target = spec.getExternalName();
                result.records.add(new CNAMERecord(result.serviceName, DClass.IN, Zone.TTL, Zone.name(target.endsWith(".") ? target : target + ".")));
            }
        } else if ("None".equals(spec.getClusterIP())) {
            result.headless(slices, Boolean.TRUE.equals(spec.getPublishNotReadyAddresses()));
        } else {
            result.clusterIp(spec);
        }
        return List.copyOf(result.records);
    }

    private void clusterIp(ServiceSpec spec) {
        List<String> ips = spec.getClusterIPs() == null || spec.getClusterIPs().isEmpty() ? new ArrayList<>() : spec.getClusterIPs();
        if (ips.isEmpty() && spec.getClusterIP() != null && !spec.getClusterIP().isEmpty()) {
            ips.add(spec.getClusterIP());
        }
        for (String ip : ips) {
            address(serviceName, ip);
            pointer(ip, serviceName);
        }
        if (!ips.isEmpty() && spec.getPorts() != null) {
            for (ServicePort port : spec.getPorts()) {
                service(port.getName(), port.getProtocol(), port.getPort(), serviceName);
            }
        }
    }

    private void headless(Collection<EndpointSlice> slices, boolean notReadyToo) {
        Map<String, Name> owners = new LinkedHashMap<>();
        for (EndpointSlice slice : slices) {
            if (slice.getEndpoints() == null || "FQDN".equals(slice.getAddressType())) {
                continue;
            }
            for (Endpoint endpoint : slice.getEndpoints()) {
                boolean ready = endpoint.getConditions() == null || endpoint.getConditions().getReady() == null || endpoint.getConditions().getReady();
                if ((ready || notReadyToo) && endpoint.getAddresses() != null) {
                    for (String ip : endpoint.getAddresses()) {
                        Name own = owners.computeIfAbsent(ip, address -> endpointName(endpoint, address));
                        endpoint(own, ip, slice.getPorts() == null ? List.of() : slice.getPorts());
                    }
                }
            }
        }
    }

    private Name endpointName(Endpoint endpoint, String ip) {
        String hostname = endpoint.getHostname();
        String label = hostname != null && !hostname.isEmpty() ? hostname : ip.replace('.', '-').replace(':', '-');
        return Zone.name(label + "." + serviceName);
    }

    private void endpoint(Name own, String ip, List<EndpointPort> ports) {
        address(serviceName, ip);
        address(own, ip);
        pointer(ip, own);
        for (EndpointPort port : ports) {
            if (port.getPort() != null) {
                service(port.getName(), port.getProtocol(), port.getPort(), own);
            }
        }
    }

    private void address(Name name, String ip) {
        InetAddress address = InetAddress.ofLiteral(ip);
        records.add(address instanceof Inet4Address ? new ARecord(name, DClass.IN, Zone.TTL, address) : new AAAARecord(name, DClass.IN, Zone.TTL, address));
    }

    private void pointer(String ip, Name target) {
        records.add(new PTRRecord(ReverseMap.fromAddress(InetAddress.ofLiteral(ip)), DClass.IN, Zone.TTL, target));
    }

    /** Only named ports have SRV records. */
    private void service(@Nullable String portName, @Nullable String protocol, int port, Name target) {
        if (portName != null && !portName.isEmpty()) {
            String transport = protocol == null ? "tcp" : protocol.toLowerCase(Locale.ROOT);
            records.add(new SRVRecord(Zone.name("_" + portName + "._" + transport + "." + serviceName), DClass.IN, Zone.TTL, SRV_PRIORITY, SRV_WEIGHT, port, target));
        }
    }
}
