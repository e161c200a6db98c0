package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Fields;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Namespaces, nodes, service accounts, leases, priority classes, events. */
public final class ClusterValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final long HIGHEST_USER_PRIORITY = 1_000_000_000;
    private static final List<String> SYSTEM_CLASSES = List.of("system-node-critical", "system-cluster-critical");

    private ClusterValidation() {}

    public static void namespace(ObjectNode namespace, Errors errors) {
        List<String> finalizers = texts(object(namespace, "spec"), "finalizers");
        for (int i = 0; i < finalizers.size(); i++) {
            FieldPath at = SPEC.child("finalizers").index(i);
            List<String> problems = Names.qualifiedName(finalizers.get(i));
            errors.invalid(at, finalizers.get(i), problems);
            if (problems.isEmpty() && !finalizers.get(i).contains("/") && !List.of("kubernetes", "orphan", "foregroundDeletion").contains(finalizers.get(i))) {
                errors.invalid(at, finalizers.get(i), "name is neither a standard finalizer name nor is it fully qualified");
            }
        }
    }

    /** A namespace is terminating exactly while it is being deleted. */
    public static void namespaceStatus(ObjectNode namespace, ObjectNode old, Errors errors) {
        String phase = text(namespace, "status", "phase");
        boolean deleting = has(object(namespace, "metadata"), "deletionTimestamp");
        if (deleting && !phase.equals("Terminating")) {
            errors.invalid(FieldPath.of("status", "Phase"), phase, "may only be 'Terminating' if `deletionTimestamp` is not empty");
        } else if (!deleting && !phase.equals("Active")) {
            errors.invalid(FieldPath.of("status", "Phase"), phase, "may only be 'Active' if `deletionTimestamp` is empty");
        }
    }

    public static void node(ObjectNode node, Errors errors) {
        ObjectNode spec = object(node, "spec");
        Set<String> seen = new HashSet<>();
        List<ObjectNode> taints = items(spec, "taints");
        for (int i = 0; i < taints.size(); i++) {
            FieldPath at = SPEC.child("taints").index(i);
            String key = text(taints.get(i), "key");
            MetadataValidation.labelName(key, at.child("key"), errors);
            List<String> problems = Names.labelValue(text(taints.get(i), "value"));
            if (!problems.isEmpty()) {
                errors.invalid(at.child("value"), text(taints.get(i), "value"), String.join(";", problems));
            }
            PodScheduling.taintEffect(text(taints.get(i), "effect"), at.child("effect"), errors);
            if (!seen.add(key + ":" + text(taints.get(i), "effect"))) {
                errors.duplicate(at, taints.get(i));
            }
        }
        List<String> ranges = texts(spec, "podCIDRs");
        for (int i = 0; i < ranges.size(); i++) {
            Formats.cidr(SPEC.child("podCIDRs").index(i), ranges.get(i), errors);
        }
    }

    public static void nodeUpdate(ObjectNode node, ObjectNode old, Errors errors) {
        ObjectNode spec = object(node, "spec");
        ObjectNode oldSpec = object(old, "spec");
        if (!empty(oldSpec, "podCIDRs") && !texts(oldSpec, "podCIDRs").equals(texts(spec, "podCIDRs"))) {
            errors.forbidden(SPEC.child("podCIDRs"), "node updates may not change podCIDR except from \"\" to valid");
        }
        if (!text(oldSpec, "providerID").isEmpty() && !text(oldSpec, "providerID").equals(text(spec, "providerID"))) {
            errors.forbidden(SPEC.child("providerID"), "node updates may not change providerID except from \"\" to valid");
        }
    }

    public static void lease(ObjectNode lease, Errors errors) {
        ObjectNode spec = object(lease, "spec");
        if (has(spec, "leaseDurationSeconds") && integer(spec, "leaseDurationSeconds") <= 0) {
            errors.invalid(SPEC.child("leaseDurationSeconds"), integer(spec, "leaseDurationSeconds"), "must be greater than 0");
        }
        if (integer(spec, "leaseTransitions") < 0) {
            errors.invalid(SPEC.child("leaseTransitions"), integer(spec, "leaseTransitions"), "must be greater than or equal to 0");
        }
        if (has(spec, "strategy") && !Names.qualifiedName(text(spec, "strategy")).isEmpty()) {
            errors.invalid(SPEC.child("strategy"), text(spec, "strategy"), Names.qualifiedName(text(spec, "strategy")));
        }
    }

    public static void priorityClass(ObjectNode priorityClass, Errors errors) {
        String name = text(priorityClass, "metadata", "name");
        long value = integer(priorityClass, "value");
        if (name.startsWith("system-")) {
            long expected = name.equals("system-node-critical") ? 2_000_001_000 : 2_000_000_000;
            if (!SYSTEM_CLASSES.contains(name)) {
                errors.forbidden(FieldPath.of("metadata", "name"), "priority class names with 'system-' prefix are reserved for system use only. error: " + name + " is not a known system priority class");
            } else if (value != expected) {
                errors.forbidden(FieldPath.of("metadata", "name"),
                        "priority class names with 'system-' prefix are reserved for system use only. error: value of " + name + " PriorityClass must be " + expected);
            }
        } else if (value > HIGHEST_USER_PRIORITY) {
            errors.forbidden(FieldPath.of("value"), "maximum allowed value of a user defined priority is " + HIGHEST_USER_PRIORITY);
        }
        if (has(priorityClass, "preemptionPolicy")) {
            Formats.oneOf(FieldPath.of("preemptionPolicy"), text(priorityClass, "preemptionPolicy"), errors, "PreemptLowerPriority", "Never");
        }
    }

    public static void priorityClassUpdate(ObjectNode priorityClass, ObjectNode old, Errors errors) {
        if (integer(priorityClass, "value") != integer(old, "value")) {
            errors.forbidden(FieldPath.of("value"), "may not be changed in an update.");
        }
        errors.immutable(FieldPath.of("preemptionPolicy"), priorityClass.get("preemptionPolicy"), old.get("preemptionPolicy"));
    }

    /** An event lies in the namespace of what it is about; cluster-scoped things have theirs in {@code default}. */
    public static void event(ObjectNode event, Errors errors) {
        String namespace = text(event, "metadata", "namespace");
        ObjectNode about = has(event, "involvedObject") ? object(event, "involvedObject") : object(event, "regarding");
        String involved = text(about, "namespace");
        String field = has(event, "involvedObject") ? "involvedObject" : "regarding";
        if (involved.isEmpty()) {
            if (!namespace.isEmpty() && !namespace.equals("default") && !namespace.equals("kube-system")) {
                errors.invalid(FieldPath.of(field, "namespace"), involved, "does not match event.namespace");
            }
        } else if (!involved.equals(namespace)) {
            errors.invalid(FieldPath.of(field, "namespace"), involved, "does not match event.namespace");
        }
        String type = text(event, "type");
        boolean modern = has(event, "eventTime");
        if (modern) {
            for (String required : new String[] {"reason", "action"}) {
                if (text(event, required).isEmpty()) {
                    errors.required(FieldPath.of(required), "");
                }
            }
            if (!type.equals("Normal") && !type.equals("Warning")) {
                errors.invalid(FieldPath.of("type"), type, "has invalid value: " + type);
            }
        }
    }

    /** What an event is about never changes. */
    public static void eventUpdate(ObjectNode event, ObjectNode old, Errors errors) {
        if (!has(event, "eventTime") || !has(old, "eventTime")) {
            return;
        }
        for (String field : List.of("involvedObject", "regarding", "reason", "action", "related", "type", "eventTime")) {
            if (!Fields.same(event.get(field), old.get(field))) {
                errors.immutable(FieldPath.of(field), event.get(field), old.get(field));
            }
        }
    }
}
