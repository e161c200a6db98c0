package io.jakube.apiserver.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Texts that cells of several types share. */
final class Cells {
    static final String NONE = "<none>";

    private Cells() {}

    /** A value inside an object by path; a missing node where there is none. */
    static JsonNode at(JsonNode object, String... path) {
        JsonNode node = object;
        for (String step : path) {
            node = node.path(step);
        }
        return node;
    }

    static String text(JsonNode object, String... path) {
        return at(object, path).asText("");
    }

    static String textOr(String otherwise, JsonNode object, String... path) {
        String text = text(object, path);
        return text.isEmpty() ? otherwise : text;
    }

    static long number(JsonNode object, String... path) {
        return at(object, path).asLong(0);
    }

    static String name(JsonNode object) {
        return text(object, "metadata", "name");
    }

    static String age(JsonNode object, Instant now) {
        return HumanDuration.since(text(object, "metadata", "creationTimestamp"), now);
    }

    /** Names or images of a pod specification's containers. */
    static String containers(JsonNode podSpec, String field) {
        StringJoiner joined = new StringJoiner(",");
        podSpec.path("containers").forEach(container -> joined.add(container.path(field).asText("")));
        return joined.toString();
    }

    /** {@code a=b,c=d} in key order, or {@code <none>}. */
    static String labels(@Nullable JsonNode map) {
        if (map == null || map.isEmpty()) {
            return NONE;
        }
        TreeMap<String, String> sorted = new TreeMap<>();
        map.properties().forEach(e -> sorted.put(e.getKey(), e.getValue().asText()));
        StringJoiner joined = new StringJoiner(",");
        sorted.forEach((key, value) -> joined.add(key + "=" + value));
        return joined.toString();
    }

    /** A label selector in string form, or {@code <none>} if it is empty or absent. */
    static String selector(JsonNode selector) {
        List<String> parts = new ArrayList<>();
        if (selector.path("matchLabels").size() > 0) {
            parts.add(labels(selector.get("matchLabels")));
        }
        for (JsonNode expression : selector.path("matchExpressions")) {
            String key = expression.path("key").asText();
            StringJoiner values = new StringJoiner(",", "(", ")");
            expression.path("values").forEach(v -> values.add(v.asText()));
            parts.add(switch (expression.path("operator").asText()) {
                case "In" -> key + " in " + values;
                case "NotIn" -> key + " notin " + values;
                case "Exists" -> key;
                default -> "!" + key;
            });
        }
        return parts.isEmpty() ? NONE : String.join(",", parts);
    }

    /** Elements of a list of strings, or {@code <none>}. */
    static String list(JsonNode array) {
        StringJoiner joined = new StringJoiner(",");
        array.forEach(v -> joined.add(v.asText()));
        return joined.length() == 0 ? NONE : joined.toString();
    }

    /** The status of a condition; empty where there is none. */
    static String condition(JsonNode object, String type) {
        for (JsonNode condition : at(object, "status", "conditions")) {
            if (type.equals(condition.path("type").asText())) {
                return condition.path("status").asText();
            }
        }
        return "";
    }

    /** Whether any condition of these types is true. */
    static boolean anyTrue(JsonNode object, Set<String> types) {
        for (JsonNode condition : at(object, "status", "conditions")) {
            if (types.contains(condition.path("type").asText()) && "True".equals(condition.path("status").asText())) {
                return true;
            }
        }
        return false;
    }
}
