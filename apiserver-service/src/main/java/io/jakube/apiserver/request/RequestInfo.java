package io.jakube.apiserver.request;

import static java.util.Objects.requireNonNull;

/**
 * A request's meaning, derived from method and path (upstream: apiserver request info).
 *
 * @param resourceRequest whether it concerns an API resource; otherwise only {@code verb} (the lower-case method) and {@code path} count
 * @param verb get, list, watch, create, update, patch, delete, deletecollection; for non-resource requests the lower-case method
 * @param path decoded, normalised path
 * @param group API group, empty for core
 * @param version API version
 * @param namespace empty for cluster-scoped requests; for {@code /api/v1/namespaces/x} itself the namespace's name, as upstream has it
 * @param resource plural
 * @param subresource empty for none
 * @param name object name, empty for collections
 * @param subpath what follows {@code proxy/}, without the leading slash; empty otherwise
 */
public record RequestInfo(
        boolean resourceRequest, String verb, String path, String group, String version, String namespace, String resource, String subresource, String name, String subpath) {
    public RequestInfo {
        requireNonNull(verb, "verb is null");
        requireNonNull(path, "path is null");
    }

    public static RequestInfo nonResource(String verb, String path) {
        return new RequestInfo(false, verb, path, "", "", "", "", "", "", "");
    }

    public boolean readOnly() {
        return verb.equals("get") || verb.equals("list") || verb.equals("watch") || (!resourceRequest && verb.equals("head"));
    }
}
