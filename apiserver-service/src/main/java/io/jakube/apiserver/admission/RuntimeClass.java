package io.jakube.apiserver.admission;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Fields;
import java.util.Optional;

/** Gives pods the overhead and the node constraints of their runtime class (Kubernetes documentation, "Runtime Class"). */
final class RuntimeClass implements AdmissionPlugin {
    private static final GroupResource CLASSES = new GroupResource("node.k8s.io", "runtimeclasses");

    private final ObjectStore store;

    RuntimeClass(ObjectStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    @Override
    public String name() {
        return "RuntimeClass";
    }

    @Override
    public void mutate(AdmissionRequest request) {
        ObjectNode pod = request.object();
        if (pod == null || request.operation() != Operation.CREATE || !request.isFor("", "pods")) {
            return;
        }
        ObjectNode spec = Fields.ensureObject(pod, "spec");
        ObjectNode found = find(request, spec).orElse(null);
        if (found == null) {
            return;
        }
        ObjectNode overhead = Fields.object(found, "overhead", "podFixed");
        if (overhead != null && !overhead.isEmpty()) {
            if (Fields.has(spec, "overhead") && !overhead.equals(spec.get("overhead"))) {
                throw Refuse.forbidden(request, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead");
            }
            spec.set("overhead", overhead);
        }
        ObjectNode scheduling = Fields.object(found, "scheduling");
        Fields.strings(scheduling, "nodeSelector").forEach((key, value) -> {
            ObjectNode selector = Fields.ensureObject(spec, "nodeSelector");
            if (selector.has(key) && !Fields.text(selector, key).equals(value)) {
                throw Refuse.forbidden(request, "conflict: runtimeClass.scheduling.nodeSelector[" + key + "] = " + value + "; pod.spec.nodeSelector[" + key + "] = " + Fields.text(selector, key));
            }
            selector.put(key, value);
        });
        for (ObjectNode toleration : Fields.items(scheduling, "tolerations")) {
            if (!Fields.items(spec, "tolerations").contains(toleration)) {
                Fields.ensureArray(spec, "tolerations").add(toleration);
            }
        }
    }

    @Override
    public void validate(AdmissionRequest request) {
        ObjectNode pod = request.object();
        if (pod == null || request.operation() != Operation.CREATE || !request.isFor("", "pods")) {
            return;
        }
        ObjectNode spec = Fields.ensureObject(pod, "spec");
        if (find(request, spec).map(found -> Fields.object(found, "overhead", "podFixed") == null).orElse(true) && !Fields.empty(spec, "overhead")) {
            throw Refuse.forbidden(request, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
        }
    }

    private Optional<ObjectNode> find(AdmissionRequest request, ObjectNode spec) {
        String name = Fields.text(spec, "runtimeClassName");
        if (name.isEmpty()) {
            return Optional.empty();
        }
        Optional<ObjectNode> found = store.getCached(CLASSES, "", name).or(() -> store.get(CLASSES, "", name));
        if (found.isEmpty()) {
            throw Refuse.forbidden(request, "pod rejected: RuntimeClass \"" + name + "\" not found");
        }
        return found;
    }
}
