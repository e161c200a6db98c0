package io.jakube.apiserver.admission;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Fields;
import io.jakube.common.quantity.Quantity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Gives containers the requests and limits a namespace's LimitRanges name, and refuses what is outside (Kubernetes documentation, "Limit Ranges"). */
final class LimitRanger implements AdmissionPlugin {
    private static final GroupResource LIMIT_RANGES = GroupResource.core("limitranges");
    private static final String ANNOTATION = "kubernetes.io/limit-ranger";

    private final ObjectStore store;

    LimitRanger(ObjectStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    @Override
    public String name() {
        return "LimitRanger";
    }

    @Override
    public void mutate(AdmissionRequest request) {
        ObjectNode pod = request.object();
        if (pod == null || request.operation() != Operation.CREATE || !request.isFor("", "pods")) {
            return;
        }
        for (ObjectNode range : store.listCached(LIMIT_RANGES, request.namespace())) {
            for (ObjectNode limit : Fields.items(range.path("spec"), "limits")) {
                if (Fields.text(limit, "type").equals("Container")) {
                    applyDefaults(pod, limit);
                }
            }
        }
    }

    private static void applyDefaults(ObjectNode pod, ObjectNode limit) {
        List<String> set = new ArrayList<>();
        ObjectNode spec = Fields.ensureObject(pod, "spec");
        for (ObjectNode container : Fields.items(spec, "containers")) {
            applyDefaults(container, "container", limit, set);
        }
        for (ObjectNode container : Fields.items(spec, "initContainers")) {
            applyDefaults(container, "init container", limit, set);
        }
        if (!set.isEmpty()) {
            Fields.ensureObject(Fields.ensureObject(pod, "metadata"), "annotations").put(ANNOTATION, "LimitRanger plugin set: " + String.join("; ", set));
        }
    }

    private static void applyDefaults(ObjectNode container, String kind, ObjectNode limit, List<String> set) {
        fill(container, "requests", limit.path("defaultRequest"), " request for " + kind, set);
        fill(container, "limits", limit.path("default"), " limit for " + kind, set);
    }

    private static void fill(ObjectNode container, String field, JsonNode defaults, String what, List<String> set) {
        TreeSet<String> added = new TreeSet<>();
        for (var entry : defaults.properties()) {
            ObjectNode amounts = Fields.ensureObject(Fields.ensureObject(container, "resources"), field);
            if (!amounts.has(entry.getKey())) {
                amounts.set(entry.getKey(), entry.getValue());
                added.add(entry.getKey());
            }
        }
        if (!added.isEmpty()) {
            set.add(String.join(", ", added) + what + " " + Fields.text(container, "name"));
        }
    }

    @Override
    public void validate(AdmissionRequest request) {
        ObjectNode object = request.object();
        boolean pod = request.isFor("", "pods") && request.operation() == Operation.CREATE;
        boolean claim = request.isFor("", "persistentvolumeclaims") && (request.operation() == Operation.CREATE || request.operation() == Operation.UPDATE);
        if (object == null || !pod && !claim) {
            return;
        }
        List<String> errors = new ArrayList<>();
        for (ObjectNode range : store.listCached(LIMIT_RANGES, request.namespace())) {
            for (ObjectNode limit : Fields.items(range.path("spec"), "limits")) {
                switch (Fields.text(limit, "type")) {
                    case "Container" -> {
                        if (pod) {
                            PodAmounts.containers(object).forEach(container -> check(limit, "Container", PodAmounts.of(container, "requests"), PodAmounts.of(container, "limits"), errors));
                        }
                    }
                    case "Pod" -> {
                        if (pod) {
                            check(limit, "Pod", PodAmounts.declared(object, "requests"), PodAmounts.declared(object, "limits"), errors);
                        }
                    }
                    case "PersistentVolumeClaim" -> {
                        if (claim) {
                            checkClaim(limit, PodAmounts.of(Fields.ensureObject(object, "spec"), "requests"), errors);
                        }
                    }
                    default -> { }
                }
            }
        }
        if (!errors.isEmpty()) {
            throw Refuse.forbidden(request, errors.size() == 1 ? errors.getFirst() : "[" + String.join(", ", errors) + "]");
        }
    }

    private static void check(ObjectNode limit, String type, Map<String, Quantity> requests, Map<String, Quantity> limits, List<String> errors) {
        amounts(limit.path("min")).forEach((name, min) -> {
            Quantity request = requests.get(name);
            Quantity upper = limits.get(name);
            String rule = "minimum " + name + " usage per " + type + " is " + min;
            if (request == null) {
                errors.add(rule + ".  No request is specified");
            } else if (request.compareTo(min) < 0) {
                errors.add(rule + ", but request is " + request);
            } else if (upper != null && upper.compareTo(min) < 0) {
                errors.add(rule + ", but limit is " + upper);
            }
        });
        amounts(limit.path("max")).forEach((name, max) -> {
            Quantity request = requests.get(name);
            Quantity upper = limits.get(name);
            String rule = "maximum " + name + " usage per " + type + " is " + max;
            if (upper == null) {
                errors.add(rule + ".  No limit is specified");
            } else if (upper.compareTo(max) > 0) {
                errors.add(rule + ", but limit is " + upper);
            } else if (request != null && request.compareTo(max) > 0) {
                errors.add(rule + ", but request is " + request);
            }
        });
        amounts(limit.path("maxLimitRequestRatio")).forEach((name, ratio) -> {
            Quantity request = requests.get(name);
            Quantity upper = limits.get(name);
            String rule = name + " max limit to request ratio per " + type + " is " + ratio;
            if (request == null || request.isZero()) {
                errors.add(rule + ", but no request is specified or request is 0");
            } else if (upper == null || upper.isZero()) {
                errors.add(rule + ", but no limit is specified or limit is 0");
            } else {
                double given = upper.amount().doubleValue() / request.amount().doubleValue();
                if (given > ratio.amount().doubleValue()) {
                    errors.add(rule + ", but provided ratio is " + "%f".formatted(given));
                }
            }
        });
    }

    private static void checkClaim(ObjectNode limit, Map<String, Quantity> requests, List<String> errors) {
        amounts(limit.path("min")).forEach((name, min) -> {
            Quantity request = requests.get(name);
            if (request == null || request.compareTo(min) < 0) {
                errors.add("minimum " + name + " usage per PersistentVolumeClaim is " + min + (request == null ? ".  No request is specified" : ", but request is " + request));
            }
        });
        amounts(limit.path("max")).forEach((name, max) -> {
            Quantity request = requests.get(name);
            if (request == null || request.compareTo(max) > 0) {
                errors.add("maximum " + name + " usage per PersistentVolumeClaim is " + max + (request == null ? ".  No request is specified" : ", but request is " + request));
            }
        });
    }

    private static Map<String, Quantity> amounts(JsonNode amounts) {
        Map<String, Quantity> parsed = new TreeMap<>();
        amounts.properties().forEach(entry -> parsed.put(entry.getKey(), Quantity.parse(entry.getValue().asText())));
        return parsed;
    }
}
