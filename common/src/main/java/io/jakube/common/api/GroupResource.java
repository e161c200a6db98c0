package io.jakube.common.api;

import static java.util.Objects.requireNonNull;

/**
 * A resource without its version: what storage, authorization and error messages name.
 *
 * @param group DNS name of the group, empty for core
 * @param resource lower-case plural, for example {@code deployments}
 */
public record GroupResource(String group, String resource) {
    public GroupResource {
        requireNonNull(group, "group is null");
        requireNonNull(resource, "resource is null");
    }

    public static GroupResource core(String resource) {
        return new GroupResource("", resource);
    }

    /** As error messages show it: {@code pods} or {@code deployments.apps}. */
    @Override
    public String toString() {
        return group.isEmpty() ? resource : resource + "." + group;
    }
}
