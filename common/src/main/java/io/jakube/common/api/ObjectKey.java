package io.jakube.common.api;

import static java.util.Objects.requireNonNull;

/**
 * Namespace and name of an object of a known resource.
 *
 * @param namespace empty for cluster-scoped objects
 * @param name the object's name
 */
public record ObjectKey(String namespace, String name) {
    public ObjectKey {
        requireNonNull(namespace, "namespace is null");
        requireNonNull(name, "name is null");
    }

    /** As work queues and logs show it: {@code namespace/name} or {@code name}. */
    @Override
    public String toString() {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
