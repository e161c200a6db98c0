package io.jakube.apiserver.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Fields;
import io.jakube.common.quantity.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Adds up what the containers of a pod ask for. */
final class PodAmounts {
    private PodAmounts() {}

    /** Init containers and containers. */
    static List<ObjectNode> containers(ObjectNode pod) {
        List<ObjectNode> containers = new ArrayList<>(Fields.items(pod.path("spec"), "containers"));
        containers.addAll(Fields.items(pod.path("spec"), "initContainers"));
        return containers;
    }

    /** {@code resources.requests} or {@code resources.limits} of a container or claim. */
    static Map<String, Quantity> of(JsonNode container, String field) {
        Map<String, Quantity> amounts = new TreeMap<>();
        container.path("resources").path(field).properties().forEach(entry -> amounts.put(entry.getKey(), Quantity.parse(entry.getValue().asText())));
        return amounts;
    }

    /**
     * What the pod takes while it runs: the sum of its containers and sidecars, or what one init container takes beside the sidecars started
     * before it, if that is more; then the overhead (KEP-753). Resources of the pod as a whole, where it names them, count instead (KEP-2837).
     */
    static Map<String, Quantity> effective(ObjectNode pod, String field) {
        Map<String, Quantity> total = new TreeMap<>();
        Fields.items(pod.path("spec"), "containers").forEach(container -> add(total, of(container, field)));
        Map<String, Quantity> sidecars = new TreeMap<>();
        Map<String, Quantity> init = new TreeMap<>();
        for (ObjectNode container : Fields.items(pod.path("spec"), "initContainers")) {
            Map<String, Quantity> own = of(container, field);
            if (Fields.text(container, "restartPolicy").equals("Always")) {
                add(total, own);
                add(sidecars, own);
                max(init, sidecars);
            } else {
                Map<String, Quantity> beside = new TreeMap<>(sidecars);
                add(beside, own);
                max(init, beside);
            }
        }
        max(total, init);
        total.putAll(of(pod.path("spec"), field));
        Map<String, Quantity> overhead = new TreeMap<>();
        pod.path("spec").path("overhead").properties().forEach(entry -> overhead.put(entry.getKey(), Quantity.parse(entry.getValue().asText())));
        if (field.equals("limits")) {
            overhead.keySet().retainAll(total.keySet());
        }
        add(total, overhead);
        return total;
    }

    /** As {@link #effective}, but without what not every container names: where one is unlimited, the pod is. */
    static Map<String, Quantity> declared(ObjectNode pod, String field) {
        Map<String, Quantity> total = effective(pod, field);
        for (ObjectNode container : Fields.items(pod.path("spec"), "containers")) {
            total.keySet().retainAll(of(container, field).keySet());
        }
        return total;
    }

    static void add(Map<String, Quantity> total, Map<String, Quantity> added) {
        added.forEach((name, amount) -> total.merge(name, amount, Quantity::add));
    }

    private static void max(Map<String, Quantity> total, Map<String, Quantity> other) {
        other.forEach((name, amount) -> total.merge(name, amount, (a, b) -> a.compareTo(b) >= 0 ? a : b));
    }
}
