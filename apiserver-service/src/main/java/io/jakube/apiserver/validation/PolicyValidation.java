package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.quantity.Quantity;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Limits on what may happen: disruption budgets, quotas, limit ranges, autoscalers. */
public final class PolicyValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");

    private PolicyValidation() {}

    public static void disruptionBudget(ObjectNode budget, Errors errors) {
        ObjectNode spec = object(budget, "spec");
        if (has(spec, "minAvailable") && has(spec, "maxUnavailable")) {
            errors.invalid(SPEC, spec, "minAvailable and maxUnavailable cannot be both set");
        }
        for (String field : new String[] {"minAvailable", "maxUnavailable"}) {
            JsonNode value = spec == null ? null : spec.get(field);
            Formats.countOrPercent(SPEC.child(field), value, errors);
            Formats.notMoreThanAll(SPEC.child(field), value, errors);
        }
        SelectorValidation.selector(object(spec, "selector"), SPEC.child("selector"), errors);
        Formats.optionalOneOf(SPEC.child("unhealthyPodEvictionPolicy"), text(spec, "unhealthyPodEvictionPolicy"), errors, "AlwaysAllow", "IfHealthyBudget");
    }

    public static void disruptionBudgetStatus(ObjectNode budget, ObjectNode old, Errors errors) {
        ObjectNode status = object(budget, "status");
        for (String field : new String[] {"disruptionsAllowed", "currentHealthy", "desiredHealthy", "expectedPods"}) {
            errors.notNegative(FieldPath.of("status", field), integer(status, field));
        }
    }

    public static void resourceQuota(ObjectNode quota, Errors errors) {
        ObjectNode spec = object(quota, "spec");
        ObjectNode hard = object(spec, "hard");
        if (hard != null) {
            hard.properties().forEach(entry -> {
                FieldPath path = SPEC.child("hard").key(entry.getKey());
                ResourceNames.quotaResource(path, entry.getKey(), errors);
                ResourceRequirements.amount(path, entry.getKey(), entry.getValue(), errors);
            });
        }
        List<String> scopes = texts(spec, "scopes");
        for (String scope : scopes) {
            if (!List.of("BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating", "VolumeAttributesClass").contains(scope)) {
                errors.invalid(SPEC.child("scopes"), spec == null ? null : spec.get("scopes"), "unsupported scope");
            }
        }
        if (scopes.containsAll(List.of("BestEffort", "NotBestEffort")) || scopes.containsAll(List.of("Terminating", "NotTerminating"))) {
            errors.invalid(SPEC.child("scopes"), spec == null ? null : spec.get("scopes"), "conflicting scopes");
        }
    }

    public static void resourceQuotaUpdate(ObjectNode quota, ObjectNode old, Errors errors) {
        Set<String> scopes = new HashSet<>(texts(object(quota, "spec"), "scopes"));
        if (!scopes.equals(new HashSet<>(texts(object(old, "spec"), "scopes")))) {
            errors.invalid(SPEC.child("scopes"), quota.path("spec").path("scopes"), Errors.IMMUTABLE);
        }
    }

    public static void limitRange(ObjectNode range, Errors errors) {
        Set<String> types = new HashSet<>();
        List<ObjectNode> limits = items(object(range, "spec"), "limits");
        for (int i = 0; i < limits.size(); i++) {
            ObjectNode limit = limits.get(i);
            FieldPath at = SPEC.child("limits").index(i);
            String type = text(limit, "type");
            if (type.isEmpty()) {
                errors.required(at.child("type"), "");
            } else if (!List.of("Pod", "Container", "PersistentVolumeClaim").contains(type) && !type.contains("/")) {
                errors.invalid(at.child("type"), type, "must be a standard limit type or fully qualified");
            }
            if (!types.add(type)) {
                errors.duplicate(at.child("type"), type);
            }
            if (type.equals("Pod")) {
                for (String field : new String[] {"default", "defaultRequest"}) {
                    if (object(limit, field) != null && !object(limit, field).isEmpty()) {
                        errors.forbidden(at.child(field), "may not be specified when `type` is 'Pod'");
                    }
                }
            }
            bounds(limit, at, errors);
        }
    }

    private static void bounds(ObjectNode limit, FieldPath at, Errors errors) {
        Set<String> names = new TreeSet<>();
        for (String field : new String[] {"min", "max", "default", "defaultRequest", "maxLimitRequestRatio"}) {
            ObjectNode amounts = object(limit, field);
            if (amounts != null) {
                amounts.properties().forEach(entry -> {
                    names.add(entry.getKey());
                    FieldPath path = at.child(field).key(entry.getKey());
                    ResourceNames.resource(path, entry.getKey(), errors);
                    Formats.quantity(path, entry.getValue(), errors);
                });
            }
        }
        for (String name : names) {
            ordered(limit, at, name, "min", "max", "min value %s is greater than max value %s", "min", errors);
            ordered(limit, at, name, "min", "defaultRequest", "min value %s is greater than default request value %s", "defaultRequest", errors);
            ordered(limit, at, name, "defaultRequest", "max", "default request value %s is greater than max value %s", "defaultRequest", errors);
            ordered(limit, at, name, "min", "default", "min value %s is greater than default value %s", "default", errors);
            ordered(limit, at, name, "default", "max", "default value %s is greater than max value %s", "default", errors);
            ordered(limit, at, name, "defaultRequest", "default", "default request value %s is greater than default limit value %s", "defaultRequest", errors);
        }
    }

    private static void ordered(ObjectNode limit, FieldPath at, String name, String lower, String upper, String text, String blamed, Errors errors) {
        Optional<Quantity> low = quantity(object(limit, lower), name);
        Optional<Quantity> high = quantity(object(limit, upper), name);
        if (low.isPresent() && high.isPresent() && low.get().compareTo(high.get()) > 0) {
            errors.invalid(at.child(blamed).key(name), (blamed.equals(lower) ? low : high).get().toString(), String.format(text, low.get(), high.get()));
        }
    }

    private static Optional<Quantity> quantity(@Nullable ObjectNode amounts, String name) {
        try {
            return has(amounts, name) ? Optional.of(Quantity.parse(amounts.get(name).asText())) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public static void autoscaler(ObjectNode autoscaler, Errors errors) {
        ObjectNode spec = object(autoscaler, "spec");
        long min = integer(spec, "minReplicas", 1);
        long max = integer(spec, "maxReplicas");
        if (min < 1) {
            errors.invalid(SPEC.child("minReplicas"), min, "must be greater than or equal to 1");
        }
        if (max < 1) {
            errors.invalid(SPEC.child("maxReplicas"), max, "must be greater than 0");
        }
        if (max < min) {
            errors.invalid(SPEC.child("maxReplicas"), max, "must be greater than or equal to `minReplicas`");
        }
        ObjectNode target = object(spec, "scaleTargetRef");
        for (String field : new String[] {"kind", "name"}) {
            String value = text(target, field);
            if (value.isEmpty()) {
                errors.required(SPEC.child("scaleTargetRef", field), "");
            } else {
                errors.invalid(SPEC.child("scaleTargetRef", field), value, Names.pathSegment(value, false));
            }
        }
        List<ObjectNode> metrics = items(spec, "metrics");
        for (int i = 0; i < metrics.size(); i++) {
            String type = text(metrics.get(i), "type");
            FieldPath at = SPEC.child("metrics").index(i);
            Formats.oneOf(at.child("type"), type, errors, "ContainerResource", "External", "Object", "Pods", "Resource");
            String source = type.isEmpty() ? "" : Character.toLowerCase(type.charAt(0)) + type.substring(1);
            if (!source.isEmpty() && !has(metrics.get(i), source)) {
                errors.required(at.child(source), "must populate information for the given metric source");
            }
        }
    }
}
