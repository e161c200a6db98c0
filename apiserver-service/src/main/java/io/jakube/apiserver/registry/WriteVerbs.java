package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectUpdate.Change;
import io.jakube.apiserver.registry.ObjectUpdate.Outcome;
import io.jakube.apiserver.registry.ObjectUpdate.Part;
import io.jakube.apiserver.registry.ObjectUpdate.Target;
import io.jakube.apiserver.registry.Renderer.Form;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.storage.StoredObject;
import org.jspecify.annotations.Nullable;

/** Create, update and patch. Thread-safe. */
public final class WriteVerbs {
    private final ObjectCreation creation;
    private final ObjectUpdate updates;
    private final RequestBodies bodies;
    private final PatchChanges patches;
    private final Versions versions;
    private final Renderer renderer;

    public WriteVerbs(ObjectCreation creation, ObjectUpdate updates, RequestBodies bodies, PatchChanges patches, Versions versions, Renderer renderer) {
        this.creation = creation;
        this.updates = updates;
        this.bodies = bodies;
        this.patches = patches;
        this.versions = versions;
        this.renderer = renderer;
    }

    ApiResponse create(Request request) {
        Form form = request.objectForm();
        WriteOptions options = WriteOptions.parse("CreateOptions", request.context().request(), false);
        ObjectNode object = bodies.object(request.context(), request.served().gvk(), options.fieldValidation());
        StoredObject stored = creation.create(request.stored(), request.namespace(), toStored(request, object), options, request.context());
        return Answers.of(201, form.format(), renderer.object(form, stored));
    }

    ApiResponse update(Request request, Part part) {
        Form form = request.objectForm();
        WriteOptions options = WriteOptions.parse("UpdateOptions", request.context().request(), false);
        ObjectNode body = toStored(request, bodies.object(request.context(), request.served().gvk(), options.fieldValidation()));
        return answer(form, updates.update(target(request, part, options), new Replacement(body, part == Part.MAIN && request.stored().strategy().allowCreateOnUpdate())));
    }

    ApiResponse patch(Request request, Part part) {
        Form form = request.objectForm();
        boolean apply = PatchChanges.isApply(request.context().request());
        WriteOptions options = WriteOptions.parse("PatchOptions", request.context().request(), apply);
        return answer(form, updates.update(target(request, part, options), patches.of(request, part, options)));
    }

    private static Target target(Request request, Part part, WriteOptions options) {
        return new Target(request.stored(), part, request.namespace(), request.name(), options, request.context());
    }

    private ApiResponse answer(Form form, Outcome outcome) {
        return Answers.of(outcome.created() ? 201 : 200, form.format(), renderer.object(form, outcome.object()));
    }

    private ObjectNode toStored(Request request, ObjectNode object) {
        if (versions.sameAsStored(request.served())) {
            return object;
        }
        request.served().defaulter().apply(object);
        return versions.toStored(request.served(), object);
    }

    /** A PUT: the body, whatever is stored. */
    private record Replacement(ObjectNode body, boolean mayCreate) implements Change {
        @Override
        public ObjectNode apply(ObjectNode live) {
            return body.deepCopy();
        }

        @Override
        public @Nullable ObjectNode create() {
            return mayCreate ? body.deepCopy() : null;
        }
    }
}
