package io.jakube.apiserver.admission;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Fields;
import java.util.Comparator;

/** Gives ingresses that name no class the default one: the newest of those marked, then the first by name. */
final class DefaultIngressClass implements AdmissionPlugin {
    private static final GroupResource CLASSES = new GroupResource("networking.k8s.io", "ingressclasses");

    private final ObjectStore store;

    DefaultIngressClass(ObjectStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    @Override
    public String name() {
        return "DefaultIngressClass";
    }

    @Override
    public void mutate(AdmissionRequest request) {
        ObjectNode ingress = request.object();
        if (ingress == null || request.operation() != Operation.CREATE || !request.isFor("networking.k8s.io", "ingresses")) {
            return;
        }
        ObjectNode spec = Fields.ensureObject(ingress, "spec");
        if (Fields.has(spec, "ingressClassName") || !Fields.text(Fields.object(ingress, "metadata", "annotations"), "kubernetes.io/ingress.class").isEmpty()) {
            return;
        }
        store.listCached(CLASSES, "").stream()
                .filter(found -> Fields.text(Fields.object(found, "metadata", "annotations"), "ingressclass.kubernetes.io/is-default-class").equals("true"))
                .min(Comparator.comparing((ObjectNode found) -> Fields.text(found, "metadata", "creationTimestamp")).reversed().thenComparing(found -> Fields.text(found, "metadata", "name")))
                .ifPresent(found -> spec.put("ingressClassName", Fields.text(found, "metadata", "name")));
    }
}
