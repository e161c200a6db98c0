package io.jakube.common.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads and completes fields of object trees the way Go's structs read: what is absent, null or of another JSON type is the type's zero value.
 * Every method accepts null for the parent and then answers as for an absent field.
 */
public final class Fields {
    /** Tells leaves apart; containers compare by their leaves. */
    private static final Comparator<JsonNode> LEAVES = (a, b) -> {
        if (a.isNumber() && b.isNumber()) {
            return a.decimalValue().compareTo(b.decimalValue());
        }
        return a.equals(b) ? 0 : 1;
    };

    private Fields() {}

    /** Whether the field is there and not null. */
    public static boolean has(@Nullable JsonNode parent, String field) {
        return parent != null && parent.hasNonNull(field);
    }

    /** Whether the field is absent, null, or an empty string, array or object. */
    public static boolean empty(@Nullable JsonNode parent, String field) {
        JsonNode value = parent == null ? null : parent.get(field);
        return value == null || value.isNull() || (value.isTextual() && value.textValue().isEmpty()) || (value.isContainerNode() && value.isEmpty());
    }

    /** A string, or empty. */
    public static String text(@Nullable JsonNode parent, String field) {
        JsonNode value = parent == null ? null : parent.get(field);
        return value != null && value.isTextual() ? value.textValue() : "";
    }

    /** A string at a path, or empty. */
    public static String text(@Nullable JsonNode parent, String first, String second) {
        return text(parent == null ? null : parent.get(first), second);
    }

    /** A boolean, or false. */
    public static boolean flag(@Nullable JsonNode parent, String field) {
        JsonNode value = parent == null ? null : parent.get(field);
        return value != null && value.isBoolean() && value.booleanValue();
    }

    /** An integer, or 0. */
    public static long integer(@Nullable JsonNode parent, String field) {
        return integer(parent, field, 0);
    }

    public static long integer(@Nullable JsonNode parent, String field, long absent) {
        JsonNode value = parent == null ? null : parent.get(field);
        return value != null && value.isNumber() ? value.longValue() : absent;
    }

    /** An object, or null. */
    public static @Nullable ObjectNode object(@Nullable JsonNode parent, String field) {
        return parent != null && parent.get(field) instanceof ObjectNode object ? object : null;
    }

    /** An object at a path, or null. */
    public static @Nullable ObjectNode object(@Nullable JsonNode parent, String first, String second) {
        return object(object(parent, first), second);
    }

    /** The object at a field, put there if it is absent. */
    public static ObjectNode ensureObject(ObjectNode parent, String field) {
        return parent.get(field) instanceof ObjectNode object ? object : parent.putObject(field);
    }

    /** The array at a field, put there if it is absent. */
    public static ArrayNode ensureArray(ObjectNode parent, String field) {
        return parent.get(field) instanceof ArrayNode array ? array : parent.putArray(field);
    }

    /** The objects of an array, by their index: a view; an element that is no object reads as an empty one. */
    public static List<ObjectNode> items(@Nullable JsonNode parent, String field) {
        if (parent == null || !(parent.get(field) instanceof ArrayNode array) || array.isEmpty()) {
            return List.of();
        }
        return new AbstractList<>() {
            @Override
            public ObjectNode get(int index) {
                return array.get(index) instanceof ObjectNode object ? object : Json.object();
            }

            @Override
            public int size() {
                return array.size();
            }
        };
    }

    /** The strings of an array; an element that is no string reads as empty. */
    public static List<String> texts(@Nullable JsonNode parent, String field) {
        if (parent == null || !(parent.get(field) instanceof ArrayNode array) || array.isEmpty()) {
            return List.of();
        }
        List<String> values = new ArrayList<>(array.size());
        array.forEach(value -> values.add(value.isTextual() ? value.textValue() : ""));
        return values;
    }

    /** The string values of an object, in order. */
    public static Map<String, String> strings(@Nullable JsonNode parent, String field) {
        ObjectNode object = object(parent, field);
        if (object == null || object.isEmpty()) {
            return Map.of();
        }
        Map<String, String> values = LinkedHashMap.newLinkedHashMap(object.size());
        object.properties().forEach(entry -> values.put(entry.getKey(), entry.getValue().isTextual() ? entry.getValue().textValue() : ""));
        return values;
    }

    /** Sets a string that is absent or empty. */
    public static void defaultText(ObjectNode parent, String field, String value) {
        if (text(parent, field).isEmpty()) {
            parent.put(field, value);
        }
    }

    /** Sets an integer as a parser would have read it, so that trees compare equal whichever way they came into being. */
    public static void put(ObjectNode parent, String field, long value) {
        if (value == (int) value) {
            parent.put(field, (int) value);
        } else {
            parent.put(field, value);
        }
    }

    /** Sets an integer that is absent. */
    public static void defaultInteger(ObjectNode parent, String field, long value) {
        if (!has(parent, field)) {
            put(parent, field, value);
        }
    }

    /** Sets an integer that is absent or 0. */
    public static void defaultNonZero(ObjectNode parent, String field, long value) {
        if (integer(parent, field) == 0) {
            put(parent, field, value);
        }
    }

    /** Sets a boolean that is absent. */
    public static void defaultFlag(ObjectNode parent, String field, boolean value) {
        if (!has(parent, field)) {
            parent.put(field, value);
        }
    }

    /** Whether two values are the same JSON, whatever Java types hold their numbers; null equals null only. */
    public static boolean same(@Nullable JsonNode a, @Nullable JsonNode b) {
        return a == b || (a != null && b != null && a.equals(LEAVES, b));
    }

    /** Makes {@code target}'s field what {@code source}'s is, absence included. */
    public static void copy(@Nullable JsonNode source, ObjectNode target, String field) {
        JsonNode value = source == null ? null : source.get(field);
        if (value == null) {
            target.remove(field);
        } else {
            target.set(field, value.deepCopy());
        }
    }
}
