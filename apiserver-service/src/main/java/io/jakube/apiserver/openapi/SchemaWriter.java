package io.jakube.apiserver.openapi;

import com.fasterxml.jackson.core.JsonGenerator;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.schema.BuiltinSchemas;
import io.jakube.common.schema.Schema;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes definitions as OpenAPI schemas with the {@code x-kubernetes-*} extensions clients merge and validate by. */
final class SchemaWriter {
    private static final String PATCH = "io.k8s.apimachinery.pkg.apis.meta.v1.Patch";

    private final BuiltinSchemas schemas;
    private final Map<String, List<GroupVersionKind>> kinds;
    private final Dialect dialect;

    /** @param kinds kinds by definition name */
    SchemaWriter(BuiltinSchemas schemas, Map<String, List<GroupVersionKind>> kinds, Dialect dialect) {
        this.schemas = schemas;
        this.kinds = kinds;
        this.dialect = dialect;
    }

    /** Writes the definitions and all they refer to, in alphabetical order. */
    void write(JsonGenerator out, Collection<String> roots) throws IOException {
        for (String name : closure(roots)) {
            out.writeFieldName(name);
            if (name.equals(PATCH)) {
                patch(out);
            } else {
                definition(out, name, schemas.findDefinition(name).orElseThrow());
            }
        }
    }

    private Set<String> closure(Collection<String> roots) {
        Set<String> found = new TreeSet<>(roots);
        Deque<String> open = new ArrayDeque<>(roots);
        while (!open.isEmpty()) {
            String name = open.removeFirst();
            if (!name.equals(PATCH)) {
                for (Schema property : schemas.findDefinition(name).orElseThrow(() -> new IllegalStateException("No definition " + name)).properties().values()) {
                    Schema value = property;
                    while (value.items() != null) {
                        value = value.items();
                    }
                    String reference = value.typeName();
                    if (reference != null && found.add(reference)) {
                        open.addLast(reference);
                    }
                }
            }
        }
        return found;
    }

    private static void patch(JsonGenerator out) throws IOException {
        out.writeStartObject();
        out.writeStringField("description", "A change to an object, in the form its media type names.");
        out.writeStringField("type", "object");
        out.writeEndObject();
    }

    private void definition(JsonGenerator out, String name, Schema schema) throws IOException {
        out.writeStartObject();
        text(out, "description", schema.description());
        type(out, schema);
        if (!schema.properties().isEmpty()) {
            if (!schema.required().isEmpty()) {
                out.writeArrayFieldStart("required");
                for (String field : schema.required()) {
                    out.writeString(field);
                }
                out.writeEndArray();
            }
            out.writeObjectFieldStart("properties");
            for (Map.Entry<String, Schema> property : schema.properties().entrySet()) {
                out.writeFieldName(property.getKey());
                property(out, property.getValue());
            }
            out.writeEndObject();
        }
        List<GroupVersionKind> named = kinds.get(name);
        if (named != null) {
            out.writeArrayFieldStart("x-kubernetes-group-version-kind");
            for (GroupVersionKind gvk : named) {
                PathWriter.kind(out, gvk);
            }
            out.writeEndArray();
        }
        if (schema.atomic()) {
            out.writeStringField("x-kubernetes-map-type", "atomic");
        }
        out.writeEndObject();
    }

    private void property(JsonGenerator out, Schema schema) throws IOException {
        out.writeStartObject();
        String reference = schema.typeName();
        Schema referenced = reference == null ? null : schemas.findDefinition(reference).orElseThrow();
        // A field without words of its own shows its type's; clients print those anyway.
        String description = schema.description();
        if (referenced == null || !description.equals(referenced.description())) {
            text(out, "description", description);
        }
        if (reference != null) {
            reference(out, reference);
        } else {
            type(out, schema);
        }
        if (schema.defaultValue() != null) {
            out.writeFieldName("default");
            out.writeTree(schema.defaultValue());
        } else if (dialect == Dialect.V3 && schema.alwaysPresent()) {
            out.writeObjectFieldStart("default");
            out.writeEndObject();
        }
        merging(out, schema, referenced);
        out.writeEndObject();
    }

    private static void merging(JsonGenerator out, Schema schema, @Nullable Schema type) throws IOException {
        if (schema.type() == Schema.Type.ARRAY) {
            if (!schema.listMapKeys().isEmpty()) {
                out.writeArrayFieldStart("x-kubernetes-list-map-keys");
                for (String key : schema.listMapKeys()) {
                    out.writeString(key);
                }
                out.writeEndArray();
            }
            out.writeStringField("x-kubernetes-list-type", switch (schema.listType()) {
                case ATOMIC -> "atomic";
                case SET -> "set";
                case MAP -> "map";
            });
        } else if (schema.atomic() != (type != null && type.atomic())) {
            out.writeStringField("x-kubernetes-map-type", schema.atomic() ? "atomic" : "granular");
        }
        if (schema.patchMergeKey() != null) {
            out.writeStringField("x-kubernetes-patch-merge-key", schema.patchMergeKey());
        }
        if (!schema.patchStrategies().isEmpty()) {
            out.writeStringField("x-kubernetes-patch-strategy", String.join(",", schema.patchStrategies()));
        }
    }

    private void reference(JsonGenerator out, String definition) throws IOException {
        if (dialect == Dialect.V2) {
            out.writeStringField("$ref", dialect.reference(definition));
        } else {
            // OpenAPI 3.0 ignores what stands beside a $ref, so it is wrapped.
            out.writeArrayFieldStart("allOf");
            out.writeStartObject();
            out.writeStringField("$ref", dialect.reference(definition));
            out.writeEndObject();
            out.writeEndArray();
        }
    }

    private void type(JsonGenerator out, Schema schema) throws IOException {
        switch (schema.type()) {
            case OBJECT -> out.writeStringField("type", "object");
            case MAP -> {
                out.writeStringField("type", "object");
                items(out, "additionalProperties", schema.items());
            }
            case ARRAY -> {
                out.writeStringField("type", "array");
                items(out, "items", schema.items());
            }
            case STRING -> out.writeStringField("type", "string");
            case INTEGER -> out.writeStringField("type", "integer");
            case NUMBER -> out.writeStringField("type", "number");
            case BOOLEAN -> out.writeStringField("type", "boolean");
            case INT_OR_STRING -> alternatives(out, "integer", "string");
            case QUANTITY -> alternatives(out, "string", "number");
            case ANY -> {
                String name = schema.typeName();
                if (name != null && (name.endsWith("RawExtension") || name.endsWith("FieldsV1"))) {
                    out.writeStringField("type", "object");
                }
            }
        }
        text(out, "format", schema.format());
    }

    private void alternatives(JsonGenerator out, String first, String second) throws IOException {
        if (dialect == Dialect.V2) {
            out.writeStringField("type", "string");
            return;
        }
        out.writeArrayFieldStart("oneOf");
        for (String type : List.of(first, second)) {
            out.writeStartObject();
            out.writeStringField("type", type);
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void items(JsonGenerator out, String field, @Nullable Schema items) throws IOException {
        out.writeObjectFieldStart(field);
        if (items != null) {
            String reference = items.typeName();
            if (reference != null) {
                reference(out, reference);
            } else {
                type(out, items);
            }
        }
        out.writeEndObject();
    }

    private static void text(JsonGenerator out, String field, String value) throws IOException {
        if (!value.isEmpty()) {
            out.writeStringField(field, value);
        }
    }
}
