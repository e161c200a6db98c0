package io.jakube.controller.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Discovery documents of the tracker. */
final class ServedDocuments {
    private record Resource(String plural, String kind, boolean namespaced) {}

    private static final Map<String, List<Resource>> GROUPS = Map.of(
            "v1", List.of(new Resource("namespaces", "Namespace", false), new Resource("nodes", "Node", false), new Resource("pods", "Pod", true),
                    new Resource("configmaps", "ConfigMap", true), new Resource("secrets", "Secret", true), new Resource("events", "Event", true)),
            "apps/v1", List.of(new Resource("deployments", "Deployment", true), new Resource("replicasets", "ReplicaSet", true)));

    private ServedDocuments() {}

    static @Nullable ObjectNode get(String path) {
        if (path.equals("/apis")) {
            ObjectNode groups = Json.object();
            ObjectNode apps = groups.putArray("groups").addObject().put("name", "apps");
            apps.putArray("versions").addObject().put("groupVersion", "apps/v1").put("version", "v1");
            apps.putObject("preferredVersion").put("groupVersion", "apps/v1").put("version", "v1");
            return groups;
        }
        String groupVersion = path.startsWith("/apis/") ? path.substring(6) : path.startsWith("/api/") ? path.substring(5) : "";
        List<Resource> resources = GROUPS.get(groupVersion);
        if (resources == null) {
            return null;
        }
        ObjectNode document = Json.object();
        ArrayNode list = document.putArray("resources");
        for (Resource resource : resources) {
            ObjectNode node = list.addObject().put("name", resource.plural()).put("kind", resource.kind()).put("namespaced", resource.namespaced());
            ArrayNode verbs = node.putArray("verbs");
            List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch").forEach(verbs::add);
            list.addObject().put("name", resource.plural() + "/status").put("kind", resource.kind()).put("namespaced", resource.namespaced()).putArray("verbs").add("get");
        }
        return document;
    }

    static boolean isCollection(String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        return GROUPS.values().stream().flatMap(List::stream).anyMatch(r -> r.plural().equals(last));
    }
}
