package io.jakube.common.api;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One resource the API serves: what discovery, routing, storage and tables need to know of it.
 *
 * @param gvk type of the objects; the version is the one served under {@link #groupVersion()} and stored
 * @param plural lower-case plural, the path segment
 * @param singular lower-case singular
 * @param namespaced whether objects live in a namespace
 * @param shortNames for example {@code po}; ordered as discovery lists them
 * @param categories for example {@code all}
 * @param verbs discovery verbs, in discovery's (alphabetical) order
 * @param subresources in path order
 * @param selectableFields field-selector paths beyond {@code metadata.name} and {@code metadata.namespace}
 */
public record ResourceDefinition(
        GroupVersionKind gvk,
        String plural,
        String singular,
        boolean namespaced,
        List<String> shortNames,
        List<String> categories,
        List<String> verbs,
        List<Subresource> subresources,
        Set<String> selectableFields) {
    public ResourceDefinition {
        requireNonNull(gvk, "gvk is null");
        requireNonNull(plural, "plural is null");
        requireNonNull(singular, "singular is null");
        shortNames = List.copyOf(shortNames);
        categories = List.copyOf(categories);
        verbs = List.copyOf(verbs);
        subresources = List.copyOf(subresources);
        selectableFields = Set.copyOf(selectableFields);
    }

    /**
     * A subresource of a resource.
     *
     * @param name path segment, for example {@code scale}
     * @param gvk type of the body, which may be of another group (Scale, Eviction, TokenRequest)
     * @param verbs discovery verbs
     */
    public record Subresource(String name, GroupVersionKind gvk, List<String> verbs) {
        public Subresource {
            requireNonNull(name, "name is null");
            requireNonNull(gvk, "gvk is null");
            verbs = List.copyOf(verbs);
        }
    }

    public GroupVersion groupVersion() {
        return gvk.groupVersion();
    }

    public GroupResource groupResource() {
        return new GroupResource(gvk.group(), plural);
    }

    public Optional<Subresource> subresource(String name) {
        return subresources.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /** Whether objects are stored (false for review types such as SubjectAccessReview, which only answer). */
    public boolean persisted() {
        return verbs.contains("get");
    }
}
