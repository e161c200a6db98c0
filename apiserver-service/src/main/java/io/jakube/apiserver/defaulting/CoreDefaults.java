package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.defaultInteger;
import static io.jakube.common.json.Fields.defaultText;
import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** The small types of the core group. */
final class CoreDefaults {
    private CoreDefaults() {}

    static void namespace(ObjectNode namespace) {
        String name = text(namespace, "metadata", "name");
        if (!name.isEmpty()) {
            ensureObject(ensureObject(namespace, "metadata"), "labels").put("kubernetes.io/metadata.name", name);
        }
        ensureObject(namespace, "spec");
        defaultText(ensureObject(namespace, "status"), "phase", "Active");
    }

    static void secret(ObjectNode secret) {
        defaultText(secret, "type", "Opaque");
    }

    static void node(ObjectNode node) {
        ensureObject(node, "spec");
        ObjectNode status = ensureObject(node, "status");
        ObjectNode capacity = object(status, "capacity");
        Quantities.resources(capacity);
        if (capacity != null && !has(status, "allocatable")) {
            status.set("allocatable", capacity.deepCopy());
        }
        Quantities.resources(object(status, "allocatable"));
    }

    static void endpoints(ObjectNode endpoints) {
        for (ObjectNode subset : items(endpoints, "subsets")) {
            items(subset, "ports").forEach(port -> defaultText(port, "protocol", "TCP"));
        }
    }

    static void replicationController(ObjectNode controller) {
        ObjectNode spec = ensureObject(controller, "spec");
        if (object(spec, "template") != null) {
            PodDefaults.template(spec);
        }
        ObjectNode labels = object(object(spec, "template"), "metadata", "labels");
        if (labels != null) {
            if (empty(spec, "selector")) {
                spec.set("selector", labels.deepCopy());
            }
            inheritLabels(controller, labels);
        }
        defaultInteger(spec, "replicas", 1);
    }

    /** Gives an object without labels those of its pod template. */
    static void inheritLabels(ObjectNode object, @Nullable ObjectNode labels) {
        ObjectNode metadata = ensureObject(object, "metadata");
        if (labels != null && empty(metadata, "labels")) {
            metadata.set("labels", labels.deepCopy());
        }
    }

    static void podTemplate(ObjectNode podTemplate) {
        PodDefaults.template(podTemplate);
    }

    static void limitRange(ObjectNode range) {
        for (ObjectNode item : items(object(range, "spec"), "limits")) {
            for (String amounts : new String[] {"max", "min", "default", "defaultRequest", "maxLimitRequestRatio"}) {
                Quantities.resources(object(item, amounts));
            }
            if (text(item, "type").equals("Container")) {
                ObjectNode limits = ensureObject(item, "default");
                ObjectNode requests = ensureObject(item, "defaultRequest");
                putAbsent(limits, object(item, "max"));
                putAbsent(requests, limits);
                putAbsent(requests, object(item, "min"));
            }
        }
    }

    static void resourceQuota(ObjectNode quota) {
        Quantities.resources(object(ensureObject(quota, "spec"), "hard"));
        Quantities.resources(object(quota, "status", "hard"));
        Quantities.resources(object(quota, "status", "used"));
    }

    private static void putAbsent(ObjectNode target, @Nullable ObjectNode source) {
        if (source != null) {
            source.properties().forEach(entry -> {
                if (!target.has(entry.getKey())) {
                    target.set(entry.getKey(), entry.getValue());
                }
            });
        }
    }
}
