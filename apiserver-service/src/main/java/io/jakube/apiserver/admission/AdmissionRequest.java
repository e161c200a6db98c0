package io.jakube.apiserver.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.api.ResourceDefinition;
import org.jspecify.annotations.Nullable;

/**
 * What admission decides on.
 *
 * @param operation what is about to happen
 * @param resource the resource
 * @param subresource empty for the main resource
 * @param namespace empty for cluster-scoped objects
 * @param name may be empty on create with generateName
 * @param object the new object, to be changed in place by mutating plugins; null on delete
 * @param oldObject the stored one, not to be changed; null on create
 * @param options the request's CreateOptions, UpdateOptions, PatchOptions or DeleteOptions
 * @param dryRun whether nothing will be stored: no side effects
 * @param context the request
 */
public record AdmissionRequest(
        Operation operation,
        ResourceDefinition resource,
        String subresource,
        String namespace,
        String name,
        @Nullable ObjectNode object,
        @Nullable ObjectNode oldObject,
        ObjectNode options,
        boolean dryRun,
        RequestContext context) {
    /** Operations in the words of the admission API. */
    public enum Operation {
        CREATE,
        UPDATE,
        DELETE,
        CONNECT
    }

    /** Whether this concerns the main resource {@code group/plural}. */
    public boolean isFor(String group, String plural) {
        return subresource.isEmpty() && resource.gvk().group().equals(group) && resource.plural().equals(plural);
    }
}
