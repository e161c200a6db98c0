package io.jakube.apiserver.discovery;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupVersion;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.api.ResourceDefinition.Subresource;
import io.jakube.common.api.ResourceRegistry;
import io.jakube.common.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;

/** Builds the per-group discovery documents (meta/v1 APIVersions, APIGroupList, APIGroup, APIResourceList). */
final class LegacyDiscovery {
    private final ResourceRegistry registry;

    LegacyDiscovery(ResourceRegistry registry) {
        this.registry = registry;
    }

    /** {@code /api}. @param serverAddress host and port clients reach the server at */
    ObjectNode versions(String serverAddress) {
        ObjectNode document = Json.object().put("kind", "APIVersions");
        ArrayNode versions = document.putArray("versions");
        registry.groupVersions().stream().filter(v -> v.group().isEmpty()).forEach(v -> versions.add(v.version()));
        document.putArray("serverAddressByClientCIDRs").addObject().put("clientCIDR", "0.0.0.0/0").put("serverAddress", serverAddress);
        return document;
    }

    /** {@code /apis}. */
    ObjectNode groups() {
        ObjectNode document = Json.object().put("kind", "APIGroupList").put("apiVersion", "v1");
        ArrayNode groups = document.putArray("groups");
        registry.groupVersions().stream().map(GroupVersion::group).filter(g -> !g.isEmpty()).distinct().forEach(g -> groups.add(fill(Json.object(), g)));
        return document;
    }

    /** {@code /apis/<group>}. */
    ObjectNode group(String group) {
        return fill(Json.object().put("kind", "APIGroup").put("apiVersion", "v1"), group);
    }

    private ObjectNode fill(ObjectNode node, String group) {
        node.put("name", group);
        ArrayNode versions = node.putArray("versions");
        List<GroupVersion> served = registry.groupVersions().stream().filter(v -> v.group().equals(group)).toList();
        served.forEach(v -> describe(versions.addObject(), v));
        describe(node.putObject("preferredVersion"), served.getFirst());
        return node;
    }

    private static void describe(ObjectNode node, GroupVersion version) {
        node.put("groupVersion", version.toString()).put("version", version.version());
    }

    /** {@code /api/v1} and {@code /apis/<group>/<version>}. */
    ObjectNode resources(GroupVersion groupVersion) {
        ObjectNode document = Json.object().put("kind", "APIResourceList");
        if (!groupVersion.group().isEmpty()) {
            document.put("apiVersion", "v1");
        }
        document.put("groupVersion", groupVersion.toString());
        ArrayNode resources = document.putArray("resources");
        registry.all().stream()
                .filter(r -> r.groupVersion().equals(groupVersion))
                .sorted(Comparator.comparing(ResourceDefinition::plural))
                .forEach(r -> {
                    resource(resources.addObject(), r);
                    for (Subresource subresource : r.subresources()) {
                        subresource(resources.addObject(), r, subresource);
                    }
                });
        return document;
    }

    private void resource(ObjectNode node, ResourceDefinition resource) {
        node.put("name", resource.plural()).put("singularName", resource.singular()).put("namespaced", resource.namespaced()).put("kind", resource.gvk().kind());
        strings(node.putArray("verbs"), resource.verbs());
        if (!resource.shortNames().isEmpty()) {
            strings(node.putArray("shortNames"), resource.shortNames());
        }
        if (!resource.categories().isEmpty()) {
            strings(node.putArray("categories"), resource.categories());
        }
        if (resource.persisted()) {
            node.put("storageVersionHash", storageVersionHash(registry.storage(resource).gvk()));
        }
    }

    private static void subresource(ObjectNode node, ResourceDefinition resource, Subresource subresource) {
        node.put("name", resource.plural() + "/" + subresource.name()).put("singularName", "").put("namespaced", resource.namespaced());
        if (!subresource.gvk().groupVersion().equals(resource.groupVersion())) {
            if (!subresource.gvk().group().isEmpty()) {
                node.put("group", subresource.gvk().group());
            }
            node.put("version", subresource.gvk().version());
        }
        node.put("kind", subresource.gvk().kind());
        strings(node.putArray("verbs"), subresource.verbs());
    }

    /** Changes when the stored form does: the first 8 bytes of a SHA-256, as upstream computes it. */
    static String storageVersionHash(GroupVersionKind stored) {
        try {
            byte[] text = (stored.group() + "/" + stored.version() + "/" + stored.kind()).getBytes(StandardCharsets.UTF_8);
            return Base64.getEncoder().encodeToString(Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(text), 8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    static void strings(ArrayNode array, List<String> values) {
        values.forEach(array::add);
    }
}
