package io.jakube.controller.discovery;

import static java.util.Objects.requireNonNull;

import io.jakube.common.api.GroupResource;
import io.jakube.common.api.GroupVersion;
import io.jakube.common.client.ApiPaths;
import java.util.Set;

/**
 * One resource as discovery describes it.
 *
 * @param groupVersion the preferred one of the group that serves it
 */
public record ServedResource(GroupVersion groupVersion, String kind, String plural, boolean namespaced, Set<String> verbs) {
    public ServedResource {
        requireNonNull(groupVersion, "groupVersion is null");
        requireNonNull(kind, "kind is null");
        requireNonNull(plural, "plural is null");
        verbs = Set.copyOf(verbs);
    }

    public GroupResource groupResource() {
        return new GroupResource(groupVersion.group(), plural);
    }

    /** @param namespace ignored for cluster-scoped resources @param name empty for the collection */
    public String path(String namespace, String name) {
        return ApiPaths.path(groupVersion, namespaced ? namespace : "", plural, name, "");
    }

    public boolean supports(String... wanted) {
        return verbs.containsAll(Set.of(wanted));
    }
}
