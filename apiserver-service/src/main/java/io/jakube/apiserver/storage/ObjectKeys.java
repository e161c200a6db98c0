package io.jakube.apiserver.storage;

import io.jakube.common.api.GroupResource;
import io.jakube.db.Key;

/** Where objects live in the key-value store: {@code /registry/<group or "core">/<plural>/[<namespace>/]<name>}. */
public final class ObjectKeys {
    private ObjectKeys() {}

    /** Prefix of all objects of a resource, with the final slash. */
    public static String prefix(GroupResource resource) {
        return "/registry/" + (resource.group().isEmpty() ? "core" : resource.group()) + "/" + resource.resource() + "/";
    }

    /** @param namespace empty for cluster-scoped objects */
    public static Key key(GroupResource resource, String namespace, String name) {
        return Key.of(prefix(resource) + path(namespace, name));
    }

    /** The key's last part, which orders objects within their resource: {@code namespace/name} or {@code name}. */
    public static String path(String namespace, String name) {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }
}
