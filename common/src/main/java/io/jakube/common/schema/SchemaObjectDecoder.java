package io.jakube.common.schema;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupVersion;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.status.ApiException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decodes by schema. Protobuf is understood for built-in types. Thread-safe. */
public final class SchemaObjectDecoder implements ObjectDecoder {
    private static final int SHOWN_BYTES = 30;

    private final SchemaRegistry registry;
    private final ProtobufReader protobuf;

    /**
     * @param registry all types
     * @param builtin the built-in ones, for protobuf
     */
    public SchemaObjectDecoder(SchemaRegistry registry, BuiltinSchemas builtin) {
        this.registry = requireNonNull(registry, "registry is null");
        this.protobuf = new ProtobufReader(requireNonNull(builtin, "builtin is null"));
    }

    public SchemaObjectDecoder(BuiltinSchemas schemas) {
        this(schemas, schemas);
    }

    @Override
    public DecodeResult decode(byte[] body, Encoding encoding, @Nullable GroupVersionKind expected) {
        return decode(body, encoding, expected, true);
    }

    @Override
    public DecodeResult decodeAsWritten(byte[] body, Encoding encoding, @Nullable GroupVersionKind expected) {
        return decode(body, encoding, expected, false);
    }

    private DecodeResult decode(byte[] body, Encoding encoding, @Nullable GroupVersionKind expected, boolean canonical) {
        requireNonNull(encoding, "encoding is null");
        List<String> problems = new ArrayList<>();
        try {
            return switch (encoding) {
                case JSON -> tree(new JsonReader(problems).read(body), body, expected, problems, canonical);
                case YAML -> tree(new YamlReader(problems).read(body), body, expected, problems, canonical);
                case PROTOBUF -> protobuf(body, expected, problems, canonical);
            };
        } catch (MalformedBodyException e) {
            String reason = encoding == Encoding.JSON ? "couldn't get version/kind; json parse error: " + e.getMessage() : e.getMessage();
            throw unrecognized(expected, reason, body);
        }
    }

    @Override
    public DecodeResult decode(JsonNode tree, GroupVersionKind gvk) {
        List<String> problems = new ArrayList<>();
        return normalize(object(tree, gvk), gvk, gvk, problems, true);
    }

    @Override
    public DecodeResult decodeAsWritten(JsonNode tree, GroupVersionKind gvk) {
        List<String> problems = new ArrayList<>();
        return normalize(object(tree, gvk), gvk, gvk, problems, false);
    }

    private static ObjectNode object(JsonNode tree, GroupVersionKind gvk) {
        if (tree instanceof ObjectNode object) {
            return object;
        }
        throw cannotBeHandled(gvk, gvk, "json: cannot unmarshal " + TypeWords.of(tree, false) + " into Go value of type " + gvk.version() + "." + gvk.kind());
    }

    private DecodeResult tree(JsonNode tree, byte[] body, @Nullable GroupVersionKind expected, List<String> problems, boolean canonical) {
        if (!(tree instanceof ObjectNode object)) {
            throw new MalformedBodyException("json: cannot unmarshal " + TypeWords.of(tree, false)
                    + " into Go value of type struct { APIVersion string \"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }");
        }
        String apiVersion = text(object, "apiVersion");
        String kind = text(object, "kind");
        GroupVersionKind gvk = kind(apiVersion, kind, expected, body);
        if (apiVersion.isEmpty() || kind.isEmpty()) {
            ObjectNode named = com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.objectNode().put("apiVersion", gvk.apiVersion()).put("kind", gvk.kind());
            object.remove(List.of("apiVersion", "kind"));
            object = named.setAll(object);
        }
        return normalize(object, gvk, expected == null ? gvk : expected, problems, canonical);
    }

    private static String text(ObjectNode object, String field) {
        JsonNode value = object.get(field);
        if (value == null || value.isNull()) {
            return "";
        }
        if (!value.isTextual()) {
            throw new MalformedBodyException("json: cannot unmarshal " + TypeWords.of(value, false) + " into Go struct field ." + field + " of type string");
        }
        return value.textValue();
    }

    private static GroupVersionKind kind(String apiVersion, String kind, @Nullable GroupVersionKind expected, byte[] body) {
        if (expected == null) {
            if (kind.isEmpty() || apiVersion.isEmpty()) {
                throw ApiException.badRequest("Object '" + (kind.isEmpty() ? "Kind" : "apiVersion") + "' is missing in '" + shown(body) + "'");
            }
            return GroupVersionKind.of(apiVersion, kind);
        }
        GroupVersion version = apiVersion.isEmpty() ? expected.groupVersion() : GroupVersion.parse(apiVersion);
        return version.kind(kind.isEmpty() ? expected.kind() : kind);
    }

    private DecodeResult protobuf(byte[] body, @Nullable GroupVersionKind expected, List<String> problems, boolean canonical) {
        ProtobufReader.Envelope envelope = ProtobufReader.envelope(body);
        GroupVersionKind gvk = kind(envelope.apiVersion(), envelope.kind(), expected, new byte[0]);
        GroupVersionKind wanted = expected == null ? gvk : expected;
        Schema schema = schema(gvk, wanted);
        try {
            return normalize(protobuf.read(envelope, gvk, schema), gvk, wanted, problems, canonical);
        } catch (MalformedBodyException e) {
            throw cannotBeHandled(gvk, wanted, e.getMessage());
        }
    }

    private DecodeResult normalize(ObjectNode tree, GroupVersionKind gvk, GroupVersionKind expected, List<String> problems, boolean canonical) {
        Schema schema = schema(gvk, expected);
        try {
            return new DecodeResult(new ObjectNormalizer(problems, canonical).normalize(tree, schema), problems);
        } catch (MalformedBodyException e) {
            throw cannotBeHandled(gvk, expected, e.getMessage());
        }
    }

    private Schema schema(GroupVersionKind gvk, GroupVersionKind expected) {
        return registry.find(gvk).orElseThrow(() -> cannotBeHandled(gvk, expected, "no kind \"" + gvk.kind() + "\" is registered for version \"" + gvk.apiVersion()
                + "\" in scheme \"pkg/api/legacyscheme/scheme.go:30\""));
    }

    private static ApiException cannotBeHandled(GroupVersionKind gvk, GroupVersionKind expected, String reason) {
        return ApiException.badRequest(gvk.kind() + " in version \"" + gvk.version() + "\" cannot be handled as a " + expected.kind() + ": " + reason);
    }

    private static ApiException unrecognized(@Nullable GroupVersionKind expected, String reason, byte[] body) {
        String type = expected == null ? "an object" : expected.kind();
        return ApiException.badRequest("the object provided is unrecognized (must be of type " + type + "): " + reason + " (" + shown(body) + ")");
    }

    /** The start of a body, as text where it looks like JSON. */
    private static String shown(byte[] body) {
        if (body.length == 0) {
            return "<empty>";
        }
        int length = Math.min(SHOWN_BYTES, body.length);
        String more = body.length > SHOWN_BYTES ? " ..." : "";
        return body[0] == '{' ? new String(body, 0, length, StandardCharsets.UTF_8) + more : HexFormat.of().formatHex(body, 0, length) + more;
    }
}
