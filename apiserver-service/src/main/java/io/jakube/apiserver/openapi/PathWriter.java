package io.jakube.apiserver.openapi;

import com.fasterxml.jackson.core.JsonGenerator;
import io.jakube.apiserver.openapi.ApiPath.Operation;
import io.jakube.common.api.GroupVersionKind;
import java.io.IOException;
import java.util.List;

/** Writes path items. */
final class PathWriter {
    private static final List<String> PATCH_TYPES = List.of("application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json");
    private static final List<String> ANSWER_TYPES = List.of("application/json", "application/yaml");
    private static final List<String> LIST_TYPES = List.of("application/json", "application/json;stream=watch", "application/yaml");
    private static final List<String> ANY_TYPE = List.of("*/*");

    private final Dialect dialect;

    PathWriter(Dialect dialect) {
        this.dialect = dialect;
    }

    void write(JsonGenerator out, ApiPath path) throws IOException {
        out.writeObjectFieldStart(path.path());
        for (Operation operation : path.operations()) {
            out.writeObjectFieldStart(operation.method());
            operation(out, operation);
            out.writeEndObject();
        }
        if (!path.parameters().isEmpty()) {
            out.writeArrayFieldStart("parameters");
            for (Parameter parameter : path.parameters()) {
                parameter(out, parameter);
            }
            out.writeEndArray();
        }
        out.writeEndObject();
    }

    private void operation(JsonGenerator out, Operation operation) throws IOException {
        boolean patch = operation.method().equals("patch") && !operation.action().equals("connect");
        List<String> consumes = patch ? PATCH_TYPES : ANY_TYPE;
        List<String> produces = operation.result().isEmpty() ? ANY_TYPE : operation.action().equals("list") ? LIST_TYPES : ANSWER_TYPES;
        out.writeArrayFieldStart("tags");
        out.writeString(operation.tag());
        out.writeEndArray();
        out.writeStringField("description", operation.description());
        out.writeStringField("operationId", operation.id());
        if (dialect == Dialect.V2) {
            strings(out, "consumes", consumes);
            strings(out, "produces", produces);
            strings(out, "schemes", List.of("https"));
        }
        boolean bodyAsParameter = dialect == Dialect.V2 && !operation.body().isEmpty();
        if (!operation.parameters().isEmpty() || bodyAsParameter) {
            out.writeArrayFieldStart("parameters");
            if (bodyAsParameter) {
                out.writeStartObject();
                out.writeStringField("name", "body");
                out.writeStringField("in", "body");
                if (operation.bodyRequired()) {
                    out.writeBooleanField("required", true);
                }
                schema(out, operation.body());
                out.writeEndObject();
            }
            for (Parameter parameter : operation.parameters()) {
                parameter(out, parameter);
            }
            out.writeEndArray();
        }
        if (dialect == Dialect.V3 && !operation.body().isEmpty()) {
            out.writeObjectFieldStart("requestBody");
            content(out, consumes, operation.body());
            if (operation.bodyRequired()) {
                out.writeBooleanField("required", true);
            }
            out.writeEndObject();
        }
        responses(out, operation, produces);
        out.writeStringField("x-kubernetes-action", operation.action());
        out.writeFieldName("x-kubernetes-group-version-kind");
        kind(out, operation.kind());
    }

    private void responses(JsonGenerator out, Operation operation, List<String> produces) throws IOException {
        out.writeObjectFieldStart("responses");
        for (int code : operation.codes()) {
            out.writeObjectFieldStart(Integer.toString(code));
            out.writeStringField("description", switch (code) {
                case 200 -> "OK";
                case 201 -> "Created";
                default -> "Accepted";
            });
            if (dialect == Dialect.V3) {
                content(out, produces, operation.result());
            } else {
                schema(out, operation.result());
            }
            out.writeEndObject();
        }
        out.writeObjectFieldStart("401");
        out.writeStringField("description", "Unauthorized");
        out.writeEndObject();
        out.writeEndObject();
    }

    private void content(JsonGenerator out, List<String> types, String definition) throws IOException {
        out.writeObjectFieldStart("content");
        for (String type : types) {
            out.writeObjectFieldStart(type);
            schema(out, definition);
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    private void schema(JsonGenerator out, String definition) throws IOException {
        out.writeObjectFieldStart("schema");
        if (definition.isEmpty()) {
            out.writeStringField("type", "string");
        } else {
            out.writeStringField("$ref", dialect.reference(definition));
        }
        out.writeEndObject();
    }

    private void parameter(JsonGenerator out, Parameter parameter) throws IOException {
        out.writeStartObject();
        out.writeStringField("name", parameter.name());
        out.writeStringField("in", parameter.in());
        out.writeStringField("description", parameter.description());
        if (parameter.in().equals("path")) {
            out.writeBooleanField("required", true);
        }
        if (dialect == Dialect.V3) {
            out.writeObjectFieldStart("schema");
        }
        out.writeStringField("type", parameter.type());
        out.writeBooleanField("uniqueItems", true);
        if (dialect == Dialect.V3) {
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    static void kind(JsonGenerator out, GroupVersionKind gvk) throws IOException {
        out.writeStartObject();
        out.writeStringField("group", gvk.group());
        out.writeStringField("kind", gvk.kind());
        out.writeStringField("version", gvk.version());
        out.writeEndObject();
    }

    private static void strings(JsonGenerator out, String field, List<String> values) throws IOException {
        out.writeArrayFieldStart(field);
        for (String value : values) {
            out.writeString(value);
        }
        out.writeEndArray();
    }
}
