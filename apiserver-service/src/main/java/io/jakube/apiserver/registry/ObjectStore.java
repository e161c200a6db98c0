package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupResource;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Objects for the server's own use (admission, RBAC, allocation, bootstrap, subresources), without authorization or admission.
 * Returned trees belong to the caller. Thread-safe.
 */
public interface ObjectStore {
    /** Reads the store, not a cache: sees every acknowledged write. */
    Optional<ObjectNode> get(GroupResource resource, String namespace, String name);

    /** Reads the watch cache: fast. Contains what this server acknowledged, unless the feed lags far behind; what others did may be missing for some milliseconds. */
    Optional<ObjectNode> getCached(GroupResource resource, String namespace, String name);

    /** Lists from the watch cache, as {@link #getCached} reads it. @param namespace empty for all */
    List<ObjectNode> listCached(GroupResource resource, String namespace);

    /**
     * Stores a new object: defaults and validates it, fills {@code metadata} (uid, creationTimestamp, …).
     *
     * @throws io.jakube.common.status.ApiException 409 AlreadyExists, 422 Invalid
     */
    ObjectNode create(GroupResource resource, ObjectNode object);

    /**
     * Reads, changes and writes back, repeating on conflict. A change that returns an equal object writes nothing. The change is the server's
     * own: spec and status are written alike, and the type's {@link ResourceStrategy} is not asked (binding sets {@code spec.nodeName}, eviction a
     * budget's status), and {@code metadata.generation} is left to it. Removing the last finalizer of an object being deleted deletes it.
     *
     * @param change gets a private copy, returns the wished state; may be called several times; may throw ApiException to stop
     * @throws io.jakube.common.status.ApiException 404 NotFound
     */
    ObjectNode update(GroupResource resource, String namespace, String name, UnaryOperator<ObjectNode> change);

    /**
     * Deletes as a request with these options would: preconditions, grace period, propagation policy, finalizers.
     *
     * @param options a {@code DeleteOptions}; empty for the type's defaults
     * @return the object as it then is (still there where grace or finalizers keep it), or as it last was
     * @throws io.jakube.common.status.ApiException 404 NotFound, 409 Conflict where a precondition fails
     */
    ObjectNode delete(GroupResource resource, String namespace, String name, ObjectNode options);

    /** Registers for a call (on a feed thread, must be quick) whenever an object of the resource changes; used by caches derived from objects. */
    void onChange(GroupResource resource, Runnable listener);
}
