package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.validation.NameRule;
import io.jakube.common.status.FieldError;
import java.util.List;

/**
 * What is particular to one resource (upstream: rest strategies). The generic registry does metadata, pruning, defaulting, generation,
 * status isolation, finalizers and storage; a strategy adds the type's own rules. Thread-safe and stateless, except for allocators.
 */
public interface ResourceStrategy {
    /** Rules of a type without any of its own. */
    ResourceStrategy PLAIN = new ResourceStrategy() {};

    /** How objects may be named. */
    default NameRule nameRule() {
        return NameRule.DNS_SUBDOMAIN;
    }

    /** Sets what the server owns on a new object, after defaulting (for example an empty status, {@code spec.clusterIP}). */
    default void prepareForCreate(ObjectNode object, RequestContext context) {}

    /** Keeps what an update may not touch, before validation. */
    default void prepareForUpdate(ObjectNode object, ObjectNode old, RequestContext context) {}

    /** Keeps what an update through the status subresource may not touch; spec and most of metadata have been put back already. */
    default void prepareForStatusUpdate(ObjectNode object, ObjectNode old, RequestContext context) {}

    /** Validates a new object; metadata has been validated already. */
    default List<FieldError> validate(ObjectNode object) {
        return List.of();
    }

    /** Validates an update, immutability included. */
    default List<FieldError> validateUpdate(ObjectNode object, ObjectNode old) {
        return validate(object);
    }

    /** Validates an update through the status subresource. */
    default List<FieldError> validateStatusUpdate(ObjectNode object, ObjectNode old) {
        return List.of();
    }

    /** Warnings for the client, such as deprecations. */
    default List<String> warnings(ObjectNode object) {
        return List.of();
    }

    /** Whether {@code PUT} may create. */
    default boolean allowCreateOnUpdate() {
        return false;
    }

    /** Whether {@code PUT} without resourceVersion is allowed. */
    default boolean allowUnconditionalUpdate() {
        return true;
    }

    /** Whether a status subresource separates {@code status} from the rest. */
    default boolean separatesStatus() {
        return true;
    }

    /** Whether a new object may bring a status of its own where status is separate, as nodes do. */
    default boolean keepsStatusOnCreate() {
        return false;
    }

    /** Whether {@code metadata.generation} starts at 1 and counts changes of everything but metadata and status. */
    default boolean tracksGeneration() {
        return true;
    }

    /** Whether a delete answers with the deleted object; otherwise it answers with a Status. */
    default boolean returnsDeletedObject() {
        return false;
    }

    /** Whether a delete gives this object a grace period; where not, it goes at once, whatever period the request names. Pods: scheduled and not finished. */
    default boolean deletesGracefully(ObjectNode object) {
        return false;
    }

    /** Changes an object whose deletion begins and has to wait. Namespaces: phase Terminating. */
    default void prepareForDelete(ObjectNode object) {}

    /** Whether more than {@code metadata.finalizers} keeps an object that is being deleted. Namespaces: {@code spec.finalizers}. */
    default boolean held(ObjectNode object) {
        return false;
    }

    /** Grace period for a graceful delete that names none, in seconds. Pods: {@code spec.terminationGracePeriodSeconds}. */
    default long defaultGracePeriodSeconds(ObjectNode object) {
        return 0;
    }

    /**
     * Called once for every {@link #prepareForCreate} that returned: after the object was stored, or ({@code committed} false) when
     * validation, admission or storing failed. Undoes or completes allocations.
     */
    default void afterCreate(ObjectNode object, boolean committed) {}

    /** Called once for every {@link #prepareForUpdate} that returned, as {@link #afterCreate} is; a dry run ends uncommitted. */
    default void afterUpdate(ObjectNode object, ObjectNode old, boolean committed) {}

    /** Called after an object is gone, to release what it held. */
    default void afterDelete(ObjectNode object) {}
}
