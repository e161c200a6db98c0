package io.jakube.common.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Autoscalers of {@code autoscaling/v1}, which know CPU utilisation only, and {@code v2}, which have metrics. What v1 has no field for travels in the
 * annotations upstream uses: further metrics, their current values, conditions and behaviour, as JSON.
 */
final class AutoscalerConversion {
    private static final String METRICS = "autoscaling.alpha.kubernetes.io/metrics";
    private static final String CURRENT_METRICS = "autoscaling.alpha.kubernetes.io/current-metrics";
    private static final String CONDITIONS = "autoscaling.alpha.kubernetes.io/conditions";
    private static final String BEHAVIOR = "autoscaling.alpha.kubernetes.io/behavior";

    private AutoscalerConversion() {}

    static void toV2(ObjectNode autoscaler) {
        ObjectNode spec = object(autoscaler, "spec");
        ArrayNode metrics = Json.mapper().createArrayNode();
        if (annotation(autoscaler, METRICS) instanceof ArrayNode others) {
            others.forEach(metric -> metrics.add(AutoscalerMetrics.toV2(metric, false)));
        }
        JsonNode cpu = spec.remove("targetCPUUtilizationPercentage");
        if (cpu != null) {
            metrics.add(AutoscalerMetrics.cpu("target", cpu));
        }
        if (!metrics.isEmpty()) {
            spec.set("metrics", metrics);
        }
        if (annotation(autoscaler, BEHAVIOR) instanceof ObjectNode behavior) {
            spec.set("behavior", behavior);
        }
        ObjectNode status = object(autoscaler, "status");
        ArrayNode current = Json.mapper().createArrayNode();
        if (annotation(autoscaler, CURRENT_METRICS) instanceof ArrayNode others) {
            others.forEach(metric -> current.add(AutoscalerMetrics.toV2(metric, true)));
        }
        JsonNode currentCpu = status.remove("currentCPUUtilizationPercentage");
        if (currentCpu != null) {
            current.add(AutoscalerMetrics.cpu("current", currentCpu));
        }
        if (!current.isEmpty()) {
            status.set("currentMetrics", current);
        }
        if (annotation(autoscaler, CONDITIONS) instanceof ArrayNode conditions) {
            status.set("conditions", conditions);
        }
        dropEmptyAnnotations(autoscaler);
    }

    static void toV1(ObjectNode autoscaler) {
        ObjectNode spec = object(autoscaler, "spec");
        ArrayNode others = Json.mapper().createArrayNode();
        for (JsonNode metric : list(spec.remove("metrics"))) {
            JsonNode cpu = AutoscalerMetrics.cpuUtilization(metric, "target");
            if (cpu != null && !spec.has("targetCPUUtilizationPercentage")) {
                spec.set("targetCPUUtilizationPercentage", cpu);
            } else {
                others.add(AutoscalerMetrics.toV1(metric, false));
            }
        }
        annotate(autoscaler, METRICS, others);
        annotate(autoscaler, BEHAVIOR, spec.remove("behavior"));
        ObjectNode status = object(autoscaler, "status");
        ArrayNode current = Json.mapper().createArrayNode();
        for (JsonNode metric : list(status.remove("currentMetrics"))) {
            JsonNode cpu = AutoscalerMetrics.cpuUtilization(metric, "current");
            if (cpu != null && !status.has("currentCPUUtilizationPercentage")) {
                status.set("currentCPUUtilizationPercentage", cpu);
            } else {
                current.add(AutoscalerMetrics.toV1(metric, true));
            }
        }
        annotate(autoscaler, CURRENT_METRICS, current);
        annotate(autoscaler, CONDITIONS, status.remove("conditions"));
    }

    private static JsonNode list(@Nullable JsonNode node) {
        return node == null ? Json.mapper().createArrayNode() : node;
    }

    private static ObjectNode object(ObjectNode parent, String field) {
        return parent.get(field) instanceof ObjectNode present ? present : parent.putObject(field);
    }

    /** Takes an annotation out and parses it; null where there is none or it is no JSON. */
    private static @Nullable JsonNode annotation(ObjectNode autoscaler, String key) {
        if (!(autoscaler.path("metadata").get("annotations") instanceof ObjectNode annotations) || !annotations.has(key)) {
            return null;
        }
        try {
            return Json.mapper().readTree(annotations.remove(key).asText());
        } catch (JsonProcessingException _) {
            return null;
        }
    }

    private static void annotate(ObjectNode autoscaler, String key, @Nullable JsonNode value) {
        if (value != null && !value.isEmpty()) {
            object(object(autoscaler, "metadata"), "annotations").put(key, value.toString());
        }
    }

    private static void dropEmptyAnnotations(ObjectNode autoscaler) {
        if (autoscaler.path("metadata").path("annotations").isEmpty() && autoscaler.get("metadata") instanceof ObjectNode metadata) {
            metadata.remove("annotations");
        }
    }
}
