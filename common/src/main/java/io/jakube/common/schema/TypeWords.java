package io.jakube.common.schema;

import com.fasterxml.jackson.databind.JsonNode;

/** The words clients know from upstream's decoder: JSON kinds of values, and names of types. */
final class TypeWords {
    private TypeWords() {}

    /** @param withNumber whether a number is shown, which is done where a number is wanted but this one does not fit */
    static String of(JsonNode node, boolean withNumber) {
        return switch (node.getNodeType()) {
            case OBJECT -> "object";
            case ARRAY -> "array";
            case STRING -> "string";
            case BOOLEAN -> "bool";
            case NUMBER -> withNumber ? "number " + node.asText() : "number";
            case NULL -> "null";
            case BINARY, MISSING, POJO -> "value";
        };
    }

    static String goType(Schema schema) {
        String name = schema.typeName();
        Schema items = schema.items();
        return switch (schema.type()) {
            case STRING -> schema.format().equals("byte") ? "[]uint8" : "string";
            case BOOLEAN -> "bool";
            case INTEGER -> schema.format();
            case NUMBER -> "float64";
            case ARRAY -> "[]" + (items == null ? "interface {}" : goType(items));
            case MAP -> "map[string]" + (items == null ? "interface {}" : goType(items));
            case OBJECT, INT_OR_STRING, QUANTITY, ANY -> name == null ? "interface {}" : name.replaceFirst(".*\\.([^.]+\\.[^.]+)$", "$1");
        };
    }
}
