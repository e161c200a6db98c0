package io.jakube.common.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One metric of an autoscaler: nested targets in v2, flat fields in the JSON of v1's annotations. */
final class AutoscalerMetrics {
    /** Field that holds a metric, by its type. */
    private static final Map<String, String> SOURCES = Map.of("Resource", "resource", "ContainerResource", "containerResource", "Pods", "pods", "Object", "object", "External", "external");

    private AutoscalerMetrics() {}

    /** @param part {@code target} or {@code current} */
    static ObjectNode cpu(String part, JsonNode utilization) {
        ObjectNode metric = Json.object().put("type", "Resource");
        ObjectNode value = metric.putObject("resource").put("name", "cpu").putObject(part);
        if (part.equals("target")) {
            value.put("type", "Utilization");
        }
        value.set("averageUtilization", utilization);
        return metric;
    }

    /** CPU utilisation where the metric is that and nothing else; else null. */
    static @Nullable JsonNode cpuUtilization(JsonNode metric, String part) {
        JsonNode resource = metric.path("resource");
        boolean cpu = metric.path("type").asText().equals("Resource") && resource.path("name").asText().equals("cpu");
        return cpu ? resource.path(part).get("averageUtilization") : null;
    }

    /** @param current whether a status is meant, whose flat fields begin with {@code current} instead of {@code target} */
    static ObjectNode toV1(JsonNode metric, boolean current) {
        String source = SOURCES.getOrDefault(metric.path("type").asText(), "");
        ObjectNode result = Json.object().put("type", metric.path("type").asText());
        ObjectNode flat = result.putObject(source);
        JsonNode nested = metric.path(source);
        JsonNode value = nested.path(current ? "current" : "target");
        String prefix = current ? "current" : "target";
        copy(nested, "name", flat, "name");
        copy(nested, "container", flat, "container");
        copy(nested, "describedObject", flat, "target");
        copy(nested.path("metric"), "name", flat, "metricName");
        copy(nested.path("metric"), "selector", flat, source.equals("external") ? "metricSelector" : "selector");
        copy(value, "averageUtilization", flat, prefix + "AverageUtilization");
        copy(value, "value", flat, prefix + "Value");
        copy(value, "averageValue", flat, source.equals("object") ? "averageValue" : prefix + "AverageValue");
        return result;
    }

    static ObjectNode toV2(JsonNode metric, boolean current) {
        String source = SOURCES.getOrDefault(metric.path("type").asText(), "");
        ObjectNode result = Json.object().put("type", metric.path("type").asText());
        ObjectNode nested = result.putObject(source);
        JsonNode flat = metric.path(source);
        String prefix = current ? "current" : "target";
        copy(flat, "name", nested, "name");
        copy(flat, "container", nested, "container");
        copy(flat, "target", nested, "describedObject");
        if (flat.has("metricName")) {
            ObjectNode identifier = nested.putObject("metric");
            copy(flat, "metricName", identifier, "name");
            copy(flat, source.equals("external") ? "metricSelector" : "selector", identifier, "selector");
        }
        ObjectNode value = nested.putObject(current ? "current" : "target");
        copy(flat, prefix + "AverageUtilization", value, "averageUtilization");
        copy(flat, prefix + "Value", value, "value");
        copy(flat, source.equals("object") ? "averageValue" : prefix + "AverageValue", value, "averageValue");
        if (!current) {
            value.put("type", value.has("averageUtilization") ? "Utilization" : value.has("averageValue") ? "AverageValue" : "Value");
        }
        return result;
    }

    private static void copy(JsonNode from, String field, ObjectNode to, String name) {
        JsonNode value = from.get(field);
        if (value != null) {
            to.set(name, value);
        }
    }
}
