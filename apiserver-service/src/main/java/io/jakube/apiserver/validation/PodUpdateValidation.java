package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Fields;
import io.jakube.common.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/** What may change of a pod once it exists. */
public final class PodUpdateValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final String CHANGEABLE = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
            + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
            + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    private PodUpdateValidation() {}

    public static void update(ObjectNode pod, ObjectNode old, Errors errors) {
        PodValidation.pod(pod, errors);
        ObjectNode spec = spec(pod);
        ObjectNode oldSpec = spec(old);
        mirrorAnnotation(pod, old, errors);
        for (String list : new String[] {"containers", "initContainers"}) {
            if (items(spec, list).size() != items(oldSpec, list).size()) {
                errors.forbidden(SPEC.child(list), "pod updates may not add or remove containers");
                return;
            }
        }
        activeDeadline(spec, oldSpec, errors);
        tolerations(spec, oldSpec, errors);
        gates(spec, oldSpec, errors);
        ObjectNode comparable = comparable(spec, oldSpec);
        if (!Fields.same(comparable, oldSpec)) {
            errors.forbidden(SPEC, CHANGEABLE + "\n" + difference(comparable, oldSpec));
        }
    }

    /** The new spec with everything that may change put back to what it was. */
    private static ObjectNode comparable(ObjectNode spec, ObjectNode oldSpec) {
        ObjectNode comparable = spec.deepCopy();
        for (String list : new String[] {"containers", "initContainers"}) {
            List<ObjectNode> containers = items(comparable, list);
            for (int i = 0; i < containers.size(); i++) {
                Fields.copy(items(oldSpec, list).get(i), containers.get(i), "image");
            }
        }
        for (String field : List.of("activeDeadlineSeconds", "tolerations", "schedulingGates")) {
            Fields.copy(oldSpec, comparable, field);
        }
        if (integer(oldSpec, "terminationGracePeriodSeconds") < 0 && integer(spec, "terminationGracePeriodSeconds") == 1) {
            Fields.copy(oldSpec, comparable, "terminationGracePeriodSeconds");
        }
        if (!empty(oldSpec, "schedulingGates")) {
            Map<String, String> selector = strings(spec, "nodeSelector");
            if (selector.entrySet().containsAll(strings(oldSpec, "nodeSelector").entrySet())) {
                Fields.copy(oldSpec, comparable, "nodeSelector");
            }
            if (onlyNarrows(spec, oldSpec)) {
                Fields.copy(oldSpec, comparable, "affinity");
            }
        }
        return comparable;
    }

    /** KEP-3838: while gates hold a pod, its required node affinity may gain expressions, term by term, and be set where there was none. */
    private static boolean onlyNarrows(ObjectNode spec, ObjectNode oldSpec) {
        ObjectNode before = oldSpec.deepCopy();
        ObjectNode after = spec.deepCopy();
        ArrayNode oldTerms = takeTerms(before);
        ArrayNode terms = takeTerms(after);
        if (!Fields.same(withoutEmpty(object(before, "affinity")), withoutEmpty(object(after, "affinity")))) {
            return false;
        }
        if (oldTerms.isEmpty()) {
            return true;
        }
        if (oldTerms.size() != terms.size()) {
            return false;
        }
        for (int i = 0; i < oldTerms.size(); i++) {
            for (String list : new String[] {"matchExpressions", "matchFields"}) {
                Set<JsonNode> kept = new HashSet<>(items(terms.get(i), list));
                if (!kept.containsAll(items(oldTerms.get(i), list))) {
                    return false;
                }
            }
        }
        return true;
    }

    private static ArrayNode takeTerms(ObjectNode spec) {
        ObjectNode node = object(spec, "affinity", "nodeAffinity");
        ObjectNode required = object(node, "requiredDuringSchedulingIgnoredDuringExecution");
        if (node != null) {
            node.remove("requiredDuringSchedulingIgnoredDuringExecution");
        }
        return required != null && required.get("nodeSelectorTerms") instanceof ArrayNode terms ? terms : Json.mapper().createArrayNode();
    }

    private static ObjectNode withoutEmpty(ObjectNode affinity) {
        ObjectNode rest = affinity == null ? Json.object() : affinity;
        new ArrayList<>(rest.properties()).stream().filter(entry -> entry.getValue().isEmpty()).forEach(entry -> rest.remove(entry.getKey()));
        return rest;
    }

    private static void mirrorAnnotation(ObjectNode pod, ObjectNode old, Errors errors) {
        String key = "kubernetes.io/config.mirror";
        String before = strings(object(old, "metadata"), "annotations").get(key);
        String after = strings(object(pod, "metadata"), "annotations").get(key);
        if (!Objects.equals(before, after)) {
            errors.forbidden(FieldPath.of("metadata", "annotations").key(key), before == null ? "may not add mirror pod annotation" : "may not remove or update mirror pod annotation");
        }
    }

    private static void activeDeadline(ObjectNode spec, ObjectNode oldSpec, Errors errors) {
        FieldPath path = SPEC.child("activeDeadlineSeconds");
        if (has(spec, "activeDeadlineSeconds")) {
            long deadline = integer(spec, "activeDeadlineSeconds");
            errors.inRange(path, deadline, 0, Integer.MAX_VALUE);
            if (has(oldSpec, "activeDeadlineSeconds") && integer(oldSpec, "activeDeadlineSeconds") < deadline) {
                errors.invalid(path, deadline, "must be less than or equal to previous value");
            }
        } else if (has(oldSpec, "activeDeadlineSeconds")) {
            errors.invalid(path, NullNode.getInstance(), "must not update from a positive integer to nil value");
        }
    }

    private static void tolerations(ObjectNode spec, ObjectNode oldSpec, Errors errors) {
        Set<ObjectNode> kept = new HashSet<>();
        items(spec, "tolerations").forEach(toleration -> kept.add(timeless(toleration)));
        if (!items(oldSpec, "tolerations").stream().allMatch(toleration -> kept.contains(timeless(toleration)))) {
            errors.forbidden(SPEC.child("tolerations"), "existing toleration can not be modified except its tolerationSeconds");
        }
    }

    private static ObjectNode timeless(ObjectNode toleration) {
        return toleration.deepCopy().without(List.of("tolerationSeconds"));
    }

    private static void gates(ObjectNode spec, ObjectNode oldSpec, Errors errors) {
        Set<String> before = new HashSet<>();
        items(oldSpec, "schedulingGates").forEach(gate -> before.add(text(gate, "name")));
        List<ObjectNode> gates = items(spec, "schedulingGates");
        for (int i = 0; i < gates.size(); i++) {
            String name = text(gates.get(i), "name");
            if (!before.contains(name)) {
                errors.forbidden(SPEC.child("schedulingGates").index(i).child("name"), "only deletion is allowed, but found new scheduling gate '" + name + "'");
            }
        }
    }

    /** Ephemeral containers are only ever added. */
    public static void ephemeralContainers(ObjectNode pod, ObjectNode old, Errors errors) {
        PodValidation.pod(pod, errors);
        List<ObjectNode> containers = items(spec(pod), "ephemeralContainers");
        FieldPath path = SPEC.child("ephemeralContainers");
        for (ObjectNode before : items(spec(old), "ephemeralContainers")) {
            String name = text(before, "name");
            int index = -1;
            for (int i = 0; i < containers.size(); i++) {
                index = text(containers.get(i), "name").equals(name) ? i : index;
            }
            if (index < 0) {
                errors.forbidden(path, "existing ephemeral containers \"" + name + "\" may not be removed\n");
            } else if (!Fields.same(containers.get(index), before)) {
                errors.forbidden(path, "existing ephemeral containers \"" + name + "\" may not be changed\n" + difference(containers.get(index), before));
            }
        }
    }

    /** Resources may change; which are named, and the class of service, may not. */
    public static void resize(ObjectNode pod, ObjectNode old, String qosClass, Errors errors) {
        PodValidation.pod(pod, errors);
        ObjectNode spec = spec(pod);
        ObjectNode oldSpec = spec(old);
        if (items(spec, "containers").size() != items(oldSpec, "containers").size() || items(spec, "initContainers").size() != items(oldSpec, "initContainers").size()) {
            errors.forbidden(SPEC.child("containers"), "resize may not add or remove containers");
            return;
        }
        if (text(object(spec, "os"), "name").equals("windows")) {
            errors.forbidden(SPEC, "windows pods cannot be resized");
        }
        String before = text(old, "status", "qosClass");
        if (!before.isEmpty() && !before.equals(qosClass)) {
            errors.invalid(SPEC, qosClass, "Pod QOS Class may not change as a result of resizing");
        }
        for (String list : new String[] {"containers", "initContainers"}) {
            List<ObjectNode> containers = items(spec, list);
            for (int i = 0; i < containers.size(); i++) {
                resized(containers.get(i), items(oldSpec, list).get(i), list.equals("initContainers"), SPEC.child(list).index(i).child("resources"), errors);
            }
        }
        ObjectNode comparable = spec.deepCopy();
        for (String list : new String[] {"containers", "initContainers"}) {
            List<ObjectNode> containers = items(comparable, list);
            for (int i = 0; i < containers.size(); i++) {
                Fields.copy(items(oldSpec, list).get(i), containers.get(i), "resources");
                Fields.copy(items(oldSpec, list).get(i), containers.get(i), "resizePolicy");
            }
        }
        Fields.copy(oldSpec, comparable, "resources");
        if (!Fields.same(comparable, oldSpec)) {
            errors.forbidden(SPEC, "only cpu and memory resources are mutable\n" + difference(comparable, oldSpec));
        }
    }

    private static void resized(ObjectNode container, ObjectNode old, boolean init, FieldPath path, Errors errors) {
        ObjectNode resources = object(container, "resources");
        ObjectNode oldResources = object(old, "resources");
        if (Fields.same(resources, oldResources)) {
            return;
        }
        if (init && !text(old, "restartPolicy").equals("Always")) {
            errors.forbidden(path, "non-sidecar initContainers resources are immutable");
        }
        for (String kind : new String[] {"limits", "requests"}) {
            ObjectNode amounts = object(resources, kind);
            ObjectNode oldAmounts = object(oldResources, kind);
            for (String name : new String[] {"cpu", "memory"}) {
                if (has(oldAmounts, name) && !has(amounts, name)) {
                    errors.forbidden(path.child(kind), "resource " + kind + " cannot be removed");
                }
            }
            if (!Fields.same(withoutCompute(amounts), withoutCompute(oldAmounts))) {
                errors.forbidden(path.child(kind), "only cpu and memory resources are mutable");
            }
        }
    }

    private static ObjectNode withoutCompute(ObjectNode amounts) {
        return amounts == null ? Json.object() : amounts.deepCopy().without(List.of("cpu", "memory"));
    }

    private static ObjectNode spec(ObjectNode pod) {
        return object(pod, "spec") == null ? Json.object() : object(pod, "spec");
    }

    /** The fields at the top that differ, old value against new, one per line. */
    static String difference(ObjectNode object, ObjectNode old) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        old.fieldNames().forEachRemaining(names::add);
        StringBuilder text = new StringBuilder();
        for (String name : names) {
            if (!Fields.same(object.get(name), old.get(name))) {
                text.append("- ").append(name).append(": ").append(old.get(name)).append('\n').append("+ ").append(name).append(": ").append(object.get(name)).append('\n');
            }
        }
        return text.toString();
    }
}
