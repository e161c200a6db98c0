package io.jakube.common.api;

import java.util.List;
import java.util.Optional;

/** The resources the API serves. Implementations are safe for use by many threads and answer from an immutable snapshot. */
public interface ResourceRegistry {
    /** The definition served at group, version and plural. */
    Optional<ResourceDefinition> find(GroupVersion groupVersion, String plural);

    /** The definition of a resource at its storage version. */
    Optional<ResourceDefinition> find(GroupResource resource);

    /** The definition whose objects have this type. */
    Optional<ResourceDefinition> find(GroupVersionKind gvk);

    /**
     * The definition a served one is stored as: itself, but for kinds served in several versions or groups (core and events.k8s.io events,
     * autoscaling v1 and v2), whose objects are converted by an {@link ObjectConverter} such as {@link BuiltinConversions} on the way in and out.
     */
    default ResourceDefinition storage(ResourceDefinition served) {
        return served;
    }

    /** All definitions, ordered by group priority (core first), version priority and plural. */
    List<ResourceDefinition> all();

    /** Group versions in discovery order; the first version of a group is the preferred one. */
    List<GroupVersion> groupVersions();
}
