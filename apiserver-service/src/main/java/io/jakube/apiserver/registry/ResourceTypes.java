package io.jakube.apiserver.registry;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.defaulting.Defaulter;
import io.jakube.apiserver.table.DefaultPrinter;
import io.jakube.apiserver.table.TablePrinter;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.GroupVersion;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.api.ResourceRegistry;
import io.jakube.common.schema.SchemaRegistry;
import io.jakube.common.status.ApiException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Finds a resource's {@link ResourceType}. Thread-safe once {@link #install} has been called, which is before the first request. */
public final class ResourceTypes {
    private static final Defaulter NO_DEFAULTS = object -> {};

    private final ResourceRegistry registry;
    private final SchemaRegistry schemas;
    private volatile Map<GroupResource, ResourceStrategy> strategies = Map.of();
    private volatile Map<GroupVersionKind, Defaulter> defaulters = Map.of();
    private volatile Map<GroupResource, TablePrinter> printers = Map.of();
    private volatile Map<GroupResource, List<ObjectSubresource>> subresources = Map.of();

    public ResourceTypes(ResourceRegistry registry, SchemaRegistry schemas) {
        this.registry = requireNonNull(registry, "registry is null");
        this.schemas = requireNonNull(schemas, "schemas is null");
    }

    /** Gives the types their rules; these may themselves depend on the object store, which depends on this. */
    public void install(Map<GroupResource, ResourceStrategy> newStrategies, Map<GroupVersionKind, Defaulter> newDefaulters, Map<GroupResource, TablePrinter> newPrinters,
            List<ObjectSubresource> newSubresources) {
        subresources = newSubresources.stream().collect(Collectors.groupingBy(s -> new GroupResource(s.group(), s.resource())));
        strategies = Map.copyOf(newStrategies);
        defaulters = Map.copyOf(newDefaulters);
        printers = Map.copyOf(newPrinters);
    }

    public Optional<ResourceType> find(GroupVersion groupVersion, String plural) {
        return registry.find(groupVersion, plural).map(this::of);
    }

    /** @throws ApiException 404 if the server has no such resource */
    public ResourceType get(GroupResource resource) {
        return of(registry.find(resource).orElseThrow(ApiException::unknownPath));
    }

    public ResourceType of(ResourceDefinition definition) {
        return new ResourceType(
                definition,
                strategies.getOrDefault(definition.groupResource(), ResourceStrategy.PLAIN),
                defaulters.getOrDefault(definition.gvk(), NO_DEFAULTS),
                schemas.find(definition.gvk()).orElse(null),
                printers.getOrDefault(definition.groupResource(), DefaultPrinter.INSTANCE),
                subresources.getOrDefault(definition.groupResource(), List.of()));
    }
}
