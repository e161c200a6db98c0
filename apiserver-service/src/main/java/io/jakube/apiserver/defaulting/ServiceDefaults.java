package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.defaultFlag;
import static io.jakube.common.json.Fields.defaultText;
import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Fields;

/** Services (API reference, core/v1 ServiceSpec) and endpoint slices. */
final class ServiceDefaults {
    /** Three hours. */
    private static final int AFFINITY_SECONDS = 10800;

    private ServiceDefaults() {}

    static void service(ObjectNode service) {
        ObjectNode spec = ensureObject(service, "spec");
        defaultText(spec, "sessionAffinity", "None");
        affinityConfig(spec);
        defaultText(spec, "type", "ClusterIP");
        for (ObjectNode port : items(spec, "ports")) {
            defaultText(port, "protocol", "TCP");
            JsonNode target = port.get("targetPort");
            if (target == null || target.isNull() || (target.isInt() && target.intValue() == 0) || (target.isTextual() && target.textValue().isEmpty())) {
                Fields.put(port, "targetPort", integer(port, "port"));
            }
        }
        String type = text(spec, "type");
        boolean external = type.equals("NodePort") || type.equals("LoadBalancer");
        if (external || (type.equals("ClusterIP") && !empty(spec, "externalIPs"))) {
            defaultText(spec, "externalTrafficPolicy", "Cluster");
        }
        if (!has(spec, "internalTrafficPolicy") && (external || type.equals("ClusterIP"))) {
            spec.put("internalTrafficPolicy", "Cluster");
        }
        if (type.equals("LoadBalancer")) {
            defaultFlag(spec, "allocateLoadBalancerNodePorts", true);
            for (ObjectNode ingress : items(object(service, "status", "loadBalancer"), "ingress")) {
                if (!text(ingress, "ip").isEmpty()) {
                    defaultText(ingress, "ipMode", "VIP");
                }
            }
        }
        ensureObject(ensureObject(service, "status"), "loadBalancer");
    }

    private static void affinityConfig(ObjectNode spec) {
        if (text(spec, "sessionAffinity").equals("None")) {
            spec.remove("sessionAffinityConfig");
        } else if (text(spec, "sessionAffinity").equals("ClientIP") && !has(object(spec, "sessionAffinityConfig", "clientIP"), "timeoutSeconds")) {
            spec.putObject("sessionAffinityConfig").putObject("clientIP").put("timeoutSeconds", AFFINITY_SECONDS);
        }
    }

    static void endpointSlice(ObjectNode slice) {
        for (ObjectNode port : items(slice, "ports")) {
            if (!has(port, "name")) {
                port.put("name", "");
            }
            defaultText(port, "protocol", "TCP");
        }
    }
}
