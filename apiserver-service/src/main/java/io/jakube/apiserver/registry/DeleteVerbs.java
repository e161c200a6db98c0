package io.jakube.apiserver.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectDeletion.Outcome;
import io.jakube.apiserver.registry.Renderer.Form;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.storage.StoredObject;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.json.Json;
import io.jakube.common.schema.ObjectDecoder;
import io.jakube.common.schema.ObjectDecoder.Encoding;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Delete and deletecollection. Thread-safe. */
public final class DeleteVerbs {
    private static final GroupVersionKind OPTIONS = GroupVersionKind.of("meta.k8s.io/v1", "DeleteOptions");

    private final ObjectDeletion deletion;
    private final ListReader lists;
    private final ObjectDecoder decoder;
    private final Renderer renderer;

    public DeleteVerbs(ObjectDeletion deletion, ListReader lists, ObjectDecoder decoder, Renderer renderer) {
        this.deletion = deletion;
        this.lists = lists;
        this.decoder = decoder;
        this.renderer = renderer;
    }

    ApiResponse delete(Request request) {
        Form form = request.objectForm();
        DeleteOptions options = options(request.context().request());
        ResourceType type = request.stored();
        Outcome outcome = deletion.delete(type, request.namespace(), request.name(), options, request.context());
        if (!outcome.gone() || type.strategy().returnsDeletedObject()) {
            return Answers.of(200, form.format(), renderer.object(form, outcome.object()));
        }
        return Answers.of(200, form.format(), Json.write(success(type, outcome.object())));
    }

    /** Deletes what the selectors select; objects that are gone already are none of its business. */
    ApiResponse deleteCollection(Request request) {
        Form form = request.listForm();
        DeleteOptions options = options(request.context().request());
        ListOptions listOptions = ListOptions.parse(request.context().request(), false);
        Selection selection = Selection.of(request.served().definition(), request.namespace(), listOptions);
        ListReader.Page page = lists.list(request.stored(), selection, listOptions);
        List<Callable<Boolean>> deletions = new ArrayList<>();
        for (StoredObject object : page.items()) {
            deletions.add(() -> deleteOne(request, object, options));
        }
        runAll(deletions);
        return Answers.of(200, form.format(), renderer.list(form, page));
    }

    private boolean deleteOne(Request request, StoredObject object, DeleteOptions options) {
        try {
            deletion.delete(request.stored(), object.namespace(), object.name(), options, request.context());
            return true;
        } catch (ApiException e) {
            if (e.is("NotFound")) {
                return false;
            }
            throw e;
        }
    }

    private static void runAll(List<Callable<Boolean>> tasks) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Boolean> done : threads.invokeAll(tasks)) {
                done.get();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unavailable("the server is shutting down");
        }
    }

    private DeleteOptions options(ApiRequest request) {
        byte[] body = RequestBodies.read(request);
        return DeleteOptions.parse(request, body.length == 0 ? null : decode(request, body));
    }

    private @Nullable ObjectNode decode(ApiRequest request, byte[] body) {
        Encoding encoding = RequestBodies.encoding(request);
        if (encoding != Encoding.JSON) {
            return decoder.decode(body, encoding, OPTIONS).object();
        }
        try {
            if (Json.mapper().readTree(body) instanceof ObjectNode object) {
                String kind = object.path("kind").asText("DeleteOptions");
                if (!kind.equals("DeleteOptions")) {
                    throw ApiException.badRequest("decoded object cannot be converted to DeleteOptions");
                }
                return object;
            }
        } catch (JsonProcessingException e) {
            // The decoder refuses it as well, in the words clients know.
            return decoder.decode(body, encoding, OPTIONS).object();
        } catch (IOException e) {
            throw ApiException.badRequest("the body of the request could not be read");
        }
        throw ApiException.badRequest("the body of a delete must be a DeleteOptions object");
    }

    private static ObjectNode success(ResourceType type, StoredObject object) {
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        ObjectNode details = status.put("status", "Success").putObject("details").put("name", object.name());
        if (!type.resource().group().isEmpty()) {
            details.put("group", type.resource().group());
        }
        details.put("kind", type.resource().resource()).put("uid", ObjectMeta.of(object.toTree()).uid());
        return status;
    }
}
