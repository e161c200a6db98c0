package io.jakube.apiserver.registry;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectUpdate.Change;
import io.jakube.apiserver.registry.ObjectUpdate.Part;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.json.Json;
import io.jakube.common.merge.Patches;
import io.jakube.common.schema.ObjectDecoder;
import io.jakube.common.schema.ObjectDecoder.Encoding;
import io.jakube.common.schema.Schema;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Turns the body of a PATCH into a change of the object, by its media type. Thread-safe once installed. */
public final class PatchChanges {
    private static final String JSON_PATCH = "application/json-patch+json";
    private static final String MERGE_PATCH = "application/merge-patch+json";
    private static final String STRATEGIC_MERGE_PATCH = "application/strategic-merge-patch+json";
    private static final String APPLY_PATCH = "application/apply-patch+yaml";
    private static final int MAX_OPERATIONS = 10_000;

    private final RequestBodies bodies;
    private final ObjectDecoder decoder;
    private final FieldOwners owners;
    private final Versions versions;
    private volatile @Nullable Patches dialects;

    public PatchChanges(RequestBodies bodies, ObjectDecoder decoder, FieldOwners owners, Versions versions) {
        this.bodies = bodies;
        this.decoder = decoder;
        this.owners = owners;
        this.versions = versions;
    }

    /** Sets the patch dialects, before the first request. */
    public void install(@Nullable Patches used) {
        dialects = used;
    }

    static boolean isApply(ApiRequest request) {
        return RequestBodies.contentType(request).equals(APPLY_PATCH);
    }

    /** @throws ApiException 400 for a malformed patch, 415 for an unknown dialect */
    Change of(Request request, Part part, WriteOptions options) {
        ApiRequest source = request.context().request();
        Schema schema = request.served().schema();
        if (isApply(source) && schema != null) {
            return new Apply(request, part, options, applicable(request, part, applied(request, request.served().gvk(), options)));
        }
        return new Patch(request, options, dialect(source, schema));
    }

    /** Server-side apply through the scale subresource: an apply of the object's {@code spec.replicas}. @param type of the scale */
    Change ofScale(Request request, GroupVersionKind type, WriteOptions options) {
        ObjectNode scale = applied(request, type, options);
        ObjectNode object = Json.object().put("apiVersion", request.served().gvk().apiVersion()).put("kind", request.served().gvk().kind());
        object.set("metadata", scale.path("metadata").isObject() ? scale.get("metadata") : Json.object());
        if (scale.path("spec").has("replicas")) {
            object.putObject("spec").set("replicas", scale.path("spec").get("replicas"));
        }
        return new Apply(request, Part.SCALE, options, object);
    }

    /** The applied object without what the part does not write, so that nobody comes to own it. */
    private static ObjectNode applicable(Request request, Part part, ObjectNode applied) {
        if (part.status()) {
            applied.retain("apiVersion", "kind", "metadata", "status");
            ObjectUpdate.dropForeignMetadata(request.stored(), ObjectMeta.of(applied));
        } else if (part == Part.MAIN && request.stored().separatesStatus()) {
            applied.remove("status");
        }
        return applied;
    }

    /**
     * The patch a request carries, other than server-side apply.
     *
     * @param schema for a strategic merge; null where the type has none
     * @throws ApiException 400 for a malformed patch, 415 for an unknown dialect
     */
    Dialect dialect(ApiRequest request, @Nullable Schema schema) {
        Patches engine = dialects;
        String type = RequestBodies.contentType(request);
        boolean strategic = type.equals(STRATEGIC_MERGE_PATCH) && schema != null;
        if (engine == null || !(strategic || type.equals(JSON_PATCH) || type.equals(MERGE_PATCH))) {
            throw ApiException.unsupportedMediaType("the body of the request was in an unknown format - accepted media types include: "
                    + String.join(", ", JSON_PATCH, MERGE_PATCH, STRATEGIC_MERGE_PATCH, APPLY_PATCH));
        }
        JsonNode patch = parse(RequestBodies.read(request));
        if (type.equals(JSON_PATCH)) {
            if (patch.size() > MAX_OPERATIONS) {
                throw ApiException.tooLarge("The allowed maximum operations in a JSON patch is " + MAX_OPERATIONS + ", got " + patch.size());
            }
            return live -> engine.jsonPatch(live, patch);
        }
        if (!(patch instanceof ObjectNode object)) {
            String kind = patch.getNodeType().name().toLowerCase(Locale.ROOT);
            throw ApiException.badRequest((strategic ? "" : "error decoding patch: ") + "json: cannot unmarshal " + (kind.equals("boolean") ? "bool" : kind)
                    + " into Go value of type map[string]interface {}");
        }
        if (!strategic) {
            return live -> engine.mergePatch(live, object);
        }
        return live -> engine.strategicMerge(live, object, requireNonNull(schema));
    }

    private ObjectNode applied(Request request, GroupVersionKind type, WriteOptions options) {
        byte[] body = RequestBodies.read(request.context().request());
        ObjectNode object = bodies.checked(request.context(), decoder.decodeAsWritten(body, Encoding.YAML, type), type, options.fieldValidation());
        if (object.path("metadata").hasNonNull("managedFields")) {
            throw ApiException.badRequest("metadata.managedFields must be nil");
        }
        return object;
    }

    private static JsonNode parse(byte[] body) {
        try {
            JsonNode patch = Json.mapper().readTree(body);
            if (patch == null || patch.isMissingNode()) {
                throw ApiException.badRequest("error decoding patch: unexpected end of JSON input");
            }
            return patch;
        } catch (IOException e) {
            throw ApiException.badRequest("error decoding patch: the body is not valid JSON");
        }
    }

    /** A patch to be applied. */
    @FunctionalInterface
    interface Dialect {
        JsonNode patch(ObjectNode live);
    }

    /** A patch of the object in the version the request speaks. */
    private final class Patch implements Change {
        private final Request request;
        private final WriteOptions options;
        private final Dialect dialect;

        Patch(Request request, WriteOptions options, Dialect dialect) {
            this.request = request;
            this.options = options;
            this.dialect = dialect;
        }

        @Override
        public ObjectNode apply(ObjectNode live) {
            JsonNode patched = dialect.patch(versions.toServed(request.served(), live));
            ObjectNode object = bodies.patched(request.context(), patched, request.served().gvk(), options.fieldValidation());
            if (!versions.sameAsStored(request.served())) {
                request.served().defaulter().apply(object);
            }
            return versions.toStored(request.served(), object);
        }
    }

    /** A server-side apply. */
    private final class Apply implements Change {
        private final Request request;
        private final Part part;
        private final WriteOptions options;
        private final ObjectNode applied;

        Apply(Request request, Part part, WriteOptions options, ObjectNode applied) {
            this.request = request;
            this.part = part;
            this.options = options;
            this.applied = applied;
        }

        @Override
        public ObjectNode apply(ObjectNode live) {
            String wanted = applied.path("metadata").path("resourceVersion").asText("");
            String uid = applied.path("metadata").path("uid").asText("");
            ObjectNode merged = merge(versions.toServed(request.served(), live));
            ObjectMeta meta = ObjectMeta.of(merged);
            meta.setResourceVersion(wanted.isEmpty() ? ObjectMeta.of(live).resourceVersion() : wanted);
            if (!uid.isEmpty()) {
                meta.node().put("uid", uid);
            }
            return versions.toStored(request.served(), merged);
        }

        @Override
        public @Nullable ObjectNode create() {
            if (part != Part.MAIN) {
                return null;
            }
            ObjectMeta meta = ObjectMeta.of(applied);
            if (!meta.uid().isEmpty()) {
                throw ApiException.conflict(request.served().resource(), request.name(),
                        "uid mismatch: the provided object specified uid " + meta.uid() + ", and no existing object was found");
            }
            return versions.toStored(request.served(), merge(null));
        }

        private ObjectNode merge(@Nullable ObjectNode live) {
            ObjectNode merged = owners.apply(request.served(), live, applied, options.fieldManager(), part.subresource(), options.force());
            return bodies.patched(request.context(), merged, request.served().gvk(), WriteOptions.FieldValidation.IGNORE);
        }

        @Override
        public boolean tracksOwners() {
            return true;
        }
    }
}
