package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.flag;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** {@code volumeMounts} and {@code volumeDevices} of a container. */
final class ContainerMounts {
    private ContainerMounts() {}

    static void validate(ObjectNode container, Map<String, ObjectNode> volumes, FieldPath path, Errors errors) {
        List<ObjectNode> mounts = items(container, "volumeMounts");
        List<ObjectNode> devices = items(container, "volumeDevices");
        Set<String> mountPaths = new HashSet<>();
        for (int i = 0; i < mounts.size(); i++) {
            ObjectNode mount = mounts.get(i);
            FieldPath at = path.child("volumeMounts").index(i);
            name(mount, volumes, at, errors);
            String mountPath = text(mount, "mountPath");
            if (mountPath.isEmpty()) {
                errors.required(at.child("mountPath"), "");
            }
            if (!mountPaths.add(mountPath)) {
                errors.invalid(at.child("mountPath"), mountPath, "must be unique");
            }
            if (devices.stream().anyMatch(device -> text(device, "name").equals(text(mount, "name")))) {
                errors.invalid(at.child("name"), text(mount, "name"), "must not already exist in volumeDevices");
            }
            if (devices.stream().anyMatch(device -> text(device, "devicePath").equals(mountPath))) {
                errors.invalid(at.child("mountPath"), mountPath, "must not already exist as a path in volumeDevices");
            }
            subPath(mount, path.child("volumeMounts"), at, errors);
            propagation(mount, container, path.child("volumeMounts"), errors);
        }
        devices(devices, mounts, volumes, path.child("volumeDevices"), errors);
    }

    private static void name(ObjectNode mount, Map<String, ObjectNode> volumes, FieldPath at, Errors errors) {
        String name = text(mount, "name");
        if (name.isEmpty()) {
            errors.required(at.child("name"), "");
        }
        if (!volumes.containsKey(name)) {
            errors.notFound(at.child("name"), name);
        }
    }

    private static void subPath(ObjectNode mount, FieldPath path, FieldPath at, Errors errors) {
        String subPath = text(mount, "subPath");
        String expression = text(mount, "subPathExpr");
        Formats.localPath(path.child("subPath"), subPath, errors);
        if (!expression.isEmpty()) {
            if (!subPath.isEmpty()) {
                errors.invalid(at.child("subPathExpr"), expression, "subPathExpr and subPath are mutually exclusive");
            }
            Formats.localPath(path.child("subPathExpr"), expression, errors);
        }
    }

    private static void propagation(ObjectNode mount, ObjectNode container, FieldPath path, Errors errors) {
        String propagation = text(mount, "mountPropagation");
        if (has(mount, "mountPropagation")) {
            Formats.optionalOneOf(path.child("mountPropagation"), propagation, errors, "Bidirectional", "HostToContainer", "None");
            if (propagation.equals("Bidirectional") && !flag(object(container, "securityContext"), "privileged")) {
                errors.forbidden(path.child("mountPropagation"), "Bidirectional mount propagation is available only to privileged containers");
            }
        }
        String recursive = text(mount, "recursiveReadOnly");
        if (recursive.equals("Enabled") || recursive.equals("IfPossible")) {
            if (!flag(mount, "readOnly")) {
                errors.forbidden(path.child("recursiveReadOnly"), "may only be specified when readOnly is true");
            }
            if (!propagation.isEmpty() && !propagation.equals("None")) {
                errors.forbidden(path.child("recursiveReadOnly"), "may only be specified when mountPropagation is None or not specified");
            }
        } else {
            Formats.optionalOneOf(path.child("recursiveReadOnly"), recursive, errors, "Disabled", "IfPossible", "Enabled");
        }
    }

    private static void devices(List<ObjectNode> devices, List<ObjectNode> mounts, Map<String, ObjectNode> volumes, FieldPath path, Errors errors) {
        Set<String> names = new HashSet<>();
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < devices.size(); i++) {
            FieldPath at = path.index(i);
            String name = text(devices.get(i), "name");
            String devicePath = text(devices.get(i), "devicePath");
            ObjectNode volume = volumes.get(name);
            if (name.isEmpty()) {
                errors.required(at.child("name"), "");
            } else if (!names.add(name)) {
                errors.invalid(at.child("name"), name, "must be unique");
            }
            if (volume == null) {
                errors.notFound(at.child("name"), name);
            } else if (!has(volume, "persistentVolumeClaim") && !has(volume, "ephemeral")) {
                errors.invalid(at.child("name"), name, "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode");
            }
            if (devicePath.isEmpty()) {
                errors.required(at.child("devicePath"), "");
            } else if (!paths.add(devicePath)) {
                errors.invalid(at.child("devicePath"), devicePath, "must be unique");
            } else if (List.of(devicePath.split("/", -1)).contains("..")) {
                errors.invalid(at.child("devicePath"), devicePath, "can not contain backsteps ('..')");
            }
            if (mounts.stream().anyMatch(mount -> text(mount, "name").equals(name))) {
                errors.invalid(at.child("name"), name, "must not already exist in volumeMounts");
            }
            if (mounts.stream().anyMatch(mount -> text(mount, "mountPath").equals(devicePath))) {
                errors.invalid(at.child("devicePath"), devicePath, "must not already exist as a path in volumeMounts");
            }
        }
    }
}
