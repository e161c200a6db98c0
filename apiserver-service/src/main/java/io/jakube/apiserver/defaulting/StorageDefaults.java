package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.defaultFlag;
import static io.jakube.common.json.Fields.defaultText;
import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.object;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Persistent volumes, claims and {@code storage.k8s.io}. */
final class StorageDefaults {
    private StorageDefaults() {}

    static void persistentVolume(ObjectNode volume) {
        ObjectNode spec = ensureObject(volume, "spec");
        defaultText(ensureObject(volume, "status"), "phase", "Pending");
        defaultText(spec, "persistentVolumeReclaimPolicy", "Retain");
        defaultText(spec, "volumeMode", "Filesystem");
        Quantities.resources(object(spec, "capacity"));
        VolumeDefaults.source(spec);
    }

    static void persistentVolumeClaim(ObjectNode claim) {
        claimSpec(ensureObject(claim, "spec"));
        ObjectNode status = ensureObject(claim, "status");
        defaultText(status, "phase", "Pending");
        Quantities.resources(object(status, "capacity"));
        Quantities.resources(object(status, "allocatedResources"));
    }

    static void claimSpec(ObjectNode spec) {
        defaultText(spec, "volumeMode", "Filesystem");
        Quantities.requirements(ensureObject(spec, "resources"));
    }

    static void storageClass(ObjectNode storageClass) {
        defaultText(storageClass, "reclaimPolicy", "Delete");
        defaultText(storageClass, "volumeBindingMode", "Immediate");
    }

    static void csiDriver(ObjectNode driver) {
        ObjectNode spec = ensureObject(driver, "spec");
        defaultFlag(spec, "attachRequired", true);
        defaultFlag(spec, "podInfoOnMount", false);
        defaultFlag(spec, "storageCapacity", false);
        defaultText(spec, "fsGroupPolicy", "ReadWriteOnceWithFSType");
        if (empty(spec, "volumeLifecycleModes")) {
            spec.putArray("volumeLifecycleModes").add("Persistent");
        }
        defaultFlag(spec, "requiresRepublish", false);
        defaultFlag(spec, "seLinuxMount", false);
    }

    static void csiStorageCapacity(ObjectNode capacity) {
        Quantities.canonical(capacity, "capacity");
        Quantities.canonical(capacity, "maximumVolumeSize");
    }
}
