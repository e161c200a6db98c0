package io.jakube.common.client;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.jakube.common.api.GroupVersion;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Paths of the REST API. */
public final class ApiPaths {
    private record TypePath(GroupVersion groupVersion, String plural, boolean namespaced) {}

    private static final Map<Class<?>, TypePath> TYPES = new ConcurrentHashMap<>();

    private ApiPaths() {}

    /**
     * @param namespace empty for cluster-scoped resources or all namespaces
     * @param name empty for the collection
     * @param subresource empty for none
     */
    public static String path(GroupVersion groupVersion, String namespace, String plural, String name, String subresource) {
        StringBuilder path = new StringBuilder(groupVersion.group().isEmpty() ? "/api/" : "/apis/").append(groupVersion);
        if (!namespace.isEmpty()) {
            path.append("/namespaces/").append(encode(namespace));
        }
        path.append('/').append(plural);
        if (!name.isEmpty()) {
            path.append('/').append(encode(name));
        }
        if (!subresource.isEmpty()) {
            path.append('/').append(subresource);
        }
        return path.toString();
    }

    /** The same for a fabric8 model class; the namespace is left out for cluster-scoped types. */
    public static String path(Class<? extends HasMetadata> type, String namespace, String name, String subresource) {
        TypePath known = TYPES.computeIfAbsent(type, t -> new TypePath(
                GroupVersion.parse(HasMetadata.getApiVersion(type)), HasMetadata.getPlural(type), Namespaced.class.isAssignableFrom(type)));
        return path(known.groupVersion(), known.namespaced() ? namespace : "", known.plural(), name, subresource);
    }

    /** Percent-encodes a path segment or query value. */
    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
