package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.defaultFlag;
import static io.jakube.common.json.Fields.defaultInteger;
import static io.jakube.common.json.Fields.defaultText;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Volumes of pods, and the volume sources persistent volumes share with them. */
final class VolumeDefaults {
    /** 0644. */
    private static final int FILE_MODE = 420;

    private VolumeDefaults() {}

    static void volume(ObjectNode volume) {
        boolean anySource = false;
        for (var field : volume.properties()) {
            anySource |= !field.getKey().equals("name") && !field.getValue().isNull();
        }
        if (!anySource) {
            volume.putObject("emptyDir");
        }
        source(volume);
        for (String kind : new String[] {"secret", "configMap", "downwardAPI", "projected"}) {
            ObjectNode source = object(volume, kind);
            if (source != null) {
                defaultInteger(source, "defaultMode", FILE_MODE);
            }
        }
        items(object(volume, "downwardAPI"), "items").forEach(VolumeDefaults::downwardItem);
        for (ObjectNode projection : items(object(volume, "projected"), "sources")) {
            items(object(projection, "downwardAPI"), "items").forEach(VolumeDefaults::downwardItem);
            ObjectNode token = object(projection, "serviceAccountToken");
            if (token != null) {
                defaultInteger(token, "expirationSeconds", 3600);
            }
        }
        Quantities.canonical(object(volume, "emptyDir"), "sizeLimit");
        ObjectNode image = object(volume, "image");
        if (image != null) {
            defaultText(image, "pullPolicy", ContainerDefaults.pullPolicy(text(image, "reference")));
        }
        ObjectNode claim = object(volume, "ephemeral", "volumeClaimTemplate");
        if (claim != null) {
            ensureObject(claim, "metadata");
            StorageDefaults.claimSpec(ensureObject(claim, "spec"));
        }
    }

    /** Sources that pods and persistent volumes have in common. */
    static void source(ObjectNode parent) {
        ObjectNode hostPath = object(parent, "hostPath");
        if (hostPath != null && !has(hostPath, "type")) {
            hostPath.put("type", "");
        }
        ObjectNode iscsi = object(parent, "iscsi");
        if (iscsi != null) {
            defaultText(iscsi, "iscsiInterface", "default");
        }
        ObjectNode rbd = object(parent, "rbd");
        if (rbd != null) {
            defaultText(rbd, "pool", "rbd");
            defaultText(rbd, "user", "admin");
            defaultText(rbd, "keyring", "/etc/ceph/keyring");
        }
        ObjectNode azureDisk = object(parent, "azureDisk");
        if (azureDisk != null) {
            defaultText(azureDisk, "cachingMode", "ReadWrite");
            defaultText(azureDisk, "kind", "Shared");
            defaultText(azureDisk, "fsType", "ext4");
            defaultFlag(azureDisk, "readOnly", false);
        }
        ObjectNode scaleIo = object(parent, "scaleIO");
        if (scaleIo != null) {
            defaultText(scaleIo, "storageMode", "ThinProvisioned");
            defaultText(scaleIo, "fsType", "xfs");
        }
    }

    private static void downwardItem(ObjectNode item) {
        ContainerDefaults.fieldRef(object(item, "fieldRef"));
        ContainerDefaults.divisor(object(item, "resourceFieldRef"));
    }
}
