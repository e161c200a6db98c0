package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.storage.ObjectStorage;
import io.jakube.apiserver.storage.StoredObject;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** Creates objects: ownership, mutating admission, defaulting, strategy, validation, validating admission, storage. Thread-safe. */
public final class ObjectCreation {
    /** Attempts at finding a free name for {@code generateName}. */
    private static final int NAME_ATTEMPTS = 8;

    private final ObjectStorage storage;
    private final Admission admission;
    private final FieldOwners owners;
    private final Clock clock;

    public ObjectCreation(ObjectStorage storage, Admission admission, FieldOwners owners, Clock clock) {
        this.storage = storage;
        this.admission = admission;
        this.owners = owners;
        this.clock = clock;
    }

    /**
     * @param namespace of the request, empty for cluster-scoped types
     * @param object decoded and pruned; becomes the callee's
     * @return what was stored, or would have been in a dry run (then without resourceVersion)
     * @throws ApiException 400, 403, 409 AlreadyExists, 422 Invalid
     */
    StoredObject create(ResourceType type, String namespace, ObjectNode object, WriteOptions options, RequestContext context) {
        ObjectMeta meta = ObjectMeta.of(object);
        if (!meta.resourceVersion().isEmpty() && !meta.resourceVersion().equals("0")) {
            throw ApiException.badRequest("resourceVersion should not be set on objects to be created");
        }
        meta.node().remove("resourceVersion");
        adoptNamespace(type, namespace, meta);
        type.defaulter().apply(object);
        boolean generated = meta.name().isEmpty() && !meta.generateName().isEmpty();
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt(type, namespace, generated ? object.deepCopy() : object, generated, options, context);
            } catch (ApiException e) {
                if (!generated || !e.is("AlreadyExists") || attempt == NAME_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Gives the object the request's namespace, or refuses another one. */
    static void adoptNamespace(ResourceType type, String namespace, ObjectMeta meta) {
        if (!type.definition().namespaced()) {
            meta.setNamespace("");
        } else if (meta.namespace().isEmpty()) {
            meta.setNamespace(namespace);
        } else if (!meta.namespace().equals(namespace)) {
            throw ApiException.badRequest("the namespace of the provided object does not match the namespace sent on the request");
        }
    }

    private StoredObject attempt(ResourceType type, String namespace, ObjectNode object, boolean generated, WriteOptions options, RequestContext context) {
        ObjectMeta meta = ObjectMeta.of(object);
        if (generated) {
            meta.setName(ObjectNames.generate(meta.generateName()));
        }
        Admission.Attempt attempt = new Admission.Attempt(Operation.CREATE, type, "", namespace, meta.name(), options.toObject(), options.dryRun(), context);
        dropStatus(type, object);
        ObjectNode tracked = options.fieldManager().isEmpty() ? object : owners.track(type, null, object, options.fieldManager(), "");
        return finish(type, tracked, attempt, options, context);
    }

    /** Creates by server-side apply: ownership has been recorded by the apply itself. */
    StoredObject createApplied(ResourceType type, String namespace, ObjectNode object, WriteOptions options, RequestContext context) {
        ObjectMeta meta = ObjectMeta.of(object);
        meta.node().remove("resourceVersion");
        adoptNamespace(type, namespace, meta);
        type.defaulter().apply(object);
        Admission.Attempt attempt = new Admission.Attempt(Operation.CREATE, type, "", namespace, meta.name(), options.toObject(), options.dryRun(), context);
        dropStatus(type, object);
        return finish(type, object, attempt, options, context);
    }

    private StoredObject finish(ResourceType type, ObjectNode object, Admission.Attempt attempt, WriteOptions options, RequestContext context) {
        admission.mutate(attempt.of(object, null));
        type.defaulter().apply(object);
        ObjectMeta meta = ObjectMeta.of(object);
        meta.fillForCreate(clock.instant());
        boolean committed = false;
        ResourceStrategy strategy = type.strategy();
        AdmissionRequest validated = attempt.of(object, null);
        try {
            strategy.prepareForCreate(object, context);
            if (type.tracksGeneration(object)) {
                meta.setGeneration(1);
            }
            List<FieldError> errors = new ArrayList<>(MetadataRules.validateCreate(type, object));
            errors.addAll(strategy.validate(object));
            if (!errors.isEmpty()) {
                throw ApiException.invalid(type.gvk().group(), type.gvk().kind(), meta.name(), errors);
            }
            strategy.warnings(object).forEach(context::warn);
            admission.validate(validated);
            byte[] encoded = ObjectStorage.encode(object);
            StoredObject stored;
            if (options.dryRun()) {
                if (storage.get(type.definition(), meta.namespace(), meta.name()).isPresent()) {
                    throw ApiException.alreadyExists(type.resource(), meta.name());
                }
                stored = storage.scanner(type.definition()).scan(encoded, 0);
            } else {
                stored = storage.create(type.definition(), meta.namespace(), meta.name(), encoded);
                committed = true;
            }
            return stored;
        } finally {
            admission.finished(validated, committed);
            strategy.afterCreate(object, committed);
        }
    }

    /** A status sent with a new object is not the client's to set. */
    private static void dropStatus(ResourceType type, ObjectNode object) {
        if (type.separatesStatus() && !type.strategy().keepsStatusOnCreate()) {
            object.remove("status");
        }
    }
}
