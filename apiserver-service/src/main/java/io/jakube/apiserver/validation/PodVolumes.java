package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Volumes of a pod. */
final class PodVolumes {
    private static final String[] HOST_PATH_TYPES = {"", "BlockDevice", "CharDevice", "Directory", "DirectoryOrCreate", "File", "FileOrCreate", "Socket"};

    private PodVolumes() {}

    /** @return the volumes with a usable name, by name */
    static Map<String, ObjectNode> validate(ObjectNode spec, FieldPath field, Errors errors) {
        Map<String, ObjectNode> byName = new HashMap<>();
        List<ObjectNode> volumes = items(spec, "volumes");
        for (int i = 0; i < volumes.size(); i++) {
            ObjectNode volume = volumes.get(i);
            FieldPath path = field.index(i);
            String name = text(volume, "name");
            int before = errors.size();
            source(volume, path, errors);
            if (name.isEmpty()) {
                errors.required(path.child("name"), "");
            } else {
                errors.invalid(path.child("name"), name, Names.dnsLabel(name));
            }
            if (byName.containsKey(name)) {
                errors.duplicate(path.child("name"), name);
            }
            if (errors.size() == before) {
                byName.put(name, volume);
            }
        }
        return byName;
    }

    private static void source(ObjectNode volume, FieldPath path, Errors errors) {
        int sources = 0;
        for (var entry : volume.properties()) {
            if (entry.getKey().equals("name") || !(entry.getValue() instanceof ObjectNode source)) {
                continue;
            }
            if (sources++ > 0) {
                errors.forbidden(path.child(entry.getKey()), "may not specify more than 1 volume type");
            } else {
                source(entry.getKey(), source, path.child(entry.getKey()), errors);
            }
        }
        if (sources == 0) {
            errors.required(path, "must specify a volume type");
        }
    }

    private static void source(String kind, ObjectNode source, FieldPath path, Errors errors) {
        switch (kind) {
            case "emptyDir" -> Formats.quantity(path.child("sizeLimit"), source.get("sizeLimit"), errors).filter(limit -> limit.signum() < 0)
                    .ifPresent(limit -> errors.forbidden(path.child("sizeLimit"), "SizeLimit field must be a valid resource quantity"));
            case "hostPath" -> hostPath(source, path, errors);
            case "secret" -> {
                required(source, "secretName", path, errors);
                files(source, path, errors);
            }
            case "configMap" -> {
                required(source, "name", path, errors);
                files(source, path, errors);
            }
            case "downwardAPI" -> {
                Formats.fileMode(path, source, "defaultMode", errors);
                downward(source, path, errors);
            }
            case "projected" -> projected(source, path, errors);
            case "persistentVolumeClaim" -> required(source, "claimName", path, errors);
            case "nfs" -> {
                required(source, "server", path, errors);
                required(source, "path", path, errors);
                if (!text(source, "path").isEmpty() && !text(source, "path").startsWith("/")) {
                    errors.invalid(path.child("path"), text(source, "path"), "must be an absolute path");
                }
            }
            case "csi" -> required(source, "driver", path, errors);
            case "ephemeral" -> ephemeral(source, path, errors);
            case "image" -> Formats.optionalOneOf(path.child("pullPolicy"), text(source, "pullPolicy"), errors, "Always", "IfNotPresent", "Never");
            case "gitRepo" -> required(source, "repository", path, errors);
            default -> { }
        }
    }

    private static void hostPath(ObjectNode source, FieldPath path, Errors errors) {
        if (text(source, "path").isEmpty()) {
            errors.required(path.child("path"), "");
            return;
        }
        Formats.noBacksteps(path.child("path"), text(source, "path"), errors);
        if (has(source, "type") && !List.of(HOST_PATH_TYPES).contains(text(source, "type"))) {
            errors.notSupported(path.child("type"), text(source, "type"), HOST_PATH_TYPES);
        }
    }

    private static void ephemeral(ObjectNode source, FieldPath path, Errors errors) {
        ObjectNode template = object(source, "volumeClaimTemplate");
        if (template == null) {
            errors.required(path.child("volumeClaimTemplate"), "");
        } else {
            VolumeValidation.claimSpec(object(template, "spec"), path.child("volumeClaimTemplate", "spec"), errors);
        }
    }

    private static void projected(ObjectNode source, FieldPath path, Errors errors) {
        Formats.fileMode(path, source, "defaultMode", errors);
        List<ObjectNode> projections = items(source, "sources");
        Set<String> paths = new HashSet<>();
        for (int i = 0; i < projections.size(); i++) {
            ObjectNode projection = projections.get(i);
            FieldPath at = path.child("sources").index(i);
            int kinds = 0;
            for (var entry : projection.properties()) {
                if (!(entry.getValue() instanceof ObjectNode one)) {
                    continue;
                }
                FieldPath kind = at.child(entry.getKey());
                if (kinds++ > 0) {
                    errors.forbidden(kind, "may not specify more than 1 volume type");
                    continue;
                }
                projection(entry.getKey(), one, kind, errors);
                items(one, "items").forEach(item -> conflict(text(item, "path"), paths, path, errors));
            }
            ObjectNode token = object(projection, "serviceAccountToken");
            if (token != null) {
                conflict(text(token, "path"), paths, path, errors);
            }
            if (kinds == 0) {
                errors.required(at, "must specify a volume type");
            }
        }
    }

    private static void conflict(String file, Set<String> paths, FieldPath path, Errors errors) {
        if (!file.isEmpty() && !paths.add(file)) {
            errors.invalid(path, file, "conflicting duplicate paths");
        }
    }

    private static void projection(String kind, ObjectNode source, FieldPath path, Errors errors) {
        switch (kind) {
            case "secret", "configMap" -> {
                required(source, "name", path, errors);
                keys(source, path, errors);
            }
            case "downwardAPI" -> downward(source, path, errors);
            case "serviceAccountToken" -> {
                long seconds = integer(source, "expirationSeconds", 3600);
                if (seconds < 600) {
                    errors.invalid(path.child("expirationSeconds"), seconds, "may not be less than 10 minutes");
                }
                if (seconds > 1L << 32) {
                    errors.invalid(path.child("expirationSeconds"), seconds, "may not be larger than 2^32 seconds");
                }
                if (text(source, "path").isEmpty()) {
                    errors.required(path.child("path"), "");
                } else {
                    Formats.localUnreservedPath(path.child("path"), text(source, "path"), errors);
                }
            }
            default -> { }
        }
    }

    private static void files(ObjectNode source, FieldPath path, Errors errors) {
        Formats.fileMode(path, source, "defaultMode", errors);
        keys(source, path, errors);
    }

    private static void keys(ObjectNode source, FieldPath path, Errors errors) {
        List<ObjectNode> list = items(source, "items");
        for (int i = 0; i < list.size(); i++) {
            FieldPath at = path.child("items").index(i);
            required(list.get(i), "key", at, errors);
            required(list.get(i), "path", at, errors);
            Formats.localUnreservedPath(at.child("path"), text(list.get(i), "path"), errors);
            Formats.fileMode(at, list.get(i), "mode", errors);
        }
    }

    private static void downward(ObjectNode source, FieldPath path, Errors errors) {
        List<ObjectNode> list = items(source, "items");
        for (int i = 0; i < list.size(); i++) {
            ObjectNode file = list.get(i);
            FieldPath at = path.child("items").index(i);
            required(file, "path", at, errors);
            Formats.localUnreservedPath(at.child("path"), text(file, "path"), errors);
            ObjectNode fieldRef = object(file, "fieldRef");
            ObjectNode resourceRef = object(file, "resourceFieldRef");
            if (fieldRef != null) {
                DownwardReferences.field(fieldRef, false, at.child("fieldRef"), errors);
                if (resourceRef != null) {
                    errors.invalid(at, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously");
                }
            } else if (resourceRef != null) {
                DownwardReferences.resource(resourceRef, true, at.child("resourceFieldRef"), errors);
            } else {
                errors.required(at, "one of fieldRef and resourceFieldRef is required");
            }
            Formats.fileMode(at, file, "mode", errors);
        }
    }

    private static void required(ObjectNode parent, String name, FieldPath path, Errors errors) {
        if (text(parent, name).isEmpty()) {
            errors.required(path.child(name), "");
        }
    }
}
