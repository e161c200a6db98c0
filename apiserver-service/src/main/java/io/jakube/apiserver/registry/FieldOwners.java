package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.merge.FieldManagement;
import io.jakube.common.merge.FieldManagement.Manager;
import io.jakube.common.status.ApiException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Keeps {@code metadata.managedFields}; a server without field management stores none. Thread-safe once installed. */
public final class FieldOwners {
    private final Clock clock;
    private volatile @Nullable FieldManagement management;

    public FieldOwners(Clock clock) {
        this.clock = clock;
    }

    /** Sets the engine, before the first request. */
    public void install(@Nullable FieldManagement used) {
        management = used;
    }

    /** The object with the ownership of what it changes moved to the manager. @param live null on create */
    ObjectNode track(ResourceType type, @Nullable ObjectNode live, ObjectNode updated, String manager, String subresource) {
        FieldManagement engine = management;
        if (engine == null || type.schema() == null) {
            ObjectMeta meta = ObjectMeta.of(updated);
            if (live == null) {
                meta.node().remove("managedFields");
            } else {
                meta.keep(ObjectMeta.of(live), "managedFields");
            }
            return updated;
        }
        return engine.update(live, updated, type.schema(), new Manager(manager, type.gvk().apiVersion(), subresource), clock.instant());
    }

    /**
     * Server-side apply.
     *
     * @throws ApiException 415 where the server cannot apply, and what {@link FieldManagement#apply} throws
     */
    ObjectNode apply(ResourceType type, @Nullable ObjectNode live, ObjectNode applied, String manager, String subresource, boolean force) {
        FieldManagement engine = management;
        if (engine == null || type.schema() == null) {
            throw ApiException.unsupportedMediaType("server-side apply is not available for " + type.resource());
        }
        return engine.apply(live, applied, type.schema(), new Manager(manager, type.gvk().apiVersion(), subresource), force, clock.instant());
    }
}
