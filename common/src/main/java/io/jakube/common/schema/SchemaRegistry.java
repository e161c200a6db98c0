package io.jakube.common.schema;

import io.jakube.common.api.GroupVersionKind;
import java.util.Optional;

/** Schemas of all types the API serves. Implementations answer from an immutable snapshot and are safe for use by many threads. */
public interface SchemaRegistry {
    /** The schema of objects of this type. */
    Optional<Schema> find(GroupVersionKind gvk);
}
