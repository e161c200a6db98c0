package io.jakube.db.etcd.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import io.jakube.common.json.Json;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Messages as JSON (protobuf's JSON mapping) with the fields' own names, as etcd's gateway writes them: fields at their default are left out, 64-bit numbers are
 * strings, bytes are base64. Reads camel-case names and plain numbers too. Stateless.
 */
final class ProtoJson {
    private ProtoJson() {}

    static ObjectNode write(Message message) {
        ObjectNode object = Json.object();
        for (Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet()) {
            FieldDescriptor field = entry.getKey();
            if (field.isRepeated()) {
                ArrayNode items = object.putArray(field.getName());
                ((List<?>) entry.getValue()).forEach(item -> items.add(write(field, item)));
            } else {
                object.set(field.getName(), write(field, entry.getValue()));
            }
        }
        return object;
    }

    private static JsonNode write(FieldDescriptor field, Object value) {
        ObjectNode holder = Json.object();
        return switch (field.getJavaType()) {
            case MESSAGE -> write((Message) value);
            case ENUM -> holder.textNode(((EnumValueDescriptor) value).getName());
            case BYTE_STRING -> holder.textNode(Base64.getEncoder().encodeToString(((ByteString) value).toByteArray()));
            case BOOLEAN -> holder.booleanNode((Boolean) value);
            case STRING -> holder.textNode((String) value);
            case LONG -> holder.textNode(field.getType() == FieldDescriptor.Type.UINT64 ? Long.toUnsignedString((Long) value) : Long.toString((Long) value));
            case INT -> holder.numberNode(field.getType() == FieldDescriptor.Type.UINT32 ? Integer.toUnsignedLong((Integer) value) : (Integer) value);
            case FLOAT, DOUBLE -> holder.numberNode(((Number) value).doubleValue());
        };
    }

    /** @throws IllegalArgumentException saying what does not fit */
    static Message read(JsonNode json, Message prototype) {
        if (!json.isObject()) {
            throw new IllegalArgumentException("json: cannot unmarshal a value that is no object into " + prototype.getDescriptorForType().getFullName());
        }
        Message.Builder message = prototype.newBuilderForType();
        for (Map.Entry<String, JsonNode> entry : json.properties()) {
            FieldDescriptor field = field(message, entry.getKey());
            JsonNode value = entry.getValue();
            if (field == null || value.isNull()) {
                continue;
            }
            if (field.isRepeated()) {
                if (!value.isArray()) {
                    throw unfit(field, value);
                }
                for (JsonNode item : value) {
                    message.addRepeatedField(field, read(field, item, message));
                }
            } else {
                message.setField(field, read(field, value, message));
            }
        }
        return message.build();
    }

    /** @return null for a name the message does not know, which is ignored */
    private static @Nullable FieldDescriptor field(Message.Builder message, String name) {
        for (FieldDescriptor field : message.getDescriptorForType().getFields()) {
            if (field.getName().equals(name) || field.getJsonName().equals(name)) {
                return field;
            }
        }
        return null;
    }

    private static Object read(FieldDescriptor field, JsonNode value, Message.Builder parent) {
        try {
            return switch (field.getJavaType()) {
                case MESSAGE -> read(value, parent.newBuilderForField(field).getDefaultInstanceForType());
                case ENUM -> constant(field, value);
                case BYTE_STRING -> ByteString.copyFrom(bytes(field, value));
                case BOOLEAN -> truth(field, value);
                case STRING -> text(field, value);
                case LONG -> field.getType() == FieldDescriptor.Type.UINT64 ? Long.parseUnsignedLong(number(field, value)) : Long.parseLong(number(field, value));
                case INT -> Integer.parseInt(number(field, value));
                case FLOAT, DOUBLE -> Double.parseDouble(number(field, value));
            };
        } catch (NumberFormatException e) {
            throw unfit(field, value);
        }
    }

    private static byte[] bytes(FieldDescriptor field, JsonNode value) {
        String text = text(field, value);
        try {
            return text.indexOf('-') >= 0 || text.indexOf('_') >= 0 ? Base64.getUrlDecoder().decode(text) : Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("illegal base64 data at input byte " + firstIllegal(text), e);
        }
    }

    private static int firstIllegal(String text) {
        int i = 0;
        while (i < text.length() && (Character.isLetterOrDigit(text.charAt(i)) || "+/-_=".indexOf(text.charAt(i)) >= 0)) {
            i++;
        }
        return i;
    }

    private static EnumValueDescriptor constant(FieldDescriptor field, JsonNode value) {
        EnumValueDescriptor found =
                value.isIntegralNumber() ? field.getEnumType().findValueByNumber(value.intValue()) : field.getEnumType().findValueByName(text(field, value));
        if (found == null) {
            throw new IllegalArgumentException("unknown value \"" + value.asText() + "\" for enum " + field.getEnumType().getFullName());
        }
        return found;
    }

    private static boolean truth(FieldDescriptor field, JsonNode value) {
        if (!value.isBoolean()) {
            throw unfit(field, value);
        }
        return value.booleanValue();
    }

    private static String text(FieldDescriptor field, JsonNode value) {
        if (!value.isTextual()) {
            throw unfit(field, value);
        }
        return value.textValue();
    }

    private static String number(FieldDescriptor field, JsonNode value) {
        if (!value.isTextual() && !value.isNumber()) {
            throw unfit(field, value);
        }
        return value.asText();
    }

    private static IllegalArgumentException unfit(FieldDescriptor field, JsonNode value) {
        return new IllegalArgumentException("json: cannot unmarshal " + value + " into field " + field.getName());
    }
}
