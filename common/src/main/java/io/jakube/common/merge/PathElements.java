package io.jakube.common.merge;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import io.jakube.common.schema.Schema;
import io.jakube.common.status.ApiException;
import java.util.StringJoiner;
import java.util.TreeSet;

/** Encoded path elements of {@link FieldSet}. */
final class PathElements {
    private PathElements() {}

    static String field(String name) {
        return "f:" + name;
    }

    static String value(JsonNode value) {
        return "v:" + value;
    }

    static boolean isField(String element) {
        return element.startsWith("f:");
    }

    static String fieldName(String element) {
        return element.substring(2);
    }

    /**
     * The element that names an item of a list of the given type.
     *
     * @throws ApiException 422 where a keyed item has none of its keys, or a set's item is no scalar
     */
    static String ofItem(Schema list, JsonNode item) {
        if (list.listType() == Schema.ListType.SET) {
            return value(item);
        }
        ObjectNode key = JsonNodeFactory.instance.objectNode();
        for (String name : new TreeSet<>(list.listMapKeys())) {
            JsonNode part = item.get(name);
            if (part == null && list.items() != null && list.items().properties().containsKey(name)) {
                part = list.items().properties().get(name).defaultValue();
            }
            if (part != null && !part.isNull()) {
                key.set(name, part);
            }
        }
        if (key.isEmpty()) {
            throw ApiException.of(422, "Invalid", "failed to create typed patch object: element of a list with keys " + list.listMapKeys() + " omits all key fields (and doesn't have default values): " + item);
        }
        return "k:" + key;
    }

    /** Upstream's notation of one element. */
    static String print(String element) {
        String body = element.substring(2);
        return switch (element.charAt(0)) {
            case 'f' -> "." + body;
            case 'v' -> "[=" + body + "]";
            case 'i' -> "[" + body + "]";
            default -> {
                StringJoiner parts = new StringJoiner(",", "[", "]");
                try {
                    Json.mapper().readTree(body).properties().forEach(e -> parts.add(e.getKey() + "=" + e.getValue()));
                } catch (JsonProcessingException e) {
                    parts.add(body);
                }
                yield parts.toString();
            }
        };
    }
}
