package io.jakube.apiserver.registry;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.BodyReader;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import org.jspecify.annotations.Nullable;

/**
 * A POST whose body asks for something and is not stored itself: reviews, bindings, evictions, token requests. Options, body and admission are
 * those of every create. Thread-safe.
 */
public abstract class PostHandler implements SubresourceHandler {
    private final Place place;
    private final @Nullable GroupVersionKind type;
    private final Posting posting;

    /** What every post goes through. */
    public record Posting(BodyReader bodies, Admission admission) {
        public Posting {
            requireNonNull(bodies, "bodies is null");
            requireNonNull(admission, "admission is null");
        }
    }

    /** A post that has been admitted. @param body the handler's own */
    protected record Post(ObjectNode body, boolean dryRun, ResourceDefinition resource, RequestContext context) {
        public String namespace() {
            return context.info().namespace();
        }

        public String name() {
            return context.info().name();
        }
    }

    /** @param type of the body; null for the resource's own */
    protected PostHandler(Place place, @Nullable GroupVersionKind type, Posting posting) {
        this.place = requireNonNull(place, "place is null");
        this.type = type;
        this.posting = requireNonNull(posting, "posting is null");
    }

    @Override
    public final Place place() {
        return place;
    }

    @Override
    public final ApiResponse handle(ResourceDefinition resource, RequestContext context) {
        RequestInfo info = context.info();
        if (!info.verb().equals("create")) {
            throw ApiException.methodNotAllowed();
        }
        WriteOptions options = WriteOptions.parse("CreateOptions", context.request(), false);
        ObjectNode body = posting.bodies().read(context.request(), type == null ? resource.gvk() : type);
        check(body, context);
        AdmissionRequest admitted = new AdmissionRequest(
                Operation.CREATE, resource, info.subresource(), info.namespace(), info.name(), body, null, options.toObject(), options.dryRun(), context);
        return posting.admission().create(admitted, () -> answer(new Post(body, options.dryRun(), resource, context)));
    }

    /** Refuses a body that does not fit the request, before admission. */
    protected void check(ObjectNode body, RequestContext context) {}

    /** Does what is asked for. */
    protected abstract ApiResponse answer(Post post);

    protected static ApiResponse created(ObjectNode object) {
        return new ApiResponse.Complete(201, "application/json", Json.write(object));
    }

    /** The answer of a post that does something and has nothing to show. */
    protected static ApiResponse success() {
        ObjectNode status = Json.object().put("kind", "Status").put("apiVersion", "v1");
        status.putObject("metadata");
        return created(status.put("status", "Success").put("code", 201));
    }
}
