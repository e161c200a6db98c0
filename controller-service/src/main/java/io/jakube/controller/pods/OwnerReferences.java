package io.jakube.controller.pods;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.jakube.common.client.PatchType;
import io.jakube.common.json.Json;
import io.jakube.controller.runtime.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Owner references with {@code controller: true}: which controller object manages another (API reference, meta/v1 OwnerReference). */
public final class OwnerReferences {
    private OwnerReferences() {}

    /** The managing owner, if any. */
    public static Optional<OwnerReference> controllerOf(HasMetadata object) {
        for (OwnerReference reference : references(object)) {
            if (Boolean.TRUE.equals(reference.getController())) {
                return Optional.of(reference);
            }
        }
        return Optional.empty();
    }

    public static boolean isControlledBy(HasMetadata object, HasMetadata owner) {
        return controllerOf(object).filter(r -> r.getUid().equals(owner.getMetadata().getUid())).isPresent();
    }

    /** The managing owner's name if it is of this kind and group. */
    public static Optional<String> controllerName(HasMetadata object, String group, String kind) {
        return controllerOf(object).filter(r -> r.getKind().equals(kind) && group(r.getApiVersion()).equals(group)).map(OwnerReference::getName);
    }

    private static String group(String apiVersion) {
        int slash = apiVersion.indexOf('/');
        return slash < 0 ? "" : apiVersion.substring(0, slash);
    }

    /** A reference that makes {@code owner} the manager. */
    public static OwnerReference toController(HasMetadata owner) {
        return new OwnerReferenceBuilder()
                .withApiVersion(owner.getApiVersion())
                .withKind(owner.getKind())
                .withName(owner.getMetadata().getName())
                .withUid(owner.getMetadata().getUid())
                .withController(true)
                .withBlockOwnerDeletion(true)
                .build();
    }

    /** Makes {@code owner} the manager of an object that has none. */
    public static Write adopt(HasMetadata object, HasMetadata owner) {
        List<OwnerReference> references = new ArrayList<>(references(object));
        references.add(toController(owner));
        return replaceReferences(object, references);
    }

    /** Takes {@code owner} out of an object's references. */
    public static Write release(HasMetadata object, HasMetadata owner) {
        return replaceReferences(object, references(object).stream().filter(r -> !r.getUid().equals(owner.getMetadata().getUid())).toList());
    }

    private static Write replaceReferences(HasMetadata object, List<OwnerReference> references) {
        ObjectNode patch = Json.object();
        ObjectNode metadata = patch.putObject("metadata").put("uid", object.getMetadata().getUid()).put("resourceVersion", object.getMetadata().getResourceVersion());
        ArrayNode array = metadata.putArray("ownerReferences");
        references.forEach(r -> array.add(Json.mapper().<ObjectNode>valueToTree(r)));
        return new Write.Patch(object.getClass(), namespace(object), object.getMetadata().getName(), "", PatchType.MERGE, patch);
    }

    private static String namespace(HasMetadata object) {
        return object.getMetadata().getNamespace() == null ? "" : object.getMetadata().getNamespace();
    }

    private static List<OwnerReference> references(HasMetadata object) {
        @Nullable List<OwnerReference> references = object.getMetadata().getOwnerReferences();
        return references == null ? List.of() : references;
    }
}
