package io.jakube.apiserver.registry.core;

import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.flag;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Fields;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the server completes in a service's spec before it allocates: fields that go with a type the service no longer has are dropped where the client left
 * them untouched, allocated values a client left out are kept, and {@code clusterIP} and {@code clusterIPs} agree.
 */
final class ServiceFields {
    private ServiceFields() {}

    static void completeNew(ObjectNode spec) {
        if (!text(spec, "clusterIP").isEmpty() && empty(spec, "clusterIPs")) {
            spec.putArray("clusterIPs").add(text(spec, "clusterIP"));
        }
    }

    static void completeUpdate(ObjectNode spec, ObjectNode old) {
        dropForeign(spec, old);
        keepAllocated(spec, old);
        alignClusterIps(spec, old);
    }

    private static void dropForeign(ObjectNode spec, ObjectNode old) {
        if (hasClusterIp(old) && !hasClusterIp(spec)) {
            if (same(spec, old, "clusterIP") && same(spec, old, "clusterIPs")) {
                spec.remove(List.of("clusterIP", "clusterIPs"));
            }
            removeUnchanged(spec, old, "ipFamilies");
            removeUnchanged(spec, old, "ipFamilyPolicy");
            removeUnchanged(spec, old, "internalTrafficPolicy");
        }
        if (hasNodePorts(old) && !hasNodePorts(spec) && nodePorts(old).equals(nodePorts(spec))) {
            items(spec, "ports").forEach(port -> port.remove("nodePort"));
        }
        if (hasHealthPort(old) && !hasHealthPort(spec)) {
            removeUnchanged(spec, old, "healthCheckNodePort");
        }
        if (type(old).equals("LoadBalancer") && !type(spec).equals("LoadBalancer")) {
            removeUnchanged(spec, old, "allocateLoadBalancerNodePorts");
            removeUnchanged(spec, old, "loadBalancerClass");
        }
        if (isExternal(old) && !isExternal(spec)) {
            removeUnchanged(spec, old, "externalTrafficPolicy");
        }
    }

    private static void keepAllocated(ObjectNode spec, ObjectNode old) {
        if (hasClusterIp(old) && hasClusterIp(spec)) {
            if (text(spec, "clusterIP").isEmpty()) {
                Fields.copy(old, spec, "clusterIP");
            }
            if (empty(spec, "clusterIPs") && same(spec, old, "clusterIP")) {
                Fields.copy(old, spec, "clusterIPs");
            }
        }
        if (hasNodePorts(old) && hasNodePorts(spec)) {
            Map<String, Long> before = new HashMap<>();
            items(old, "ports").forEach(port -> before.put(portKey(port), integer(port, "nodePort")));
            Set<Long> used = new HashSet<>(nodePorts(spec));
            for (ObjectNode port : items(spec, "ports")) {
                long held = before.getOrDefault(portKey(port), 0L);
                if (integer(port, "nodePort") == 0 && held != 0 && used.add(held)) {
                    Fields.put(port, "nodePort", held);
                }
            }
        }
        if (hasHealthPort(old) && hasHealthPort(spec) && integer(spec, "healthCheckNodePort") == 0) {
            Fields.copy(old, spec, "healthCheckNodePort");
        }
    }

    private static void alignClusterIps(ObjectNode spec, ObjectNode old) {
        if (!empty(old, "clusterIPs") && empty(spec, "clusterIPs") && same(spec, old, "clusterIP")) {
            Fields.copy(old, spec, "clusterIPs");
        }
        if (same(spec, old, "clusterIP") || !texts(spec, "clusterIPs").equals(texts(old, "clusterIPs"))) {
            return;
        }
        if (text(spec, "clusterIP").isEmpty()) {
            spec.remove("clusterIPs");
        } else {
            spec.putArray("clusterIPs").add(text(spec, "clusterIP"));
        }
    }

    static boolean hasClusterIp(@Nullable ObjectNode spec) {
        return !type(spec).equals("ExternalName");
    }

    private static boolean hasNodePorts(ObjectNode spec) {
        return type(spec).equals("NodePort")
                || (type(spec).equals("LoadBalancer") && (!has(spec, "allocateLoadBalancerNodePorts") || flag(spec, "allocateLoadBalancerNodePorts")));
    }

    private static boolean hasHealthPort(ObjectNode spec) {
        return type(spec).equals("LoadBalancer") && text(spec, "externalTrafficPolicy").equals("Local");
    }

    /** Whether traffic from outside the cluster reaches it. */
    static boolean isExternal(ObjectNode spec) {
        return type(spec).equals("NodePort") || type(spec).equals("LoadBalancer") || (type(spec).equals("ClusterIP") && !empty(spec, "externalIPs"));
    }

    static String type(@Nullable ObjectNode spec) {
        return text(spec, "type");
    }

    private static List<Long> nodePorts(ObjectNode spec) {
        return items(spec, "ports").stream().map(port -> integer(port, "nodePort")).filter(port -> port != 0).toList();
    }

    private static String portKey(ObjectNode port) {
        return text(port, "protocol") + "/" + integer(port, "port");
    }

    private static boolean same(ObjectNode a, ObjectNode b, String field) {
        return Objects.equals(empty(a, field) ? null : a.get(field), empty(b, field) ? null : b.get(field));
    }

    private static void removeUnchanged(ObjectNode spec, ObjectNode old, String field) {
        if (same(spec, old, field)) {
            spec.remove(field);
        }
    }
}
