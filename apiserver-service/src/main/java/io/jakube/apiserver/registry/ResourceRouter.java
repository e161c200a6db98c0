package io.jakube.apiserver.registry;

import io.jakube.apiserver.registry.ObjectUpdate.Part;
import io.jakube.apiserver.registry.SubresourceHandler.Place;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.common.api.GroupVersion;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.api.ResourceDefinition.Subresource;
import io.jakube.common.status.ApiException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds who answers a request on an API resource. Thread-safe once installed. */
public final class ResourceRouter {
    private final ResourceTypes types;
    private final Versions versions;
    private final ReadVerbs reads;
    private final WriteVerbs writes;
    private final DeleteVerbs deletes;
    private final ScaleVerbs scales;
    private volatile Map<Place, SubresourceHandler> handlers = Map.of();

    public ResourceRouter(ResourceTypes types, Versions versions, ReadVerbs reads, WriteVerbs writes, DeleteVerbs deletes, ScaleVerbs scales) {
        this.types = types;
        this.versions = versions;
        this.reads = reads;
        this.writes = writes;
        this.deletes = deletes;
        this.scales = scales;
    }

    /** Sets the special handlers, before the first request. */
    public void install(List<SubresourceHandler> special) {
        Map<Place, SubresourceHandler> map = new HashMap<>();
        for (SubresourceHandler handler : special) {
            map.put(handler.place(), handler);
        }
        handlers = Map.copyOf(map);
    }

    /** @throws ApiException 404 for what the server does not have, 405 for what it does not do, and what the verbs throw */
    public ApiResponse handle(RequestContext context) {
        RequestInfo info = context.info();
        ResourceType served = types.find(new GroupVersion(info.group(), info.version()), info.resource()).orElseThrow(ApiException::unknownPath);
        ResourceDefinition definition = served.definition();
        String namespace = namespace(definition, info);
        SubresourceHandler special = handlers.get(new Place(info.group(), info.resource(), info.subresource()));
        if (special != null) {
            return special.handle(definition, context);
        }
        Request request = new Request(served, versions.stored(served), namespace, info.name(), context);
        return info.subresource().isEmpty() ? main(request, info) : subresource(request, info);
    }

    private ApiResponse main(Request request, RequestInfo info) {
        ResourceDefinition definition = request.served().definition();
        boolean named = !info.name().isEmpty();
        boolean offered = definition.persisted() && definition.verbs().contains(info.verb())
                && (!named || !info.verb().equals("create"))
                && (named || !info.verb().equals("update") && !info.verb().equals("patch"))
                && !(info.verb().equals("create") && definition.namespaced() && request.namespace().isEmpty());
        if (!offered) {
            throw ApiException.methodNotAllowed();
        }
        return switch (info.verb()) {
            case "get" -> reads.get(request);
            case "list" -> reads.list(request);
            case "watch" -> reads.watch(request);
            case "create" -> writes.create(request);
            case "update" -> writes.update(request, Part.MAIN);
            case "patch" -> writes.patch(request, Part.MAIN);
            case "delete" -> deletes.delete(request);
            case "deletecollection" -> deletes.deleteCollection(request);
            default -> throw ApiException.methodNotAllowed();
        };
    }

    private ApiResponse subresource(Request request, RequestInfo info) {
        ResourceDefinition definition = request.served().definition();
        Subresource subresource = definition.subresource(info.subresource()).orElseThrow(ApiException::unknownPath);
        Optional<ObjectSubresource> partial = request.stored().objectSubresource(info.subresource());
        boolean scale = info.subresource().equals("scale");
        if (!info.subpath().isEmpty() || !(scale || info.subresource().equals("status") || partial.isPresent())) {
            throw ApiException.unknownPath();
        }
        Part part = partial.map(Part::of).orElse(Part.STATUS);
        return switch (info.verb()) {
            case "get" -> scale ? scales.get(request, subresource.gvk()) : reads.get(request);
            case "update" -> scale ? scales.update(request, subresource.gvk()) : writes.update(request, part);
            case "patch" -> scale ? scales.patch(request, subresource.gvk()) : writes.patch(request, part);
            default -> throw ApiException.methodNotAllowed();
        };
    }

    /** The namespace a request is in; a namespace itself is in none. */
    private static String namespace(ResourceDefinition definition, RequestInfo info) {
        if (definition.namespaced()) {
            if (info.namespace().isEmpty() && !info.name().isEmpty() && !info.verb().equals("list") && !info.verb().equals("watch")
                    && !info.verb().equals("deletecollection")) {
                throw ApiException.unknownPath();
            }
            return info.namespace();
        }
        boolean itself = definition.plural().equals("namespaces") && definition.gvk().group().isEmpty();
        if (!info.namespace().isEmpty() && !itself) {
            throw ApiException.unknownPath();
        }
        return "";
    }
}
