package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.defaultInteger;
import static io.jakube.common.json.Fields.defaultText;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.flag;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Fields;
import io.jakube.common.quantity.Quantity;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Pods and pod templates (API reference, core/v1 PodSpec). */
final class PodDefaults {
    private static final List<String> POD_LEVEL_RESOURCES = List.of("cpu", "memory");

    private PodDefaults() {}

    /** A pod itself: what a template's spec gets, and what only a running pod has. */
    static void pod(ObjectNode pod) {
        ObjectNode spec = ensureObject(pod, "spec");
        podSpec(spec);
        items(spec, "containers").forEach(PodDefaults::requestsFromLimits);
        items(spec, "initContainers").forEach(PodDefaults::requestsFromLimits);
        podLevelRequests(spec);
        Fields.defaultFlag(spec, "enableServiceLinks", true);
        if (flag(spec, "hostNetwork")) {
            items(spec, "containers").forEach(PodDefaults::hostPorts);
            items(spec, "initContainers").forEach(PodDefaults::hostPorts);
        }
    }

    /** The template at {@code spec.template}. */
    static void template(ObjectNode parent) {
        ObjectNode template = ensureObject(parent, "template");
        ensureObject(template, "metadata");
        podSpec(ensureObject(template, "spec"));
    }

    static void podSpec(ObjectNode spec) {
        defaultText(spec, "dnsPolicy", "ClusterFirst");
        defaultText(spec, "restartPolicy", "Always");
        ensureObject(spec, "securityContext");
        defaultInteger(spec, "terminationGracePeriodSeconds", 30);
        defaultText(spec, "schedulerName", "default-scheduler");
        serviceAccount(spec);
        items(spec, "volumes").forEach(VolumeDefaults::volume);
        items(spec, "initContainers").forEach(ContainerDefaults::container);
        items(spec, "containers").forEach(ContainerDefaults::container);
        items(spec, "ephemeralContainers").forEach(ContainerDefaults::container);
        Quantities.resources(object(spec, "overhead"));
        ObjectNode resources = object(spec, "resources");
        if (resources != null) {
            Quantities.requirements(resources);
        }
    }

    /** {@code serviceAccount} is the old name of {@code serviceAccountName}; both always say the same. */
    private static void serviceAccount(ObjectNode spec) {
        String name = Fields.text(spec, "serviceAccountName");
        String account = name.isEmpty() ? Fields.text(spec, "serviceAccount") : name;
        if (!account.isEmpty()) {
            spec.put("serviceAccountName", account).put("serviceAccount", account);
        }
    }

    private static void requestsFromLimits(ObjectNode container) {
        ObjectNode limits = object(container, "resources", "limits");
        if (limits == null) {
            return;
        }
        ObjectNode requests = ensureObject(ensureObject(container, "resources"), "requests");
        limits.properties().forEach(limit -> {
            if (!requests.has(limit.getKey())) {
                requests.set(limit.getKey(), limit.getValue());
            }
        });
    }

    /** KEP-2837: pod-level requests default to what the containers request together, else to the pod-level limits. */
    private static void podLevelRequests(ObjectNode spec) {
        ObjectNode limits = object(spec, "resources", "limits");
        if (limits == null || limits.isEmpty()) {
            return;
        }
        ObjectNode requests = ensureObject(ensureObject(spec, "resources"), "requests");
        containerRequests(spec).forEach((name, amount) -> {
            if (!requests.has(name)) {
                requests.put(name, amount.toString());
            }
        });
        for (Map.Entry<String, JsonNode> limit : limits.properties()) {
            if (!requests.has(limit.getKey()) && (POD_LEVEL_RESOURCES.contains(limit.getKey()) || limit.getKey().startsWith("hugepages-"))) {
                requests.set(limit.getKey(), limit.getValue());
            }
        }
    }

    /** Sum over containers and sidecars, or the largest init container with the sidecars started before it, whichever is more. */
    private static Map<String, Quantity> containerRequests(ObjectNode spec) {
        Map<String, Quantity> sum = new TreeMap<>();
        items(spec, "containers").forEach(container -> addRequests(container, sum));
        Map<String, Quantity> sidecars = new TreeMap<>();
        Map<String, Quantity> largestInit = new TreeMap<>();
        for (ObjectNode init : items(spec, "initContainers")) {
            if (Fields.text(init, "restartPolicy").equals("Always")) {
                addRequests(init, sum);
                addRequests(init, sidecars);
                sidecars.forEach((name, amount) -> largestInit.merge(name, amount, PodDefaults::larger));
            } else {
                Map<String, Quantity> together = new TreeMap<>(sidecars);
                addRequests(init, together);
                together.forEach((name, amount) -> largestInit.merge(name, amount, PodDefaults::larger));
            }
        }
        largestInit.forEach((name, amount) -> sum.merge(name, amount, PodDefaults::larger));
        return sum;
    }

    private static void addRequests(ObjectNode container, Map<String, Quantity> to) {
        ObjectNode requests = object(container, "resources", "requests");
        for (String name : POD_LEVEL_RESOURCES) {
            if (Fields.has(requests, name)) {
                Quantities.parse(requests.get(name)).ifPresent(amount -> to.merge(name, amount, Quantity::add));
            }
        }
    }

    private static Quantity larger(Quantity a, Quantity b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static void hostPorts(ObjectNode container) {
        for (ObjectNode port : items(container, "ports")) {
            if (integer(port, "hostPort") == 0) {
                Fields.put(port, "hostPort", integer(port, "containerPort"));
            }
        }
    }
}
