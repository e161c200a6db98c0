package io.jakube.common.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A definition of the schema resource, parsed.
 *
 * @param schema the type
 * @param wire its protobuf fields; empty where the type has no protobuf form
 */
record Definition(BuiltinSchema schema, List<WireField> wire) {
    static Definition parse(BuiltinSchemas registry, String name, ObjectNode line) {
        BuiltinSchema.Builder type = builder(registry, line);
        type.typeName = name;
        Map<String, Schema> properties = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> property : line.path("p").properties()) {
            BuiltinSchema.Builder field = builder(registry, property.getValue());
            field.owner = name;
            field.fieldName = property.getKey();
            properties.put(property.getKey(), field.build());
        }
        type.properties = Collections.unmodifiableMap(properties);
        type.required = strings(line.path("req"));
        return new Definition(type.build(), wire(line.path("w")));
    }

    private static BuiltinSchema.Builder builder(BuiltinSchemas registry, JsonNode node) {
        BuiltinSchema.Builder builder = new BuiltinSchema.Builder(registry);
        builder.reference = node.path("r").asText(null);
        builder.type = switch (node.path("t").asText("")) {
            case "object" -> Schema.Type.OBJECT;
            case "map" -> Schema.Type.MAP;
            case "array" -> Schema.Type.ARRAY;
            case "string" -> Schema.Type.STRING;
            case "integer" -> Schema.Type.INTEGER;
            case "number" -> Schema.Type.NUMBER;
            case "boolean" -> Schema.Type.BOOLEAN;
            case "int-or-string" -> Schema.Type.INT_OR_STRING;
            case "quantity" -> Schema.Type.QUANTITY;
            default -> Schema.Type.ANY;
        };
        builder.format = node.path("f").asText("");
        builder.items = node.has("i") ? builder(registry, node.get("i")).build() : null;
        builder.mapType = node.path("m").asText("");
        builder.listType = switch (node.path("l").asText("")) {
            case "map" -> Schema.ListType.MAP;
            case "set" -> Schema.ListType.SET;
            default -> Schema.ListType.ATOMIC;
        };
        builder.listMapKeys = List.copyOf(strings(node.path("k")));
        builder.patchStrategies = strings(node.path("ps"));
        builder.patchMergeKey = node.path("pk").asText(null);
        builder.defaultValue = node.get("d");
        builder.keepsZero = node.path("z").asBoolean();
        builder.alwaysPresent = node.path("a").asBoolean();
        return builder;
    }

    private static Set<String> strings(JsonNode array) {
        Set<String> strings = new LinkedHashSet<>();
        array.forEach(element -> strings.add(element.asText().intern()));
        return strings.isEmpty() ? Set.of() : Collections.unmodifiableSet(strings);
    }

    private static List<WireField> wire(JsonNode array) {
        List<WireField> fields = new ArrayList<>();
        for (JsonNode entry : array) {
            fields.add(entry.size() == 2
                    ? new WireField(entry.get(0).asInt(), "", "", wire(entry.get(1)))
                    : new WireField(entry.get(0).asInt(), entry.get(1).asText().intern(), entry.get(2).asText().intern(), List.of()));
        }
        return List.copyOf(fields);
    }
}
