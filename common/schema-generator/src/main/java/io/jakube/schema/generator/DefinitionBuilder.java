package io.jakube.schema.generator;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import io.jakube.schema.generator.ModelClass.Field;
import io.jakube.schema.generator.ModelClass.JavaType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Joins a model class and its protobuf message into one definition. Java tells names, documentation, required fields and most types;
 * protobuf tells field numbers and what Java's {@code OffsetDateTime} and {@code Object} stand for.
 *
 * <p>Protobuf fields the JSON form does not have (one in autoscaling/v2) are left out; a decoder skips them as it skips any unknown field.
 *
 * <p>Keys of a definition are short because there are thousands: {@code t} type, {@code f} format, {@code r} reference, {@code i} items,
 * {@code req} required fields, {@code p} properties, {@code w} protobuf fields as {@code [number, name, kind]} or, for a message whose fields are
 * inlined, {@code [number, [fields]]}.
 */
final class DefinitionBuilder {
    private static final String META = "io.k8s.apimachinery.pkg.apis.meta.v1.";
    private static final String APIEXTENSIONS = "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.";
    private static final Map<String, String> WIRE_KINDS = Map.ofEntries(
            Map.entry(META + "Time", "t"),
            Map.entry(META + "MicroTime", "t6"),
            Map.entry(META + "FieldsV1", "r"),
            Map.entry("io.k8s.apimachinery.pkg.api.resource.Quantity", "q"),
            Map.entry("io.k8s.apimachinery.pkg.util.intstr.IntOrString", "o"),
            Map.entry("io.k8s.apimachinery.pkg.runtime.RawExtension", "r"),
            Map.entry(APIEXTENSIONS + "JSON", "r"),
            Map.entry(APIEXTENSIONS + "JSONSchemaPropsOrArray", "pa"),
            Map.entry(APIEXTENSIONS + "JSONSchemaPropsOrBool", "pb"),
            Map.entry(APIEXTENSIONS + "JSONSchemaPropsOrStringArray", "ps"));

    private final ObjectMapper mapper = new ObjectMapper();
    private final Map<String, String> definitionNames;
    private final Map<String, Descriptor> messages;

    DefinitionBuilder(Map<String, String> definitionNames, Map<String, Descriptor> messages) {
        this.definitionNames = definitionNames;
        this.messages = messages;
    }

    ObjectNode build(ModelClass model) {
        String name = definitionNames.get(model.className());
        Descriptor message = messages.get(name);
        Map<String, FieldDescriptor> wire = new HashMap<>();
        Set<String> fieldNames = model.fields().stream().map(Field::name).collect(Collectors.toCollection(HashSet::new));
        ObjectNode definition = mapper.createObjectNode().put("t", "object");
        if (message != null) {
            definition.set("w", wireFields(message, fieldNames, wire));
        }
        ObjectNode properties = mapper.createObjectNode();
        ArrayNode required = mapper.createArrayNode();
        for (Field field : new TreeMap<>(model.fields().stream().collect(Collectors.toMap(Field::name, f -> f))).values()) {
            properties.set(field.name(), type(field.type(), wire.get(field.name())));
            if (field.required()) {
                required.add(field.name());
            }
        }
        definition.set("p", properties);
        if (!required.isEmpty()) {
            definition.set("req", required);
        }
        return definition;
    }

    private ArrayNode wireFields(Descriptor message, Set<String> fieldNames, Map<String, FieldDescriptor> byName) {
        ArrayNode fields = mapper.createArrayNode();
        for (FieldDescriptor field : message.getFields()) {
            String name = jsonName(field, fieldNames);
            if (name != null) {
                byName.put(name, field);
                fields.addArray().add(field.getNumber()).add(name).add(wireKind(field));
            } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && !field.isRepeated()
                    && field.getMessageType().getFields().stream().anyMatch(f -> jsonName(f, fieldNames) != null || f.getJavaType() == FieldDescriptor.JavaType.MESSAGE)) {
                fields.addArray().add(field.getNumber()).add(wireFields(field.getMessageType(), fieldNames, byName));
            }
        }
        return fields;
    }

    /** Protobuf names differ from JSON's in the case of the first letters, in a leading {@code $}, or in dashes. */
    private static String jsonName(FieldDescriptor field, Set<String> fieldNames) {
        String name = field.getName();
        if (fieldNames.contains(name)) {
            return name;
        }
        String plain = plain(name);
        return fieldNames.stream().filter(f -> plain(f).equals(plain)).findFirst().orElse(null);
    }

    private static String plain(String name) {
        String lower = name.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return lower.startsWith("xkubernetes") ? "x" + lower.substring("xkubernetes".length()) : lower;
    }

    private static String wireKind(FieldDescriptor field) {
        if (field.isMapField()) {
            return "{" + wireKind(field.getMessageType().findFieldByName("value"));
        }
        String kind = switch (field.getType()) {
            case STRING -> "s";
            case BYTES -> "y";
            case BOOL -> "b";
            case INT32 -> "i";
            case INT64 -> "l";
            case DOUBLE -> "d";
            case MESSAGE -> messageKind(field.getMessageType());
            default -> throw new IllegalStateException("unexpected protobuf type of " + field.getFullName());
        };
        return field.isRepeated() ? "*" + kind : kind;
    }

    private static String messageKind(Descriptor message) {
        String special = WIRE_KINDS.get(ProtoReader.definitionName(message));
        if (special != null) {
            return special;
        }
        boolean wrapper = message.getFields().size() == 1 && message.getFields().getFirst().getName().equals("items")
                && message.getFields().getFirst().getJavaType() == FieldDescriptor.JavaType.STRING;
        return wrapper ? "w" + wireKind(message.getFields().getFirst()).substring(1) : "m";
    }

    private ObjectNode type(JavaType type, FieldDescriptor wire) {
        ObjectNode node = mapper.createObjectNode();
        return switch (type.name()) {
            case "String" -> node.put("t", "string");
            case "Boolean" -> node.put("t", "boolean");
            case "Integer" -> node.put("t", "integer").put("f", "int32");
            case "Long" -> node.put("t", "integer").put("f", "int64");
            case "Double", "BigDecimal" -> node.put("t", "number").put("f", "double");
            case "byte[]" -> node.put("t", "string").put("f", "byte");
            case "List" -> node.put("t", "array").set("i", type(type.arguments().getFirst(), wire));
            case "Map" -> node.put("t", "map").set("i", type(type.arguments().get(1), wire == null || !wire.isMapField() ? wire : wire.getMessageType().findFieldByName("value")));
            case "OffsetDateTime" -> node.put("r", wire != null && wire.getMessageType().getName().equals("MicroTime") ? META + "MicroTime" : META + "Time");
            case "Quantity" -> node.put("r", "io.k8s.apimachinery.pkg.api.resource.Quantity");
            case "IntOrString" -> node.put("r", "io.k8s.apimachinery.pkg.util.intstr.IntOrString");
            case "Object" -> object(node, wire);
            default -> {
                String definition = definitionNames.get(type.name());
                if (definition == null) {
                    throw new IllegalStateException("No definition for the Java type " + type);
                }
                yield node.put("r", definition);
            }
        };
    }

    private static ObjectNode object(ObjectNode node, FieldDescriptor wire) {
        if (wire == null || wire.getJavaType() != FieldDescriptor.JavaType.MESSAGE) {
            return node.put("t", "any");
        }
        String name = ProtoReader.definitionName(wire.getMessageType());
        return WIRE_KINDS.containsKey(name) ? node.put("r", name) : node.put("t", "object");
    }
}
