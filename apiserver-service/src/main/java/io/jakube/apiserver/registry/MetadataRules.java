package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.validation.Errors;
import io.jakube.apiserver.validation.FieldPath;
import io.jakube.apiserver.validation.MetadataValidation;
import io.jakube.apiserver.validation.Names;
import io.jakube.common.json.Fields;
import io.jakube.common.status.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What every object's metadata must keep to (API conventions, "Metadata"). */
final class MetadataRules {
    private static final Set<String> STANDARD_FINALIZERS = Set.of("orphan", "foregroundDeletion", "kubernetes");

    private MetadataRules() {}

    static List<FieldError> validateCreate(ResourceType type, ObjectNode object) {
        List<FieldError> errors = new ArrayList<>();
        ObjectMeta meta = ObjectMeta.of(object);
        if (!meta.generateName().isEmpty()) {
            for (String problem : type.strategy().nameRule().check(meta.generateName(), true)) {
                errors.add(FieldError.invalid("metadata.generateName", meta.generateName(), problem));
            }
        }
        if (meta.name().isEmpty()) {
            errors.add(FieldError.required("metadata.name", "name or generateName is required"));
        } else {
            for (String problem : type.strategy().nameRule().check(meta.name(), false)) {
                errors.add(FieldError.invalid("metadata.name", meta.name(), problem));
            }
        }
        if (type.definition().namespaced()) {
            if (meta.namespace().isEmpty()) {
                errors.add(FieldError.required("metadata.namespace", ""));
            } else {
                Names.dnsLabel(meta.namespace()).forEach(problem -> errors.add(FieldError.invalid("metadata.namespace", meta.namespace(), problem)));
            }
        }
        validateCommon(object, errors);
        return errors;
    }

    static List<FieldError> validateUpdate(ObjectNode object, ObjectNode old) {
        List<FieldError> errors = new ArrayList<>();
        ObjectMeta meta = ObjectMeta.of(object);
        ObjectMeta oldMeta = ObjectMeta.of(old);
        for (String field : List.of("name", "namespace")) {
            String value = meta.node().path(field).asText("");
            if (!value.equals(oldMeta.node().path(field).asText(""))) {
                errors.add(FieldError.invalid("metadata." + field, value, "field is immutable"));
            }
        }
        if (oldMeta.deleting()) {
            List<String> added = new ArrayList<>(meta.finalizers());
            added.removeAll(oldMeta.finalizers());
            if (!added.isEmpty()) {
                errors.add(FieldError.forbidden("metadata.finalizers", "no new finalizers can be added if the object is being deleted, found new finalizers []string{"
                        + String.join(", ", added.stream().map(f -> "\"" + f + "\"").toList()) + "}"));
            }
        }
        validateCommon(object, errors);
        return errors;
    }

    private static void validateCommon(ObjectNode object, List<FieldError> errors) {
        JsonNode metadata = object.path("metadata");
        Errors lexical = new Errors();
        MetadataValidation.labels(Fields.strings(metadata, "labels"), FieldPath.of("metadata", "labels"), lexical);
        MetadataValidation.annotations(Fields.strings(metadata, "annotations"), FieldPath.of("metadata", "annotations"), lexical);
        errors.addAll(lexical.list());
        validateFinalizers(metadata, errors);
        validateOwners(metadata, errors);
    }

    private static void validateFinalizers(JsonNode metadata, List<FieldError> errors) {
        boolean orphan = false;
        boolean foreground = false;
        int index = 0;
        for (JsonNode node : metadata.path("finalizers")) {
            int at = index++;
            String finalizer = node.asText();
            List<String> problems = Names.qualifiedName(finalizer);
            problems.forEach(problem -> errors.add(FieldError.invalid("metadata.finalizers", finalizer, problem)));
            if (problems.isEmpty() && !finalizer.contains("/") && !STANDARD_FINALIZERS.contains(finalizer)) {
                errors.add(FieldError.invalid("metadata.finalizers[" + at + "]", finalizer, "name is neither a standard finalizer name nor is it fully qualified"));
            }
            orphan |= finalizer.equals("orphan");
            foreground |= finalizer.equals("foregroundDeletion");
        }
        if (orphan && foreground) {
            errors.add(FieldError.invalid("metadata.finalizers", "orphan", "finalizer foregroundDeletion and orphan cannot be both set"));
        }
    }

    private static void validateOwners(JsonNode metadata, List<FieldError> errors) {
        String controller = "";
        int index = 0;
        for (JsonNode owner : metadata.path("ownerReferences")) {
            String path = "metadata.ownerReferences[" + index++ + "]";
            if (owner.path("apiVersion").asText("").isEmpty()) {
                errors.add(FieldError.invalid(path + ".apiVersion", "", "version must not be empty"));
            }
            for (String field : List.of("kind", "name", "uid")) {
                if (owner.path(field).asText("").isEmpty()) {
                    errors.add(FieldError.invalid(path + "." + field, "", "must not be empty"));
                }
            }
            if (owner.path("controller").asBoolean(false)) {
                String name = owner.path("kind").asText() + "/" + owner.path("name").asText();
                if (!controller.isEmpty()) {
                    errors.add(FieldError.invalid("metadata.ownerReferences", name,
                            "Only one reference can have Controller set to true. Found \"true\" in references for " + controller + " and " + name));
                }
                controller = name;
            }
        }
    }
}
