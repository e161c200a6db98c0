package io.jakube.apiserver.streaming;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.List;

/** The pod a streaming request is about, and which of its containers. Immutable. */
public final class PodTarget {
    private static final GroupResource PODS = GroupResource.core("pods");

    private final ObjectNode pod;
    private final String namespace;
    private final String name;

    private PodTarget(ObjectNode pod, String namespace, String name) {
        this.pod = pod;
        this.namespace = namespace;
        this.name = name;
    }

    /** @throws ApiException 404 */
    public static PodTarget find(ObjectStore objects, String namespace, String name) {
        requireNonNull(objects, "objects is null");
        return new PodTarget(objects.get(PODS, namespace, name).orElseThrow(() -> ApiException.notFound(PODS, name)), namespace, name);
    }

    public String namespace() {
        return namespace;
    }

    public String name() {
        return name;
    }

    public ObjectNode object() {
        return pod;
    }

    /** The node the pod is bound to, empty if none. */
    public String node() {
        return pod.path("spec").path("nodeName").asText();
    }

    /** @throws ApiException 400 while the pod is not bound to a node */
    public String requireNode() {
        if (node().isEmpty()) {
            throw ApiException.badRequest("pod " + name + " does not have a host assigned");
        }
        return node();
    }

    /**
     * The container meant: the wished one, or else the only one.
     *
     * @param wished may be empty
     * @throws ApiException 400 for a container the pod does not have, or for none where there are several
     */
    public String container(String wished) {
        List<String> containers = names("containers");
        if (!wished.isEmpty()) {
            if (containers.contains(wished) || names("initContainers").contains(wished) || names("ephemeralContainers").contains(wished)) {
                return wished;
            }
            throw ApiException.badRequest("container " + wished + " is not valid for pod " + name);
        }
        if (containers.size() == 1) {
            return containers.getFirst();
        }
        if (containers.isEmpty()) {
            throw ApiException.badRequest("a container name must be specified for pod " + name);
        }
        String message = "a container name must be specified for pod " + name + ", choose one of: [" + String.join(" ", containers) + "]";
        List<String> init = names("initContainers");
        throw ApiException.badRequest(init.isEmpty() ? message : message + " or one of the init containers: [" + String.join(" ", init) + "]");
    }

    private List<String> names(String field) {
        List<String> names = new ArrayList<>();
        for (JsonNode container : pod.path("spec").path(field)) {
            names.add(container.path("name").asText());
        }
        return names;
    }
}
