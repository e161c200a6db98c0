package io.jakube.common.api;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Conversions between the versions a built-in kind is served in. Only two kinds have several: events ({@code v1}, stored, and
 * {@code events.k8s.io/v1}) and horizontal pod autoscalers ({@code autoscaling/v2}, stored, and {@code autoscaling/v1}). Thread-safe.
 */
public final class BuiltinConversions implements ObjectConverter {
    private static final GroupVersionKind CORE_EVENT = new GroupVersionKind("", "v1", "Event");
    private static final GroupVersionKind NEW_EVENT = new GroupVersionKind("events.k8s.io", "v1", "Event");
    private static final GroupVersionKind AUTOSCALER_V1 = new GroupVersionKind("autoscaling", "v1", "HorizontalPodAutoscaler");
    private static final GroupVersionKind AUTOSCALER_V2 = new GroupVersionKind("autoscaling", "v2", "HorizontalPodAutoscaler");

    @Override
    public ObjectNode convert(ObjectNode object, GroupVersionKind target) {
        requireNonNull(target, "target is null");
        GroupVersionKind source = GroupVersionKind.of(object.path("apiVersion").asText(), object.path("kind").asText());
        if (source.equals(target)) {
            return object;
        }
        ObjectNode converted = object.deepCopy();
        if (source.equals(CORE_EVENT) && target.equals(NEW_EVENT)) {
            EventConversion.toNew(converted);
        } else if (source.equals(NEW_EVENT) && target.equals(CORE_EVENT)) {
            EventConversion.toCore(converted);
        } else if (source.equals(AUTOSCALER_V1) && target.equals(AUTOSCALER_V2)) {
            AutoscalerConversion.toV2(converted);
        } else if (source.equals(AUTOSCALER_V2) && target.equals(AUTOSCALER_V1)) {
            AutoscalerConversion.toV1(converted);
        } else {
            throw new IllegalArgumentException("No conversion from " + source + " to " + target);
        }
        converted.put("apiVersion", target.apiVersion());
        return converted;
    }
}
