package io.jakube.apiserver.discovery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupVersion;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.api.ResourceRegistry;
import io.jakube.common.json.Json;
import java.util.Comparator;

/** Builds the discovery of all groups in one document (KEP-3352, apidiscovery.k8s.io APIGroupDiscoveryList). */
final class AggregatedDiscovery {
    private final ResourceRegistry registry;

    AggregatedDiscovery(ResourceRegistry registry) {
        this.registry = registry;
    }

    /**
     * @param core whether for {@code /api}, the core group alone, or {@code /apis}, all others
     * @param version {@code v2} or {@code v2beta1}
     */
    ObjectNode groups(boolean core, String version) {
        ObjectNode document = Json.object().put("kind", "APIGroupDiscoveryList").put("apiVersion", "apidiscovery.k8s.io/" + version);
        document.putObject("metadata");
        ArrayNode items = document.putArray("items");
        registry.groupVersions().stream().map(GroupVersion::group).distinct().filter(g -> g.isEmpty() == core).forEach(group -> {
            ObjectNode item = items.addObject();
            ObjectNode metadata = item.putObject("metadata");
            if (!group.isEmpty()) {
                metadata.put("name", group);
            }
            ArrayNode versions = item.putArray("versions");
            registry.groupVersions().stream().filter(v -> v.group().equals(group)).forEach(v -> version(versions.addObject(), v));
        });
        return document;
    }

    private void version(ObjectNode node, GroupVersion version) {
        node.put("version", version.version());
        ArrayNode resources = node.putArray("resources");
        registry.all().stream()
                .filter(r -> r.groupVersion().equals(version))
                .sorted(Comparator.comparing(ResourceDefinition::plural))
                .forEach(r -> resource(resources.addObject(), r));
        node.put("freshness", "Current");
    }

    private static void resource(ObjectNode node, ResourceDefinition resource) {
        node.put("resource", resource.plural());
        kind(node.putObject("responseKind"), resource.gvk());
        node.put("scope", resource.namespaced() ? "Namespaced" : "Cluster").put("singularResource", resource.singular());
        LegacyDiscovery.strings(node.putArray("verbs"), resource.verbs());
        if (!resource.shortNames().isEmpty()) {
            LegacyDiscovery.strings(node.putArray("shortNames"), resource.shortNames());
        }
        if (!resource.categories().isEmpty()) {
            LegacyDiscovery.strings(node.putArray("categories"), resource.categories());
        }
        if (!resource.subresources().isEmpty()) {
            ArrayNode subresources = node.putArray("subresources");
            resource.subresources().forEach(s -> {
                ObjectNode subresource = subresources.addObject().put("subresource", s.name());
                kind(subresource.putObject("responseKind"), s.gvk());
                LegacyDiscovery.strings(subresource.putArray("verbs"), s.verbs());
            });
        }
    }

    private static void kind(ObjectNode node, GroupVersionKind gvk) {
        node.put("group", gvk.group()).put("version", gvk.version()).put("kind", gvk.kind());
    }
}
