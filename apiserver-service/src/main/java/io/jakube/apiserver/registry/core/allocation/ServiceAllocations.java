package io.jakube.apiserver.registry.core.allocation;

import static io.jakube.common.json.Fields.flag;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.json.Fields;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives services their cluster IP and node ports, and takes back what they no longer use. What is held is taken before the service is stored and given back
 * after it is stored without it (or not stored at all); a crash in between leaves a number held too long, which {@link AllocationRepair} mends, and never one held twice.
 */
public final class ServiceAllocations {
    private final ClusterIpAllocator addresses;
    private final NodePortAllocator ports;

    public ServiceAllocations(ClusterIpAllocator addresses, NodePortAllocator ports) {
        this.addresses = addresses;
        this.ports = ports;
    }

    /**
     * Fills in what a service needs and does not have; nothing stays taken where this throws.
     *
     * @param old the service before an update; null on create
     * @param dryRun look for free numbers without taking them
     * @throws ApiException 422 where a number asked for cannot be had
     */
    public void allocate(ObjectNode service, @Nullable ObjectNode old, boolean dryRun) {
        ObjectNode spec = Fields.ensureObject(service, "spec");
        try {
            clusterIp(service, spec, old, dryRun);
            nodePorts(service, spec, old, dryRun);
        } catch (RuntimeException e) {
            if (!dryRun) {
                releaseUnused(service, old);
            }
            throw e;
        }
    }

    /** Gives back what {@code service} holds and {@code kept} (null: nothing) does not use. */
    public void releaseUnused(ObjectNode service, @Nullable ObjectNode kept) {
        ObjectKey key = key(service);
        Set<String> unusedAddresses = addressesOf(service);
        unusedAddresses.removeAll(addressesOf(kept));
        unusedAddresses.forEach(address -> addresses.release(address, key));
        Set<Integer> unusedPorts = portsOf(service);
        unusedPorts.removeAll(portsOf(kept));
        unusedPorts.forEach(port -> ports.release(port, key));
    }

    private void clusterIp(ObjectNode service, ObjectNode spec, @Nullable ObjectNode old, boolean dryRun) {
        if (text(spec, "type").equals("ExternalName") || texts(spec, "clusterIPs").contains("None") || text(spec, "clusterIP").equals("None")) {
            return;
        }
        List<String> wished = texts(spec, "clusterIPs");
        String address = wished.isEmpty() ? "" : wished.getFirst();
        if (!address.isEmpty() && addressesOf(old).contains(address)) {
            return;
        }
        if (address.isEmpty()) {
            address = addresses.takeAny(key(service), dryRun);
        } else {
            try {
                addresses.take(address, key(service), dryRun);
            } catch (AllocationFailure e) {
                Object shown = spec.get("clusterIPs").deepCopy();
                spec.remove(List.of("clusterIP", "clusterIPs"));
                throw invalid(service, FieldError.invalid("spec.clusterIPs", shown, "failed to allocate IP " + address + ": " + e.getMessage()));
            }
        }
        spec.put("clusterIP", address);
        ArrayNode list = Fields.ensureArray(spec, "clusterIPs");
        if (list.isEmpty()) {
            list.add(address);
        } else {
            list.set(0, address);
        }
    }

    private void nodePorts(ObjectNode service, ObjectNode spec, @Nullable ObjectNode old, boolean dryRun) {
        String type = text(spec, "type");
        if (!type.equals("NodePort") && !type.equals("LoadBalancer")) {
            return;
        }
        ObjectKey key = key(service);
        Set<Integer> mine = new HashSet<>(portsOf(old));
        boolean allocate = type.equals("NodePort") || !has(spec, "allocateLoadBalancerNodePorts") || flag(spec, "allocateLoadBalancerNodePorts");
        Map<Long, Integer> byServicePort = new HashMap<>();
        List<ObjectNode> servicePorts = items(spec, "ports");
        for (int i = 0; i < servicePorts.size(); i++) {
            int wished = (int) integer(servicePorts.get(i), "nodePort");
            if (wished != 0) {
                take(service, servicePorts.get(i), "spec.ports[" + i + "].nodePort", wished, mine, dryRun);
                byServicePort.putIfAbsent(integer(servicePorts.get(i), "port"), wished);
            }
        }
        for (ObjectNode servicePort : servicePorts) {
            if (allocate && integer(servicePort, "nodePort") == 0) {
                int port = byServicePort.computeIfAbsent(integer(servicePort, "port"), number -> ports.takeAny(key, dryRun));
                mine.add(port);
                servicePort.put("nodePort", port);
            }
        }
        if (type.equals("LoadBalancer") && text(spec, "externalTrafficPolicy").equals("Local")) {
            int wished = (int) integer(spec, "healthCheckNodePort");
            if (wished != 0) {
                take(service, spec, "spec.healthCheckNodePort", wished, mine, dryRun);
            } else {
                spec.put("healthCheckNodePort", ports.takeAny(key, dryRun));
            }
        }
    }

    /** Takes a port asked for; where that fails, it is wiped from the service, so that the release of the rest does not count it. */
    private void take(ObjectNode service, ObjectNode holder, String field, int port, Set<Integer> mine, boolean dryRun) {
        if (!mine.add(port)) {
            return;
        }
        try {
            ports.take(port, key(service), dryRun);
        } catch (AllocationFailure e) {
            items(service.get("spec"), "ports").stream().filter(other -> integer(other, "nodePort") == port).forEach(other -> other.remove("nodePort"));
            holder.remove(field.endsWith("healthCheckNodePort") ? "healthCheckNodePort" : "nodePort");
            throw invalid(service, FieldError.invalid(field, port, e.getMessage()));
        }
    }

    private static ApiException invalid(ObjectNode service, FieldError error) {
        return ApiException.invalid("", "Service", text(service, "metadata", "name"), List.of(error));
    }

    static ObjectKey key(ObjectNode service) {
        return new ObjectKey(text(service, "metadata", "namespace"), text(service, "metadata", "name"));
    }

    /** Addresses a service holds. */
    static Set<String> addressesOf(@Nullable ObjectNode service) {
        ObjectNode spec = object(service, "spec");
        Set<String> held = new LinkedHashSet<>();
        if (!text(spec, "type").equals("ExternalName")) {
            held.addAll(texts(spec, "clusterIPs"));
            held.add(text(spec, "clusterIP"));
            held.removeAll(Set.of("", "None"));
        }
        return held;
    }

    /** Node ports a service holds. */
    static Set<Integer> portsOf(@Nullable ObjectNode service) {
        ObjectNode spec = object(service, "spec");
        Set<Integer> held = new LinkedHashSet<>();
        items(spec, "ports").forEach(port -> held.add((int) integer(port, "nodePort")));
        held.add((int) integer(spec, "healthCheckNodePort"));
        held.remove(0);
        return held;
    }
}
