package io.jakube.common.selector;

import com.fasterxml.jackson.databind.JsonNode;

/** What a field selector compares with: the field as text, with the zero value where it is left out. */
final class FieldValues {
    private static final String REGARDING = "regarding.";

    private FieldValues() {}

    static String of(JsonNode object, String field) {
        JsonNode node = object;
        int start = 0;
        while (true) {
            int dot = field.indexOf('.', start);
            node = node.path(dot < 0 ? field.substring(start) : field.substring(start, dot));
            if (dot < 0) {
                break;
            }
            start = dot + 1;
        }
        if (node.isValueNode() && !node.isNull()) {
            return node.asText();
        }
        return switch (field) {
            case "spec.hostNetwork", "spec.unschedulable" -> "false";
            case "status.replicas" -> "0";
            // The selector's name for a Job's count differs from the field's.
            case "status.successful" -> object.path("status").path("succeeded").asText("0");
            case "status.podIP" -> object.path("status").path("podIPs").path(0).path("ip").asText("");
            // Names events have in events.k8s.io, whose objects are matched in their stored, core form.
            case "reportingController" -> object.path("reportingComponent").asText("");
            // An event's source is an object; its component stands for it, or the reporting component of newer events.
            case "source" -> {
                String component = node.path("component").asText("");
                yield component.isEmpty() ? object.path("reportingComponent").asText("") : component;
            }
            default -> field.startsWith(REGARDING) ? of(object, "involvedObject." + field.substring(REGARDING.length())) : "";
        };
    }
}
