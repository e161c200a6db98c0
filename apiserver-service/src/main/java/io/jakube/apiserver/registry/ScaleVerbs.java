package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectUpdate.Part;
import io.jakube.apiserver.registry.ObjectUpdate.Target;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.Negotiation;
import io.jakube.apiserver.request.OutputFormat;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.json.Json;
import io.jakube.common.schema.SchemaRegistry;
import io.jakube.common.selector.Selector;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.util.List;
import java.util.Set;

/**
 * The {@code scale} subresource: {@code spec.replicas}, {@code status.replicas} and the selector of a workload as an
 * {@code autoscaling/v1 Scale} (API reference, Scale). Thread-safe.
 */
public final class ScaleVerbs {
    private final ReadVerbs reads;
    private final ObjectUpdate updates;
    private final RequestBodies bodies;
    private final PatchChanges patches;
    private final SchemaRegistry schemas;

    public ScaleVerbs(ReadVerbs reads, ObjectUpdate updates, RequestBodies bodies, PatchChanges patches, SchemaRegistry schemas) {
        this.reads = reads;
        this.updates = updates;
        this.bodies = bodies;
        this.patches = patches;
        this.schemas = schemas;
    }

    ApiResponse get(Request request, GroupVersionKind type) {
        OutputFormat format = format(request);
        return Answers.of(200, format, Json.write(scaleOf(reads.read(request).toTree(), type)));
    }

    ApiResponse update(Request request, GroupVersionKind type) {
        OutputFormat format = format(request);
        WriteOptions options = WriteOptions.parse("UpdateOptions", request.context().request(), false);
        ObjectNode scale = bodies.object(request.context(), type, options.fieldValidation());
        return write(request, type, options, format, live -> scale);
    }

    ApiResponse patch(Request request, GroupVersionKind type) {
        OutputFormat format = format(request);
        boolean apply = PatchChanges.isApply(request.context().request());
        WriteOptions options = WriteOptions.parse("PatchOptions", request.context().request(), apply);
        if (apply) {
            return answer(request, type, options, format, patches.ofScale(request, type, options));
        }
        PatchChanges.Dialect dialect = patches.dialect(request.context().request(), schemas.find(type).orElse(null));
        return write(request, type, options, format,
                live -> bodies.patched(request.context(), dialect.patch(scaleOf(live, type)), type, options.fieldValidation()));
    }

    @FunctionalInterface
    private interface Scaling {
        ObjectNode scale(ObjectNode live);
    }

    private ApiResponse write(Request request, GroupVersionKind type, WriteOptions options, OutputFormat format, Scaling scaling) {
        return answer(request, type, options, format, live -> scaled(live, scaling.scale(live), request.name()));
    }

    private ApiResponse answer(Request request, GroupVersionKind type, WriteOptions options, OutputFormat format, ObjectUpdate.Change change) {
        Target target = new Target(request.stored(), Part.SCALE, request.namespace(), request.name(), options, request.context());
        ObjectUpdate.Outcome outcome = updates.update(target, change);
        return Answers.of(200, format, Json.write(scaleOf(outcome.object().toTree(), type)));
    }

    private static ObjectNode scaled(ObjectNode live, ObjectNode scale, String name) {
        ObjectMeta wished = ObjectMeta.of(scale);
        if (!wished.name().isEmpty() && !wished.name().equals(name)) {
            throw ApiException.badRequest("the name of the object (" + wished.name() + ") does not match the name on the URL (" + name + ")");
        }
        int replicas = scale.path("spec").path("replicas").asInt(0);
        if (replicas < 0) {
            throw ApiException.invalid("autoscaling", "Scale", name,
                    List.of(FieldError.invalid("spec.replicas", replicas, "must be greater than or equal to 0")));
        }
        live.withObject("/spec").put("replicas", replicas);
        if (!wished.resourceVersion().isEmpty()) {
            ObjectMeta.of(live).setResourceVersion(wished.resourceVersion());
        }
        if (!wished.uid().isEmpty()) {
            ObjectMeta.of(live).node().put("uid", wished.uid());
        }
        return live;
    }

    private static ObjectNode scaleOf(ObjectNode object, GroupVersionKind type) {
        ObjectNode scale = Json.object().put("kind", type.kind()).put("apiVersion", type.apiVersion());
        ObjectNode metadata = scale.putObject("metadata");
        for (String field : List.of("name", "namespace", "uid", "resourceVersion", "creationTimestamp")) {
            JsonNode value = object.path("metadata").get(field);
            if (value != null) {
                metadata.set(field, value);
            }
        }
        scale.putObject("spec").put("replicas", object.path("spec").path("replicas").asInt(0));
        ObjectNode status = scale.putObject("status").put("replicas", object.path("status").path("replicas").asInt(0));
        JsonNode selector = object.path("spec").path("selector");
        boolean labelSelector = selector.has("matchLabels") || selector.has("matchExpressions");
        String text = (labelSelector ? Selector.of(selector) : Selector.ofLabels(selector)).toString();
        if (!text.isEmpty()) {
            status.put("selector", text);
        }
        return scale;
    }

    private static OutputFormat format(Request request) {
        return Negotiation.negotiate(request.context().request().headers("Accept"), Set.of());
    }
}
