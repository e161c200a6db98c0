package io.jakube.common.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.api.ResourceDefinition.Subresource;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The built-in resources, from the resource the schema generator wrote out of its {@code resources.txt} and the published API. Immutable. */
public final class BuiltinResources implements ResourceRegistry {
    private record PluralKey(GroupVersion groupVersion, String plural) {}

    private final List<ResourceDefinition> all;
    private final List<GroupVersion> groupVersions;
    private final Map<PluralKey, ResourceDefinition> byPlural = new HashMap<>();
    private final Map<GroupVersionKind, ResourceDefinition> byKind = new HashMap<>();
    private final Map<GroupResource, ResourceDefinition> byResource = new HashMap<>();
    private final Map<GroupVersionKind, ResourceDefinition> storage = new HashMap<>();

    private BuiltinResources(JsonNode groups) {
        List<ResourceDefinition> definitions = new ArrayList<>();
        List<GroupVersion> versions = new ArrayList<>();
        Map<ResourceDefinition, GroupVersion> storedElsewhere = new HashMap<>();
        for (JsonNode group : groups) {
            GroupVersion groupVersion = GroupVersion.parse(group.get("groupVersion").asText());
            versions.add(groupVersion);
            for (JsonNode resource : group.get("resources")) {
                ResourceDefinition definition = definition(groupVersion, resource);
                definitions.add(definition);
                byPlural.put(new PluralKey(groupVersion, definition.plural()), definition);
                byKind.put(definition.gvk(), definition);
                byResource.putIfAbsent(definition.groupResource(), definition);
                if (resource.has("stored")) {
                    storedElsewhere.put(definition, GroupVersion.parse(resource.get("stored").asText()));
                }
            }
        }
        all = List.copyOf(definitions);
        groupVersions = List.copyOf(versions);
        storedElsewhere.forEach((served, version) -> {
            ResourceDefinition stored = find(version, served.plural()).orElseThrow();
            storage.put(served.gvk(), stored);
            if (served.groupResource().equals(stored.groupResource())) {
                byResource.put(stored.groupResource(), stored);
            }
        });
    }

    /** Loads the table; callers share one instance. */
    public static BuiltinResources load() {
        try (InputStream in = BuiltinResources.class.getResourceAsStream("/io/jakube/schema/resources.json")) {
            if (in == null) {
                throw new IllegalStateException("The resource table io/jakube/schema/resources.json is not on the class path");
            }
            return new BuiltinResources(Json.mapper().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ResourceDefinition definition(GroupVersion groupVersion, JsonNode node) {
        List<Subresource> subresources = new ArrayList<>();
        for (JsonNode subresource : node.get("subresources")) {
            subresources.add(new Subresource(
                    subresource.get("name").asText(),
                    GroupVersionKind.of(subresource.get("groupVersion").asText(), subresource.get("kind").asText()),
                    strings(subresource.get("verbs"))));
        }
        return new ResourceDefinition(
                groupVersion.kind(node.get("kind").asText()),
                node.get("plural").asText(),
                node.get("singular").asText(),
                node.get("namespaced").asBoolean(),
                strings(node.get("shortNames")),
                strings(node.get("categories")),
                strings(node.get("verbs")),
                subresources,
                Set.copyOf(strings(node.get("selectableFields"))));
    }

    private static List<String> strings(JsonNode array) {
        List<String> strings = new ArrayList<>();
        array.forEach(element -> strings.add(element.asText()));
        return strings;
    }

    @Override
    public Optional<ResourceDefinition> find(GroupVersion groupVersion, String plural) {
        return Optional.ofNullable(byPlural.get(new PluralKey(groupVersion, plural)));
    }

    @Override
    public Optional<ResourceDefinition> find(GroupResource resource) {
        return Optional.ofNullable(byResource.get(resource));
    }

    @Override
    public Optional<ResourceDefinition> find(GroupVersionKind gvk) {
        return Optional.ofNullable(byKind.get(gvk));
    }

    @Override
    public ResourceDefinition storage(ResourceDefinition served) {
        return storage.getOrDefault(served.gvk(), served);
    }

    @Override
    public List<ResourceDefinition> all() {
        return all;
    }

    @Override
    public List<GroupVersion> groupVersions() {
        return groupVersions;
    }
}
