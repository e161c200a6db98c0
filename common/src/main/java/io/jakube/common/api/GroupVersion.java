package io.jakube.common.api;

import static java.util.Objects.requireNonNull;

/**
 * An API group and a version of it. The core group is the empty string.
 *
 * @param group DNS name of the group, empty for core
 * @param version for example {@code v1}
 */
public record GroupVersion(String group, String version) {
    public GroupVersion {
        requireNonNull(group, "group is null");
        requireNonNull(version, "version is null");
    }

    /** Parses {@code apps/v1} or {@code v1}. */
    public static GroupVersion parse(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? new GroupVersion("", apiVersion) : new GroupVersion(apiVersion.substring(0, slash), apiVersion.substring(slash + 1));
    }

    public GroupVersionKind kind(String kind) {
        return new GroupVersionKind(group, version, kind);
    }

    /** The {@code apiVersion} field: {@code v1} or {@code apps/v1}. */
    @Override
    public String toString() {
        return group.isEmpty() ? version : group + "/" + version;
    }
}
