package io.jakube.controller.namespace;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.common.api.GroupResource;
import io.jakube.common.client.ApiClient;
import io.jakube.common.client.DeleteOptions;
import io.jakube.common.status.ApiException;
import io.jakube.controller.discovery.ServedResource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Deletes what a namespace holds. Pods go first: while any is left, what they may still need for a clean end stays (KEP-5080).
 */
final class NamespaceContent {
    private static final GroupResource PODS = GroupResource.core("pods");
    private static final int PAGE = 500;

    /**
     * What is left after a try.
     *
     * @param remaining instances by resource, as {@code pods.} or {@code deployments.apps}
     * @param finalizers instances by finalizer that holds them
     * @param failures why deletions failed
     */
    record Outcome(Map<String, Integer> remaining, Map<String, Integer> finalizers, List<String> failures) {
        boolean isEmpty() {
            return remaining.isEmpty() && failures.isEmpty();
        }
    }

    private final ApiClient client;
    private final Map<String, Integer> remaining = new TreeMap<>();
    private final Map<String, Integer> finalizers = new TreeMap<>();
    private final List<String> failures = new java.util.ArrayList<>();

    private NamespaceContent(ApiClient client) {
        this.client = client;
    }

    static Outcome delete(ApiClient client, String namespace, List<ServedResource> resources) {
        NamespaceContent content = new NamespaceContent(client);
        List<ServedResource> deletable = resources.stream().filter(r -> r.namespaced() && r.supports("list", "delete")).toList();
        deletable.stream().filter(r -> r.groupResource().equals(PODS)).forEach(pods -> content.delete(pods, namespace));
        if (content.remaining.isEmpty() && content.failures.isEmpty()) {
            deletable.stream().filter(r -> !r.groupResource().equals(PODS)).forEach(r -> content.delete(r, namespace));
        }
        return new Outcome(content.remaining, content.finalizers, content.failures);
    }

    private void delete(ServedResource resource, String namespace) {
        try {
            JsonNode items = list(resource, namespace);
            if (items.isEmpty()) {
                return;
            }
            DeleteOptions options = DeleteOptions.NONE.withPropagationPolicy("Background");
            if (resource.supports("deletecollection")) {
                client.delete(resource.path(namespace, ""), options);
            } else {
                for (JsonNode item : items) {
                    client.delete(resource.path(namespace, item.at("/metadata/name").asText()), options);
                }
            }
            for (JsonNode left : list(resource, namespace)) {
                remaining.merge(resource.plural() + "." + resource.groupVersion().group(), 1, Integer::sum);
                left.at("/metadata/finalizers").forEach(finalizer -> finalizers.merge(finalizer.asText(), 1, Integer::sum));
            }
        } catch (ApiException e) {
            if (e.code() != 404 && e.code() != 405) {
                failures.add(resource.groupResource() + ": " + e.getMessage());
            }
        }
    }

    private JsonNode list(ServedResource resource, String namespace) {
        return client.request("GET", resource.path(namespace, "") + "?limit=" + PAGE, null, "").path("items");
    }
}
