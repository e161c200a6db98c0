package io.jakube.common.merge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.schema.Schema;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Field ownership and server-side apply (KEP-555). Reads and writes {@code metadata.managedFields} in the public
 * FieldsV1 form. Arguments are not modified. Thread-safe.
 */
public interface FieldManagement {
    /**
     * Who writes.
     *
     * @param name field manager
     * @param apiVersion version the writer speaks
     * @param subresource empty for the main resource
     */
    record Manager(String name, String apiVersion, String subresource) {}

    /**
     * A create, update or patch: {@code updated} with the ownership of what differs from {@code live} moved to the manager.
     *
     * @param live null on create
     * @return {@code updated} with new managedFields; with the old entries (and old timestamps) where nothing changed
     */
    ObjectNode update(@Nullable ObjectNode live, ObjectNode updated, Schema schema, Manager manager, Instant now);

    /**
     * Server-side apply.
     *
     * @param live null where the object does not exist yet
     * @param applied the configuration, without managedFields
     * @return the merged object; equal to {@code live} where nothing changed
     * @throws io.jakube.common.status.ApiException 409 with FieldManagerConflict causes, unless {@code force}; 400/422 for lists whose keys are missing or repeated
     */
    ObjectNode apply(@Nullable ObjectNode live, ObjectNode applied, Schema schema, Manager manager, boolean force, Instant now);
}
