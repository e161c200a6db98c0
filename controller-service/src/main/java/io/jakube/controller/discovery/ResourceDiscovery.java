package io.jakube.controller.discovery;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.GroupVersion;
import io.jakube.common.client.ApiClient;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks the API server what it serves, each resource once, at its group's preferred version where that has it. */
public final class ResourceDiscovery {
    private final ApiClient client;

    public ResourceDiscovery(ApiClient client) {
        this.client = requireNonNull(client, "client is null");
    }

    /**
     * All resources, core first. Subresources are left out.
     *
     * @throws RuntimeException if any group cannot be asked: an incomplete answer must not pass for a complete one
     */
    public List<ServedResource> discover() {
        Map<GroupResource, ServedResource> found = new LinkedHashMap<>();
        read("/api/v1", new GroupVersion("", "v1"), found);
        for (JsonNode group : client.request("GET", "/apis", null, "").path("groups")) {
            List<String> versions = new ArrayList<>();
            versions.add(group.at("/preferredVersion/version").asText());
            group.path("versions").forEach(version -> versions.add(version.path("version").asText()));
            for (String version : new java.util.LinkedHashSet<>(versions)) {
                GroupVersion groupVersion = new GroupVersion(group.path("name").asText(), version);
                read("/apis/" + groupVersion, groupVersion, found);
            }
        }
        return List.copyOf(found.values());
    }

    private void read(String path, GroupVersion groupVersion, Map<GroupResource, ServedResource> found) {
        for (JsonNode resource : client.request("GET", path, null, "").path("resources")) {
            String plural = resource.path("name").asText();
            if (plural.indexOf('/') < 0) {
                Set<String> verbs = new HashSet<>();
                resource.path("verbs").forEach(verb -> verbs.add(verb.asText()));
                found.putIfAbsent(new GroupResource(groupVersion.group(), plural),
                        new ServedResource(groupVersion, resource.path("kind").asText(), plural, resource.path("namespaced").asBoolean(), verbs));
            }
        }
    }
}
