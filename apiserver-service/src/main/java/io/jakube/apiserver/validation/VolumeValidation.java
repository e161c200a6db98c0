package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.json.Fields;
import io.jakube.common.quantity.Quantity;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Persistent volumes, claims and storage classes. */
public final class VolumeValidation {
    private static final FieldPath SPEC = FieldPath.of("spec");
    private static final String[] ACCESS_MODES = {"ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"};
    private static final Set<String> NOT_SOURCES = Set.of("accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy",
            "storageClassName", "volumeMode", "volumeAttributesClassName");

    private VolumeValidation() {}

    public static void claim(ObjectNode claim, Errors errors) {
        claimSpec(object(claim, "spec"), SPEC, errors);
    }

    static void claimSpec(@Nullable ObjectNode spec, FieldPath path, Errors errors) {
        List<String> modes = texts(spec, "accessModes");
        if (modes.isEmpty()) {
            errors.required(path.child("accessModes"), "at least 1 access mode is required");
        }
        accessModes(modes, path.child("accessModes"), errors);
        SelectorValidation.selector(object(spec, "selector"), path.child("selector"), errors);
        ObjectNode requests = object(object(spec, "resources"), "requests");
        FieldPath storage = path.child("resources").key("storage");
        if (!has(requests, "storage")) {
            errors.required(storage, "");
        } else {
            Formats.quantity(storage, requests.get("storage"), errors).filter(quantity -> quantity.signum() <= 0)
                    .ifPresent(quantity -> errors.invalid(storage, quantity.toString(), "must be greater than zero"));
        }
        className(spec, path, errors);
        if (has(spec, "volumeMode")) {
            Formats.oneOf(path.child("volumeMode"), text(spec, "volumeMode"), errors, "Block", "Filesystem");
        }
    }

    private static void className(@Nullable ObjectNode spec, FieldPath path, Errors errors) {
        String name = text(spec, "storageClassName");
        if (!name.isEmpty()) {
            errors.invalid(path.child("storageClassName"), name, Names.dnsSubdomain(name));
        }
    }

    private static void accessModes(List<String> modes, FieldPath path, Errors errors) {
        for (String mode : modes) {
            Formats.oneOf(path, mode, errors, ACCESS_MODES);
        }
        if (modes.contains("ReadWriteOncePod") && modes.size() > 1) {
            errors.forbidden(path, "may not use ReadWriteOncePod with other access modes");
        }
    }

    /** A bound claim may grow, and nothing else of its spec may change; its volume is set once. */
    public static void claimUpdate(ObjectNode claim, ObjectNode old, Errors errors) {
        ObjectNode spec = Objects.requireNonNullElseGet(object(claim, "spec"), old::objectNode);
        ObjectNode oldSpec = Objects.requireNonNullElseGet(object(old, "spec"), old::objectNode);
        ObjectNode comparable = spec.deepCopy();
        if (text(oldSpec, "volumeName").isEmpty() && has(comparable, "volumeName")) {
            comparable.remove("volumeName");
        }
        for (String mutable : List.of("resources", "volumeAttributesClassName")) {
            Fields.copy(oldSpec, comparable, mutable);
        }
        if (!has(oldSpec, "storageClassName") && has(comparable, "storageClassName")) {
            comparable.remove("storageClassName");
        }
        boolean bound = text(old, "status", "phase").equals("Bound");
        boolean resized = !Fields.same(object(spec, "resources"), object(oldSpec, "resources"));
        if (!Fields.same(comparable, oldSpec) || (resized && !bound)) {
            errors.forbidden(SPEC, "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims");
        }
        Quantity before = storage(oldSpec);
        Quantity after = storage(spec);
        Quantity capacity = quantity(object(old, "status", "capacity"));
        if (after.compareTo(before) < 0 && after.compareTo(capacity) <= 0) {
            errors.forbidden(SPEC.child("resources", "requests", "storage"), "field can not be less than status.capacity");
        }
    }

    private static Quantity storage(ObjectNode spec) {
        return quantity(object(spec, "resources", "requests"));
    }

    private static Quantity quantity(@Nullable ObjectNode amounts) {
        try {
            return has(amounts, "storage") ? Quantity.parse(amounts.get("storage").asText()) : Quantity.ZERO;
        } catch (IllegalArgumentException e) {
            return Quantity.ZERO;
        }
    }

    public static void volume(ObjectNode volume, Errors errors) {
        ObjectNode spec = object(volume, "spec");
        List<String> modes = texts(spec, "accessModes");
        if (modes.isEmpty()) {
            errors.required(SPEC.child("accessModes"), "");
        }
        accessModes(modes, SPEC.child("accessModes"), errors);
        ObjectNode capacity = object(spec, "capacity");
        if (capacity == null || capacity.isEmpty()) {
            errors.required(SPEC.child("capacity"), "");
        } else if (!has(capacity, "storage") || capacity.size() > 1) {
            errors.notSupported(SPEC.child("capacity"), capacity, "storage");
        } else {
            FieldPath storage = SPEC.child("capacity").key("storage");
            Formats.quantity(storage, capacity.get("storage"), errors).filter(quantity -> quantity.signum() <= 0)
                    .ifPresent(quantity -> errors.invalid(storage, quantity.toString(), "must be greater than zero"));
        }
        Formats.optionalOneOf(SPEC.child("persistentVolumeReclaimPolicy"), text(spec, "persistentVolumeReclaimPolicy"), errors, "Delete", "Recycle", "Retain");
        Formats.optionalOneOf(SPEC.child("volumeMode"), text(spec, "volumeMode"), errors, "Block", "Filesystem");
        className(spec, SPEC, errors);
        volumeSource(spec, errors);
        ObjectNode affinity = object(spec, "nodeAffinity", "required");
        if (affinity != null) {
            PodScheduling.nodeSelector(affinity, SPEC.child("nodeAffinity", "required"), errors);
        }
    }

    private static void volumeSource(@Nullable ObjectNode spec, Errors errors) {
        int sources = 0;
        if (spec != null) {
            for (var entry : spec.properties()) {
                if (!NOT_SOURCES.contains(entry.getKey()) && entry.getValue().isObject() && sources++ > 0) {
                    errors.forbidden(SPEC.child(entry.getKey()), "may not specify more than 1 volume type");
                }
            }
        }
        if (sources == 0) {
            errors.required(SPEC, "must specify a volume type");
        }
        ObjectNode hostPath = object(spec, "hostPath");
        if (hostPath != null && text(hostPath, "path").isEmpty()) {
            errors.required(SPEC.child("hostPath", "path"), "");
        }
        if (has(spec, "local") && !has(object(spec, "nodeAffinity"), "required")) {
            errors.required(SPEC.child("nodeAffinity"), "Local volume requires node affinity");
        }
    }

    /** What a volume is made of never changes. */
    public static void volumeUpdate(ObjectNode volume, ObjectNode old, Errors errors) {
        ObjectNode source = sources(volume);
        if (!Fields.same(source, sources(old))) {
            errors.forbidden(SPEC.child("persistentvolumesource"), "spec.persistentvolumesource is immutable after creation");
        }
        errors.immutable(SPEC.child("volumeMode"), object(volume, "spec") == null ? null : volume.get("spec").get("volumeMode"),
                object(old, "spec") == null ? null : old.get("spec").get("volumeMode"));
    }

    private static ObjectNode sources(ObjectNode volume) {
        ObjectNode spec = object(volume, "spec");
        return spec == null ? volume.objectNode() : spec.deepCopy().without(NOT_SOURCES);
    }

    public static void storageClass(ObjectNode storageClass, Errors errors) {
        String provisioner = text(storageClass, "provisioner");
        if (provisioner.isEmpty()) {
            errors.required(FieldPath.of("provisioner"), "");
        } else {
            errors.invalid(FieldPath.of("provisioner"), provisioner, Names.qualifiedName(provisioner.toLowerCase(Locale.ROOT)));
        }
        for (String key : strings(storageClass, "parameters").keySet()) {
            if (key.isEmpty()) {
                errors.invalid(FieldPath.of("parameters"), key, "field must not be empty.");
            }
        }
        Formats.optionalOneOf(FieldPath.of("reclaimPolicy"), text(storageClass, "reclaimPolicy"), errors, "Delete", "Retain");
        Formats.oneOf(FieldPath.of("volumeBindingMode"), text(storageClass, "volumeBindingMode"), errors, "Immediate", "WaitForFirstConsumer");
        List<ObjectNode> topologies = items(storageClass, "allowedTopologies");
        for (int i = 0; i < topologies.size(); i++) {
            List<ObjectNode> expressions = items(topologies.get(i), "matchLabelExpressions");
            for (int e = 0; e < expressions.size(); e++) {
                FieldPath at = FieldPath.of("allowedTopologies").index(i).child("matchLabelExpressions").index(e);
                MetadataValidation.labelName(text(expressions.get(e), "key"), at.child("key"), errors);
                if (texts(expressions.get(e), "values").isEmpty()) {
                    errors.required(at.child("values"), "");
                }
            }
        }
    }

    public static void storageClassUpdate(ObjectNode storageClass, ObjectNode old, Errors errors) {
        for (String field : List.of("parameters", "provisioner", "reclaimPolicy")) {
            if (!Fields.same(storageClass.get(field), old.get(field))) {
                errors.forbidden(FieldPath.of(field), "updates to " + field + " are forbidden.");
            }
        }
        errors.immutable(FieldPath.of("volumeBindingMode"), storageClass.get("volumeBindingMode"), old.get("volumeBindingMode"));
    }
}
