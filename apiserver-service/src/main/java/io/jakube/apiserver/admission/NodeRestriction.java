package io.jakube.apiserver.admission;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.authorization.NodeIdentity;
import io.jakube.apiserver.authorization.PodReferences;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Fields;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds node agents to their own node, lease and pods (Kubernetes documentation, "NodeRestriction"). What they ask of service-account tokens
 * is checked where these are made.
 */
final class NodeRestriction implements AdmissionPlugin {
    private static final Set<String> NODE_LABELS = Set.of("kubernetes.io/hostname", "kubernetes.io/arch", "kubernetes.io/os", "beta.kubernetes.io/arch", "beta.kubernetes.io/os",
            "beta.kubernetes.io/instance-type", "node.kubernetes.io/instance-type", "topology.kubernetes.io/zone", "topology.kubernetes.io/region",
            "failure-domain.beta.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region", "node.kubernetes.io/windows-build");
    private static final GroupResource PODS = GroupResource.core("pods");
    private static final String RESTRICTED = "node-restriction.kubernetes.io";

    private final ObjectStore store;

    NodeRestriction(ObjectStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    @Override
    public String name() {
        return "NodeRestriction";
    }

    @Override
    public void validate(AdmissionRequest request) {
        Optional<String> node = NodeIdentity.of(request.context().user());
        if (node.isEmpty()) {
            return;
        }
        switch (request.resource().groupResource().toString()) {
            case "pods" -> pod(node.get(), request);
            case "nodes" -> node(node.get(), request);
            case "leases.coordination.k8s.io" -> lease(node.get(), request);
            case "csinodes.storage.k8s.io" -> csiNode(node.get(), request);
            default -> { }
        }
    }

    private void pod(String node, AdmissionRequest request) {
        switch (request.subresource()) {
            case "" -> {
                switch (request.operation()) {
                    case CREATE -> mirrorPod(node, request);
                    case DELETE -> require(request, onNode(request.oldObject(), node), "node \"" + node + "\" can only delete pods with spec.nodeName set to itself");
                    case UPDATE, CONNECT -> throw Refuse.forbidden(request, "unexpected operation \"" + request.operation() + "\", node \"" + node + "\" can only create and delete mirror pods");
                }
            }
            case "status" -> {
                require(request, onNode(request.oldObject(), node), "node \"" + node + "\" can only update pod status for pods with spec.nodeName set to itself");
                require(request, labels(request.object()).equals(labels(request.oldObject())), "node \"" + node + "\" cannot update labels through pod status");
            }
            case "eviction" -> {
                require(request, request.operation() == Operation.CREATE, "unexpected operation \"" + request.operation() + "\"");
                ObjectNode pod = store.getCached(PODS, request.namespace(), request.name()).or(() -> store.get(PODS, request.namespace(), request.name()))
                        .orElseThrow(() -> ApiException.notFound(PODS, request.name()));
                require(request, onNode(pod, node), "node \"" + node + "\" can only evict pods with spec.nodeName set to itself");
            }
            default -> throw Refuse.forbidden(request, "unexpected pod subresource \"" + request.subresource() + "\", only 'status' and 'eviction' are allowed");
        }
    }

    private void mirrorPod(String node, AdmissionRequest request) {
        ObjectNode pod = request.object();
        require(request, pod != null && pod.path("metadata").path("annotations").has("kubernetes.io/config.mirror"),
                "pod does not have \"kubernetes.io/config.mirror\" annotation, node \"" + node + "\" can only create mirror pods");
        if (pod == null) {
            return;
        }
        require(request, onNode(pod, node), "node \"" + node + "\" can only create pods with spec.nodeName set to itself");
        List<ObjectNode> owners = Fields.items(pod.path("metadata"), "ownerReferences");
        require(request, owners.size() <= 1, "node \"" + node + "\" can only create pods with a single owner reference set to itself");
        String own = "node \"" + node + "\" can only create pods with an owner reference set to itself";
        require(request, owners.size() == 1, own);
        ObjectNode owner = owners.getFirst();
        require(request, Fields.text(owner, "apiVersion").equals("v1") && Fields.text(owner, "kind").equals("Node") && Fields.text(owner, "name").equals(node), own);
        require(request, Fields.flag(owner, "controller"), "node \"" + node + "\" can only create pods with a controller owner reference set to itself");
        require(request, !Fields.flag(owner, "blockOwnerDeletion"), "node \"" + node + "\" must not set blockOwnerDeletion on an owner reference");
        String uid = store.getCached(GroupResource.core("nodes"), "", node).map(found -> Fields.text(found, "metadata", "uid")).orElse("");
        require(request, uid.equals(Fields.text(owner, "uid")), "node " + node + " UID mismatch: expected " + Fields.text(owner, "uid") + " got " + uid);

        require(request, Fields.text(pod, "spec", "serviceAccountName").isEmpty(), "node \"" + node + "\" can not create pods that reference a service account");
        List<String> found = new ArrayList<>();
        PodReferences.secrets(pod, found::add);
        require(request, found.isEmpty(), "node \"" + node + "\" can not create pods that reference secrets");
        PodReferences.configMaps(pod, found::add);
        require(request, found.isEmpty(), "node \"" + node + "\" can not create pods that reference configmaps");
        PodReferences.persistentVolumeClaims(pod, found::add);
        require(request, found.isEmpty(), "node \"" + node + "\" can not create pods that reference persistentvolumeclaims");
    }

    private static void node(String node, AdmissionRequest request) {
        require(request, request.name().equals(node), "node \"" + node + "\" is not allowed to modify node \"" + request.name() + "\"");
        ObjectNode object = request.object();
        if (object == null) {
            return;
        }
        ObjectNode old = request.oldObject();
        Set<String> forbidden = forbiddenLabels(labels(object), labels(old));
        if (request.operation() == Operation.CREATE) {
            require(request, forbidden.isEmpty(), "node \"" + node + "\" is not allowed to set the following labels: " + String.join(", ", forbidden));
        } else if (request.operation() == Operation.UPDATE) {
            JsonNode before = old == null ? object : old;
            require(request, sameTaints(object, before), "node \"" + node + "\" is not allowed to modify taints");
            require(request, forbidden.isEmpty(), "is not allowed to modify labels: " + String.join(", ", forbidden));
        }
    }

    private static boolean sameTaints(JsonNode a, JsonNode b) {
        return Fields.items(a.path("spec"), "taints").equals(Fields.items(b.path("spec"), "taints"));
    }

    private static void lease(String node, AdmissionRequest request) {
        if (request.namespace().equals("kube-node-lease")) {
            require(request, request.name().equals(node), "can only access node lease with the same name as the requesting node");
        } else {
            throw Refuse.forbidden(request, "can only access leases in the \"kube-node-lease\" system namespace");
        }
    }

    private static void csiNode(String node, AdmissionRequest request) {
        require(request, request.name().equals(node), "can only access CSINode with the same name as the requesting node");
    }

    private static Set<String> forbiddenLabels(Map<String, String> labels, Map<String, String> old) {
        Set<String> forbidden = new TreeSet<>();
        Set<String> keys = new TreeSet<>(labels.keySet());
        keys.addAll(old.keySet());
        for (String key : keys) {
            String value = labels.get(key);
            if (value == null || !value.equals(old.get(key))) {
                int slash = key.indexOf('/');
                String prefix = slash < 0 ? "" : key.substring(0, slash);
                boolean restricted = prefix.equals(RESTRICTED) || prefix.endsWith("." + RESTRICTED);
                if (restricted || ofKubernetes(prefix) && !NODE_LABELS.contains(key) && !prefix.equals("kubelet.kubernetes.io") && !prefix.endsWith(".kubelet.kubernetes.io")
                        && !prefix.equals("node.kubernetes.io") && !prefix.endsWith(".node.kubernetes.io")) {
                    forbidden.add(key);
                }
            }
        }
        return forbidden;
    }

    private static boolean ofKubernetes(String prefix) {
        return prefix.equals("kubernetes.io") || prefix.endsWith(".kubernetes.io") || prefix.equals("k8s.io") || prefix.endsWith(".k8s.io");
    }

    private static Map<String, String> labels(@Nullable ObjectNode object) {
        return object == null ? Map.of() : Fields.strings(object.path("metadata"), "labels");
    }

    private static boolean onNode(@Nullable ObjectNode pod, String node) {
        return Fields.text(pod, "spec", "nodeName").equals(node);
    }

    private static void require(AdmissionRequest request, boolean condition, String message) {
        if (!condition) {
            throw Refuse.forbidden(request, message);
        }
    }
}
