package io.jakube.common.api;

import static java.util.Objects.requireNonNull;

/**
 * The full name of an object's type.
 *
 * @param group DNS name of the group, empty for core
 * @param version for example {@code v1}
 * @param kind for example {@code Pod}
 */
public record GroupVersionKind(String group, String version, String kind) {
    public GroupVersionKind {
        requireNonNull(group, "group is null");
        requireNonNull(version, "version is null");
        requireNonNull(kind, "kind is null");
    }

    public static GroupVersionKind of(String apiVersion, String kind) {
        return GroupVersion.parse(apiVersion).kind(kind);
    }

    public GroupVersion groupVersion() {
        return new GroupVersion(group, version);
    }

    /** The {@code apiVersion} field: {@code v1} or {@code apps/v1}. */
    public String apiVersion() {
        return group.isEmpty() ? version : group + "/" + version;
    }

    /** As upstream prints it: {@code apps/v1, Kind=Deployment}. */
    @Override
    public String toString() {
        return apiVersion() + ", Kind=" + kind;
    }
}
