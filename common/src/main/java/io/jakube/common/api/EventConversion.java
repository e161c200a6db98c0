package io.jakube.common.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** Events under their two names for the same fields. */
final class EventConversion {
    /** Field of {@code v1} by field of {@code events.k8s.io/v1}; the rest have the same name. */
    private static final Map<String, String> CORE_NAMES = Map.of(
            "regarding", "involvedObject",
            "note", "message",
            "reportingController", "reportingComponent",
            "deprecatedSource", "source",
            "deprecatedFirstTimestamp", "firstTimestamp",
            "deprecatedLastTimestamp", "lastTimestamp",
            "deprecatedCount", "count");

    private EventConversion() {}

    static void toCore(ObjectNode event) {
        CORE_NAMES.forEach((newName, coreName) -> rename(event, newName, coreName));
    }

    static void toNew(ObjectNode event) {
        CORE_NAMES.forEach((newName, coreName) -> rename(event, coreName, newName));
    }

    private static void rename(ObjectNode event, String from, String to) {
        JsonNode value = event.remove(from);
        if (value != null) {
            event.set(to, value);
        }
    }
}
