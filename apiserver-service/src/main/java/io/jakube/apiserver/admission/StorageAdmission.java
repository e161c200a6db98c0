package io.jakube.apiserver.admission;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Fields;
import io.jakube.common.quantity.Quantity;
import java.util.Comparator;
import java.util.Optional;

/** Plugins for volumes and claims. */
final class StorageAdmission {
    static final GroupResource CLASSES = new GroupResource("storage.k8s.io", "storageclasses");
    private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";
    private static final String CLASS_ANNOTATION = "volume.beta.kubernetes.io/storage-class";

    private StorageAdmission() {}

    /** Gives claims that name no class the default one: the newest of those marked, then the first by name. */
    static final class DefaultStorageClass implements AdmissionPlugin {
        private final ObjectStore store;

        DefaultStorageClass(ObjectStore store) {
            this.store = requireNonNull(store, "store is null");
        }

        @Override
        public String name() {
            return "DefaultStorageClass";
        }

        @Override
        public void mutate(AdmissionRequest request) {
            ObjectNode claim = request.object();
            if (claim == null || request.operation() != Operation.CREATE || !request.isFor("", "persistentvolumeclaims")) {
                return;
            }
            ObjectNode spec = Fields.ensureObject(claim, "spec");
            if (Fields.has(spec, "storageClassName") || Fields.has(Fields.object(claim, "metadata", "annotations"), CLASS_ANNOTATION)) {
                return;
            }
            store.listCached(CLASSES, "").stream()
                    .filter(found -> Fields.text(Fields.object(found, "metadata", "annotations"), DEFAULT_CLASS).equals("true"))
                    .min(Comparator.comparing((ObjectNode found) -> Fields.text(found, "metadata", "creationTimestamp")).reversed().thenComparing(found -> Fields.text(found, "metadata", "name")))
                    .ifPresent(found -> spec.put("storageClassName", Fields.text(found, "metadata", "name")));
        }
    }

    /** Lets claims grow only where their class allows it. */
    static final class PersistentVolumeClaimResize implements AdmissionPlugin {
        private final ObjectStore store;

        PersistentVolumeClaimResize(ObjectStore store) {
            this.store = requireNonNull(store, "store is null");
        }

        @Override
        public String name() {
            return "PersistentVolumeClaimResize";
        }

        @Override
        public void validate(AdmissionRequest request) {
            ObjectNode claim = request.object();
            ObjectNode old = request.oldObject();
            if (claim == null || old == null || request.operation() != Operation.UPDATE || !request.isFor("", "persistentvolumeclaims")) {
                return;
            }
            Quantity wanted = storage(claim);
            Quantity present = storage(old);
            if (wanted.compareTo(present) <= 0) {
                return;
            }
            if (!Fields.text(old, "status", "phase").equals("Bound")) {
                throw Refuse.forbidden(request, "Only bound persistent volume claims can be expanded");
            }
            String annotated = Fields.text(Fields.object(claim, "metadata", "annotations"), CLASS_ANNOTATION);
            String className = annotated.isEmpty() ? Fields.text(claim, "spec", "storageClassName") : annotated;
            Optional<ObjectNode> storageClass = className.isEmpty() ? Optional.empty() : store.getCached(CLASSES, "", className);
            if (storageClass.isEmpty() || !Fields.flag(storageClass.get(), "allowVolumeExpansion")) {
                throw Refuse.forbidden(request, "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
            }
        }

        private static Quantity storage(ObjectNode claim) {
            return PodAmounts.of(claim.path("spec"), "requests").getOrDefault("storage", Quantity.ZERO);
        }
    }
}
