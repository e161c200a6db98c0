package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.defaulting.Defaulter;
import io.jakube.apiserver.table.TablePrinter;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.schema.Schema;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A resource with everything that makes it behave: what the verbs work from.
 *
 * @param schema null where the type has none
 */
public record ResourceType(ResourceDefinition definition, ResourceStrategy strategy, Defaulter defaulter, @Nullable Schema schema, TablePrinter printer,
        List<ObjectSubresource> objectSubresources) {
    public GroupResource resource() {
        return definition.groupResource();
    }

    public GroupVersionKind gvk() {
        return definition.gvk();
    }

    /** The rule of a subresource that writes part of the object. */
    public Optional<ObjectSubresource> objectSubresource(String name) {
        return objectSubresources.stream().filter(s -> s.subresource().equals(name)).findFirst();
    }

    /** Whether status is written through its subresource only. */
    public boolean separatesStatus() {
        return strategy.separatesStatus() && definition.subresource("status").isPresent();
    }

    /** Whether generation counts changes of this object. */
    public boolean tracksGeneration(ObjectNode object) {
        return strategy.tracksGeneration() && (strategy != ResourceStrategy.PLAIN || object.has("spec"));
    }
}
