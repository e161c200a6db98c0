package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.defaultText;
import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code networking.k8s.io/v1}. */
final class NetworkingDefaults {
    private NetworkingDefaults() {}

    static void networkPolicy(ObjectNode policy) {
        ObjectNode spec = ensureObject(policy, "spec");
        ensureObject(spec, "podSelector");
        for (String direction : new String[] {"ingress", "egress"}) {
            for (ObjectNode rule : items(spec, direction)) {
                items(rule, "ports").forEach(port -> defaultText(port, "protocol", "TCP"));
            }
        }
        if (empty(spec, "policyTypes")) {
            ArrayNode types = spec.putArray("policyTypes").add("Ingress");
            if (!empty(spec, "egress")) {
                types.add("Egress");
            }
        }
    }

    static void ingress(ObjectNode ingress) {
        ensureObject(ingress, "spec");
        ensureObject(ensureObject(ingress, "status"), "loadBalancer");
    }

    static void ingressClass(ObjectNode ingressClass) {
        ObjectNode parameters = object(ensureObject(ingressClass, "spec"), "parameters");
        if (parameters != null) {
            defaultText(parameters, "scope", "Cluster");
        }
    }
}
