package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.storage.ObjectStorage;
import io.jakube.apiserver.storage.StoredObject;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Changes stored objects: reads, lets a {@link Change} compute the new state, checks the optimistic lock, keeps what the writer may not
 * touch, runs admission and validation, and writes by compare-and-swap, repeating where another write came between. Thread-safe.
 */
public final class ObjectUpdate {
    private final ObjectStorage storage;
    private final Admission admission;
    private final FieldOwners owners;
    private final ObjectCreation creation;

    public ObjectUpdate(ObjectStorage storage, Admission admission, FieldOwners owners, ObjectCreation creation) {
        this.storage = storage;
        this.admission = admission;
        this.owners = owners;
        this.creation = creation;
    }

    /** Computes the new state from the stored one; may be called several times. */
    interface Change {
        /** @param live a private copy of the stored object with its resourceVersion */
        ObjectNode apply(ObjectNode live);

        /** What to create where nothing is stored; null answers 404. */
        default @Nullable ObjectNode create() {
            return null;
        }

        /** Whether {@link #apply} and {@link #create} record field ownership themselves, as server-side apply does. */
        default boolean tracksOwners() {
            return false;
        }
    }

    /**
     * Which part of an object a write may change.
     *
     * @param system the server's own writes: everything, without strategy and admission
     * @param partial of a subresource that has its own rule; null for the others
     */
    record Part(String subresource, boolean system, @Nullable ObjectSubresource partial) {
        /** Everything but status, where status is separate. */
        static final Part MAIN = new Part("", false, null);
        /** Status and a little of metadata. */
        static final Part STATUS = new Part("status", false, null);
        /** As {@link #MAIN}, through the scale subresource. */
        static final Part SCALE = new Part("scale", false, null);
        static final Part SYSTEM = new Part("", true, null);

        static Part of(ObjectSubresource partial) {
            return new Part(partial.subresource(), false, partial);
        }

        boolean status() {
            return this.equals(STATUS);
        }

        boolean movesGeneration() {
            return partial != null ? partial.movesGeneration() : !status() && !system;
        }
    }

    /** @param created whether the write brought the object into being */
    record Outcome(StoredObject object, boolean created) {}

    /** What to write and how. */
    record Target(ResourceType type, Part part, String namespace, String name, WriteOptions options, RequestContext context) {}

    /** @throws ApiException 400, 403, 404, 409 Conflict, 422 Invalid */
    Outcome update(Target target, Change change) {
        ResourceType type = target.type();
        while (true) {
            Optional<StoredObject> found = storage.get(type.definition(), target.namespace(), target.name());
            if (found.isEmpty()) {
                return create(target, change);
            }
            StoredObject old = found.get();
            Optional<StoredObject> written = attempt(target, change, old);
            if (written.isPresent()) {
                return new Outcome(written.get(), false);
            }
        }
    }

    private Outcome create(Target target, Change change) {
        ObjectNode object = change.create();
        if (object == null) {
            throw ApiException.notFound(target.type().resource(), target.name());
        }
        ObjectMeta.of(object).setName(target.name());
        StoredObject stored = change.tracksOwners()
                ? creation.createApplied(target.type(), target.namespace(), object, target.options(), target.context())
                : creation.create(target.type(), target.namespace(), object, target.options(), target.context());
        return new Outcome(stored, true);
    }

    /** One attempt; empty if another write came between. */
    private Optional<StoredObject> attempt(Target target, Change change, StoredObject old) {
        ResourceType type = target.type();
        ObjectNode live = old.toTree();
        ObjectNode object = change.apply(old.toTree());
        checkPreconditions(target, object, live);
        object.put("kind", type.gvk().kind());
        object.put("apiVersion", type.gvk().apiVersion());
        if (!target.part().system()) {
            type.defaulter().apply(object);
        }
        keepForeignParts(target, object, live);
        if (!change.tracksOwners()) {
            object = owners.track(type, live, object, target.options().fieldManager(), target.part().subresource);
        }
        boolean committed = false;
        boolean prepared = false;
        AdmissionRequest validated = null;
        ResourceStrategy strategy = type.strategy();
        try {
            if (!target.part().system()) {
                Admission.Attempt attempt = new Admission.Attempt(Operation.UPDATE, type, target.part().subresource(), target.namespace(), target.name(),
                        target.options().toObject(), target.options().dryRun(), target.context());
                admission.mutate(attempt.of(object, live));
                type.defaulter().apply(object);
                prepare(target, object, live);
                prepared = !target.part().status() && target.part().partial() == null;
                countGeneration(target, object, live);
                validate(target, object, live);
                validated = attempt.of(object, live);
                admission.validate(validated);
            }
            byte[] encoded = ObjectStorage.encode(object);
            if (unchanged(encoded, live)) {
                committed = true;
                return Optional.of(old);
            }
            if (target.options().dryRun()) {
                return Optional.of(storage.scanner(type.definition()).scan(encoded, old.revision()));
            }
            ObjectMeta meta = ObjectMeta.of(object);
            boolean gone = meta.deleting() && meta.finalizers().isEmpty() && !strategy.held(object) && gracePeriodOver(ObjectMeta.of(live));
            Optional<StoredObject> written = gone
                    ? storage.delete(type.definition(), old).map(deleted -> storage.scanner(type.definition()).scan(encoded, deleted.revision()))
                    : storage.update(type.definition(), old, encoded);
            committed = written.isPresent();
            if (committed && gone) {
                strategy.afterDelete(object);
            }
            return written;
        } finally {
            if (validated != null) {
                admission.finished(validated, committed);
            }
            if (prepared) {
                strategy.afterUpdate(object, live, committed);
            }
        }
    }

    private static void checkPreconditions(Target target, ObjectNode object, ObjectNode live) {
        ResourceType type = target.type();
        ObjectMeta meta = ObjectMeta.of(object);
        ObjectMeta liveMeta = ObjectMeta.of(live);
        if (meta.name().isEmpty()) {
            meta.setName(target.name());
        } else if (!meta.name().equals(target.name())) {
            throw ApiException.badRequest("the name of the object (" + meta.name() + ") does not match the name on the URL (" + target.name() + ")");
        }
        ObjectCreation.adoptNamespace(type, target.namespace(), meta);
        String version = meta.resourceVersion();
        if (version.isEmpty() || version.equals("0")) {
            if (!type.strategy().allowUnconditionalUpdate()) {
                throw ApiException.invalid(type.gvk().group(), type.gvk().kind(), target.name(),
                        List.of(FieldError.invalid("metadata.resourceVersion", 0, "must be specified for an update")));
            }
        } else if (!version.equals(liveMeta.resourceVersion())) {
            throw ApiException.modified(type.resource(), target.name());
        }
        if (!meta.uid().isEmpty() && !meta.uid().equals(liveMeta.uid())) {
            throw ApiException.conflict(type.resource(), target.name(),
                    "Precondition failed: UID in precondition: " + meta.uid() + ", UID in object meta: " + liveMeta.uid());
        }
    }

    private static void keepForeignParts(Target target, ObjectNode object, ObjectNode live) {
        ObjectMeta meta = ObjectMeta.of(object);
        ObjectMeta liveMeta = ObjectMeta.of(live);
        if (!target.part().system()) {
            meta.keepServerOwned(liveMeta);
        }
        if (target.part().status()) {
            meta.keep(liveMeta, "ownerReferences");
            meta.keep(liveMeta, "generateName");
            if (!statusWritesLabels(target.type())) {
                meta.keep(liveMeta, "labels");
            }
            keepAllBut(object, live, "status");
        } else if (!target.part().system() && target.part().partial() == null && target.type().separatesStatus()) {
            if (live.has("status")) {
                object.set("status", live.get("status").deepCopy());
            } else {
                object.remove("status");
            }
        }
    }

    private static boolean statusWritesLabels(ResourceType type) {
        String resource = type.resource().toString();
        return resource.equals("nodes") || resource.equals("pods");
    }

    /** Removes the metadata a write of status does not change. */
    static void dropForeignMetadata(ResourceType type, ObjectMeta meta) {
        meta.node().remove(List.of("ownerReferences", "generateName"));
        if (!statusWritesLabels(type)) {
            meta.node().remove("labels");
        }
    }

    private static void keepAllBut(ObjectNode object, ObjectNode live, String changeable) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        names.stream().filter(name -> !name.equals(changeable) && !name.equals("metadata")).forEach(object::remove);
        live.properties().forEach(field -> {
            if (!field.getKey().equals(changeable) && !field.getKey().equals("metadata")) {
                object.set(field.getKey(), field.getValue().deepCopy());
            }
        });
    }

    private static void prepare(Target target, ObjectNode object, ObjectNode live) {
        ObjectSubresource partial = target.part().partial();
        if (partial != null) {
            partial.prepareForUpdate(object, live, target.context());
        } else if (target.part().status()) {
            target.type().strategy().prepareForStatusUpdate(object, live, target.context());
        } else {
            target.type().strategy().prepareForUpdate(object, live, target.context());
        }
    }

    private static void countGeneration(Target target, ObjectNode object, ObjectNode live) {
        ObjectMeta meta = ObjectMeta.of(object);
        if (!target.part().movesGeneration() || !target.type().tracksGeneration(object)) {
            return;
        }
        ObjectNode wished = object.deepCopy().without(List.of("metadata", "status", "kind", "apiVersion"));
        ObjectNode before = live.deepCopy().without(List.of("metadata", "status", "kind", "apiVersion"));
        long generation = ObjectMeta.of(live).generation();
        meta.setGeneration(sameJson(wished, before) ? Math.max(generation, 1) : generation + 1);
    }

    private static void validate(Target target, ObjectNode object, ObjectNode live) {
        ResourceType type = target.type();
        List<FieldError> errors = new ArrayList<>(MetadataRules.validateUpdate(object, live));
        ObjectSubresource partial = target.part().partial();
        if (partial != null) {
            errors.addAll(partial.validateUpdate(object, live));
        } else if (target.part().status()) {
            errors.addAll(type.strategy().validateStatusUpdate(object, live));
        } else {
            errors.addAll(type.strategy().validateUpdate(object, live));
            type.strategy().warnings(object).forEach(target.context()::warn);
        }
        if (!errors.isEmpty()) {
            throw ApiException.invalid(type.gvk().group(), type.gvk().kind(), target.name(), errors);
        }
    }

    private static boolean gracePeriodOver(ObjectMeta meta) {
        Long period = meta.deletionGracePeriodSeconds();
        return period == null || period == 0;
    }

    /** Whether a write would change nothing. Compares as stored, so that numbers of different Java types do not differ. */
    private static boolean unchanged(byte[] encoded, ObjectNode live) {
        byte[] before = ObjectStorage.encode(live);
        return Arrays.equals(encoded, before) || Json.readObject(encoded).equals(Json.readObject(before));
    }

    private static boolean sameJson(ObjectNode a, ObjectNode b) {
        return a.equals(b) || Json.readObject(Json.write(a)).equals(Json.readObject(Json.write(b)));
    }
}
