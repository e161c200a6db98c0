package io.jakube.common.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings a tree into the form its schema has: checks JSON types, drops unknown fields and nulls, writes quantities and times canonically and, in
 * the canonical form, leaves out zero values and adds the objects that are always there. Makes a new tree; one instance serves one object.
 */
final class ObjectNormalizer {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final List<String> problems;
    private final boolean canonical;

    /**
     * @param problems where {@code unknown field "…"} goes
     * @param canonical whether zero values are left out; false keeps an object as it was written, as server-side apply needs
     */
    ObjectNormalizer(List<String> problems, boolean canonical) {
        this.problems = problems;
        this.canonical = canonical;
    }

    /** @throws MalformedBodyException where a value has the wrong JSON type */
    ObjectNode normalize(ObjectNode tree, Schema schema) {
        return object(tree, schema, FieldPath.ROOT);
    }

    private ObjectNode object(JsonNode node, Schema schema, FieldPath path) {
        ObjectNode result = NODES.objectNode();
        Map<String, Schema> properties = schema.properties();
        Iterator<Map.Entry<String, JsonNode>> fields = node.properties().iterator();
        while (fields.hasNext()) {
            Map.Entry<String, JsonNode> entry = fields.next();
            String name = entry.getKey();
            Schema field = properties.get(name);
            if (field == null) {
                if (schema.preserveUnknownFields()) {
                    result.set(name, entry.getValue().deepCopy());
                } else {
                    problems.add("unknown field \"" + path.field(name) + "\"");
                }
                continue;
            }
            JsonNode value = value(entry.getValue(), field, path.field(name), schema);
            if (value != null && (!canonical || field.keepsZero() || !isZero(value, field) || schema.required().contains(name))) {
                result.set(name, value);
            }
        }
        if (canonical) {
            for (Map.Entry<String, Schema> property : properties.entrySet()) {
                if (property.getValue().alwaysPresent() && !result.has(property.getKey())) {
                    result.set(property.getKey(), object(NODES.objectNode(), property.getValue(), path.field(property.getKey())));
                }
            }
        }
        return result;
    }

    /** Null where the value is absent. */
    private @Nullable JsonNode value(JsonNode node, Schema schema, FieldPath path, Schema holder) {
        if (node.isNull()) {
            return schema.type() == Schema.Type.ANY && schema.preserveUnknownFields() ? node : null;
        }
        return switch (schema.type()) {
            case OBJECT -> {
                require(node.isObject(), node, schema, path, holder);
                yield object(node, schema, path);
            }
            case MAP -> {
                require(node.isObject(), node, schema, path, holder);
                yield map(node, schema, path, holder);
            }
            case ARRAY -> {
                require(node.isArray(), node, schema, path, holder);
                yield array(node, schema, path, holder);
            }
            case STRING -> {
                require(node.isTextual(), node, schema, path, holder);
                yield ScalarForms.string(node, schema);
            }
            case BOOLEAN -> {
                require(node.isBoolean(), node, schema, path, holder);
                yield node;
            }
            case INTEGER -> {
                require(node.isNumber() && (schema.format().equals("int32") ? node.isIntegralNumber() && node.canConvertToInt() : node.isIntegralNumber() && node.canConvertToLong()),
                        node, schema, path, holder);
                yield node;
            }
            case NUMBER -> {
                require(node.isNumber(), node, schema, path, holder);
                yield node;
            }
            case INT_OR_STRING -> {
                if (!node.isTextual() && !(node.isIntegralNumber() && node.canConvertToInt())) {
                    throw new MalformedBodyException("json: cannot unmarshal " + TypeWords.of(node, true) + " into Go value of type " + (node.isNumber() ? "int32" : "string"));
                }
                yield node;
            }
            case QUANTITY -> ScalarForms.quantity(node);
            case ANY -> node.deepCopy();
        };
    }

    private JsonNode map(JsonNode node, Schema schema, FieldPath path, Schema holder) {
        ObjectNode result = NODES.objectNode();
        Schema items = schema.items();
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            JsonNode value = items == null ? entry.getValue().deepCopy() : value(entry.getValue(), items, path.key(entry.getKey()), holder);
            result.set(entry.getKey(), value == null && items != null ? zero(items) : value);
        }
        return result;
    }

    private JsonNode array(JsonNode node, Schema schema, FieldPath path, Schema holder) {
        ArrayNode result = NODES.arrayNode(node.size());
        Schema items = schema.items();
        for (int i = 0; i < node.size(); i++) {
            JsonNode value = items == null ? node.get(i).deepCopy() : value(node.get(i), items, path.element(i), holder);
            result.add(value == null && items != null ? zero(items) : value);
        }
        return result;
    }

    /** What null means where a value must be: the zero value of the type, as upstream decodes it. */
    private JsonNode zero(Schema schema) {
        return switch (schema.type()) {
            case OBJECT -> object(NODES.objectNode(), schema, FieldPath.ROOT);
            case MAP -> NODES.objectNode();
            case ARRAY -> NODES.arrayNode();
            case STRING -> schema.format().equals("date-time") ? NODES.nullNode() : TextNode.valueOf("");
            case QUANTITY -> TextNode.valueOf("0");
            case INTEGER, NUMBER, INT_OR_STRING -> NODES.numberNode(0);
            case BOOLEAN -> NODES.booleanNode(false);
            case ANY -> NODES.nullNode();
        };
    }

    private static boolean isZero(JsonNode value, Schema schema) {
        return switch (schema.type()) {
            case STRING -> value.textValue().isEmpty();
            case BOOLEAN -> !value.booleanValue();
            case INTEGER -> value.longValue() == 0;
            case NUMBER -> value.doubleValue() == 0;
            case ARRAY, MAP -> value.isEmpty();
            case INT_OR_STRING -> value.isTextual() ? value.textValue().isEmpty() : value.intValue() == 0;
            case OBJECT, QUANTITY, ANY -> false;
        };
    }

    private static void require(boolean right, JsonNode node, Schema schema, FieldPath path, Schema holder) {
        if (!right) {
            String type = holder.typeName();
            String struct = type == null ? "" : type.substring(type.lastIndexOf('.') + 1) + ".";
            throw new MalformedBodyException("json: cannot unmarshal " + TypeWords.of(node, schema.type() == Schema.Type.INTEGER) + " into Go struct field "
                    + struct + path.fieldNames() + " of type " + TypeWords.goType(schema));
        }
    }
}
