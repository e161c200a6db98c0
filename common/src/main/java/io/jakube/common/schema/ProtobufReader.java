package io.jakube.common.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import io.jakube.common.api.GroupVersionKind;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a protobuf body, {@code k8s\0} and a {@code runtime.Unknown} around the object's message, into the tree its JSON form would give.
 * Driven by the field tables of the schema resource; no generated classes or descriptors.
 */
final class ProtobufReader {
    /** How every protobuf body of the API starts. */
    static final byte[] PREFIX = {'k', '8', 's', 0};

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final int MAX_DEPTH = 100;

    private final BuiltinSchemas schemas;

    ProtobufReader(BuiltinSchemas schemas) {
        this.schemas = schemas;
    }

    /** The envelope: type (empty strings where it names none) and the message's bytes. */
    record Envelope(String apiVersion, String kind, byte[] raw) {}

    static Envelope envelope(byte[] body) {
        if (body.length < PREFIX.length || !java.util.Arrays.equals(body, 0, PREFIX.length, PREFIX, 0, PREFIX.length)) {
            throw new MalformedBodyException("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }
        try {
            CodedInputStream in = CodedInputStream.newInstance(body, PREFIX.length, body.length - PREFIX.length);
            String apiVersion = "";
            String kind = "";
            byte[] raw = {};
            for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                switch (WireFormat.getTagFieldNumber(tag)) {
                    case 1 -> {
                        int limit = in.pushLimit(in.readRawVarint32());
                        for (int inner = in.readTag(); inner != 0; inner = in.readTag()) {
                            switch (WireFormat.getTagFieldNumber(inner)) {
                                case 1 -> apiVersion = in.readStringRequireUtf8();
                                case 2 -> kind = in.readStringRequireUtf8();
                                default -> in.skipField(inner);
                            }
                        }
                        in.popLimit(limit);
                    }
                    case 2 -> raw = in.readByteArray();
                    default -> in.skipField(tag);
                }
            }
            return new Envelope(apiVersion, kind, raw);
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    ObjectNode read(Envelope envelope, GroupVersionKind gvk, Schema schema) {
        try {
            ObjectNode object = NODES.objectNode();
            object.put("apiVersion", gvk.apiVersion()).put("kind", gvk.kind());
            String typeName = schema.typeName();
            Definition definition = typeName == null ? null : schemas.definition(typeName);
            if (definition == null || definition.wire().isEmpty()) {
                throw new MalformedBodyException("object *" + gvk.kind() + " does not implement the protobuf marshalling interface and cannot be encoded to a protobuf message");
            }
            message(CodedInputStream.newInstance(envelope.raw()), definition.wire(), schema, object, 0);
            return object;
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private static MalformedBodyException malformed(IOException e) {
        return new MalformedBodyException("proto: " + e.getMessage());
    }

    private void message(CodedInputStream in, List<WireField> fields, Schema schema, ObjectNode object, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new MalformedBodyException("proto: exceeded max depth");
        }
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            WireField field = field(fields, WireFormat.getTagFieldNumber(tag));
            if (field == null) {
                in.skipField(tag);
            } else if (field.name().isEmpty()) {
                int limit = in.pushLimit(in.readRawVarint32());
                message(in, field.inlined(), schema, object, depth + 1);
                in.popLimit(limit);
            } else {
                field(in, tag, field, schema.properties().get(field.name()), object, depth);
            }
        }
    }

    private void field(CodedInputStream in, int tag, WireField field, @Nullable Schema schema, ObjectNode object, int depth) throws IOException {
        String kind = field.kind();
        switch (kind.charAt(0)) {
            case '*' -> {
                ArrayNode array = object.withArray(field.name());
                Schema items = schema == null ? null : schema.items();
                if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED && isNumber(kind, 1)) {
                    int limit = in.pushLimit(in.readRawVarint32());
                    while (in.getBytesUntilLimit() > 0) {
                        array.add(value(in, kind, 1, items, depth));
                    }
                    in.popLimit(limit);
                } else {
                    JsonNode value = value(in, kind, 1, items, depth);
                    array.add(value == null ? NODES.nullNode() : value);
                }
            }
            case '{' -> {
                ObjectNode map = object.get(field.name()) instanceof ObjectNode present ? present : object.putObject(field.name());
                entry(in, kind, schema == null ? null : schema.items(), map, depth);
            }
            default -> {
                JsonNode value = value(in, kind, 0, schema, depth);
                if (value != null) {
                    object.set(field.name(), value);
                }
            }
        }
    }

    private void entry(CodedInputStream in, String kind, @Nullable Schema items, ObjectNode map, int depth) throws IOException {
        int limit = in.pushLimit(in.readRawVarint32());
        String key = "";
        JsonNode value = null;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> key = in.readStringRequireUtf8();
                case 2 -> value = value(in, kind, 1, items, depth);
                default -> in.skipField(tag);
            }
        }
        in.popLimit(limit);
        map.set(key, value == null ? NODES.nullNode() : value);
    }

    private static boolean isNumber(String kind, int at) {
        return "bild".indexOf(kind.charAt(at)) >= 0;
    }

    /** One value; null for a time that is not set. */
    private @Nullable JsonNode value(CodedInputStream in, String kind, int at, @Nullable Schema schema, int depth) throws IOException {
        return switch (kind.charAt(at)) {
            case 's' -> NODES.textNode(in.readStringRequireUtf8());
            case 'y' -> NODES.textNode(Base64.getEncoder().encodeToString(in.readByteArray()));
            case 'b' -> NODES.booleanNode(in.readBool());
            case 'i' -> NODES.numberNode(in.readInt32());
            case 'l' -> whole(in.readInt64());
            case 'd' -> NODES.numberNode(in.readDouble());
            default -> {
                int limit = in.pushLimit(in.readRawVarint32());
                JsonNode value = special(in, kind, at, schema, depth);
                in.popLimit(limit);
                yield value;
            }
        };
    }

    /** As a JSON parser makes it: the smallest node type that holds the number. */
    private static JsonNode whole(long value) {
        return value == (int) value ? NODES.numberNode((int) value) : NODES.numberNode(value);
    }

    private @Nullable JsonNode special(CodedInputStream in, String kind, int at, @Nullable Schema schema, int depth) throws IOException {
        return switch (kind.charAt(at)) {
            case 't' -> time(in, kind.endsWith("6"));
            case 'q' -> single(in, "s", schema, depth, NODES.textNode("0"));
            case 'o' -> intOrString(in);
            case 'r' -> rawJson(in);
            case 'w' -> {
                ArrayNode array = NODES.arrayNode();
                for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
                    array.add(value(in, kind, at + 1, schema == null ? null : schema.items(), depth));
                }
                yield array;
            }
            case 'p' -> alternatives(in, kind.charAt(at + 1), depth);
            default -> {
                ObjectNode object = NODES.objectNode();
                String typeName = schema == null ? null : schema.typeName();
                if (typeName == null) {
                    in.skipRawBytes(in.getBytesUntilLimit());
                } else {
                    message(in, schemas.definition(typeName).wire(), schema, object, depth + 1);
                }
                yield object;
            }
        };
    }

    private @Nullable JsonNode single(CodedInputStream in, String kind, @Nullable Schema schema, int depth, @Nullable JsonNode fallback) throws IOException {
        JsonNode value = fallback;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == 1) {
                value = value(in, kind, 0, schema, depth);
            } else {
                in.skipField(tag);
            }
        }
        return value;
    }

    private static @Nullable JsonNode time(CodedInputStream in, boolean micro) throws IOException {
        long seconds = 0;
        int nanos = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> seconds = in.readInt64();
                case 2 -> nanos = in.readInt32();
                default -> in.skipField(tag);
            }
        }
        if (seconds == 0 && nanos == 0) {
            return null;
        }
        try {
            return NODES.textNode(ScalarForms.time(Instant.ofEpochSecond(seconds, nanos), micro));
        } catch (java.time.DateTimeException | ArithmeticException _) {
            throw new MalformedBodyException("proto: time out of range");
        }
    }

    private static JsonNode intOrString(CodedInputStream in) throws IOException {
        long type = 0;
        int number = 0;
        String text = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> type = in.readInt64();
                case 2 -> number = in.readInt32();
                case 3 -> text = in.readStringRequireUtf8();
                default -> in.skipField(tag);
            }
        }
        return type == 0 ? NODES.numberNode(number) : NODES.textNode(text);
    }

    private @Nullable JsonNode rawJson(CodedInputStream in) throws IOException {
        JsonNode bytes = single(in, "y", null, 0, null);
        if (bytes == null || bytes.textValue().isEmpty()) {
            return null;
        }
        return new JsonReader(new java.util.ArrayList<>()).read(Base64.getDecoder().decode(bytes.textValue()));
    }

    /** {@code JSONSchemaPropsOrArray}, {@code …OrBool} and {@code …OrStringArray}. */
    private JsonNode alternatives(CodedInputStream in, char which, int depth) throws IOException {
        Schema props = schemas.findDefinition("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps").orElseThrow();
        JsonNode schema = null;
        JsonNode allows = NODES.booleanNode(false);
        ArrayNode list = NODES.arrayNode();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int number = WireFormat.getTagFieldNumber(tag);
            if (which == 'b' && number == 1) {
                allows = NODES.booleanNode(in.readBool());
            } else if (number == (which == 'b' ? 2 : 1)) {
                schema = value(in, "m", 0, props, depth + 1);
            } else if (number == 2) {
                list.add(value(in, which == 's' ? "s" : "m", 0, props, depth + 1));
            } else {
                in.skipField(tag);
            }
        }
        if (schema != null) {
            return schema;
        }
        return which == 'b' ? allows : list;
    }

    private static @Nullable WireField field(List<WireField> fields, int number) {
        for (WireField field : fields) {
            if (field.number() == number) {
                return field;
            }
        }
        return null;
    }
}
