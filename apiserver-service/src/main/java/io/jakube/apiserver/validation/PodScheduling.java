package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.integer;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.strings;
import static io.jakube.common.json.Fields.text;
import static io.jakube.common.json.Fields.texts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where a pod may run: node selector, affinity, tolerations, spreading, gates. */
final class PodScheduling {
    private PodScheduling() {}

    static void validate(ObjectNode spec, FieldPath path, Errors errors) {
        MetadataValidation.labels(strings(spec, "nodeSelector"), path.child("nodeSelector"), errors);
        ObjectNode affinity = object(spec, "affinity");
        if (affinity != null) {
            nodeAffinity(object(affinity, "nodeAffinity"), path.child("affinity", "nodeAffinity"), errors);
            podAffinity(object(affinity, "podAffinity"), path.child("affinity", "podAffinity"), errors);
            podAffinity(object(affinity, "podAntiAffinity"), path.child("affinity", "podAntiAffinity"), errors);
        }
        gates(spec, path, errors);
        spreading(spec, path.child("topologySpreadConstraints"), errors);
        tolerations(spec, path.child("tolerations"), errors);
    }

    private static void gates(ObjectNode spec, FieldPath path, Errors errors) {
        List<ObjectNode> readiness = items(spec, "readinessGates");
        for (int i = 0; i < readiness.size(); i++) {
            MetadataValidation.labelName(text(readiness.get(i), "conditionType"), path.child("readinessGates").index(i).child("conditionType"), errors);
        }
        Set<String> seen = new HashSet<>();
        List<ObjectNode> gates = items(spec, "schedulingGates");
        for (int i = 0; i < gates.size(); i++) {
            String name = text(gates.get(i), "name");
            FieldPath at = path.child("schedulingGates").index(i);
            errors.invalid(at, name, Names.qualifiedName(name));
            if (!seen.add(name)) {
                errors.duplicate(at, name);
            }
        }
    }

    private static void nodeAffinity(@Nullable ObjectNode affinity, FieldPath path, Errors errors) {
        ObjectNode required = object(affinity, "requiredDuringSchedulingIgnoredDuringExecution");
        if (required != null) {
            nodeSelector(required, path.child("requiredDuringSchedulingIgnoredDuringExecution"), errors);
        }
        List<ObjectNode> preferred = items(affinity, "preferredDuringSchedulingIgnoredDuringExecution");
        for (int i = 0; i < preferred.size(); i++) {
            FieldPath at = path.child("preferredDuringSchedulingIgnoredDuringExecution").index(i);
            weight(preferred.get(i), at, errors);
            ObjectNode preference = object(preferred.get(i), "preference");
            if (preference != null) {
                nodeSelectorTerm(preference, at.child("preference"), errors);
            }
        }
    }

    static void nodeSelector(ObjectNode selector, FieldPath path, Errors errors) {
        List<ObjectNode> terms = items(selector, "nodeSelectorTerms");
        if (terms.isEmpty()) {
            errors.required(path.child("nodeSelectorTerms"), "must have at least one node selector term");
        }
        for (int i = 0; i < terms.size(); i++) {
            nodeSelectorTerm(terms.get(i), path.child("nodeSelectorTerms").index(i), errors);
        }
    }

    private static void nodeSelectorTerm(ObjectNode term, FieldPath path, Errors errors) {
        List<ObjectNode> expressions = items(term, "matchExpressions");
        for (int i = 0; i < expressions.size(); i++) {
            ObjectNode requirement = expressions.get(i);
            FieldPath at = path.child("matchExpressions").index(i);
            List<String> values = texts(requirement, "values");
            switch (text(requirement, "operator")) {
                case "In", "NotIn" -> {
                    if (values.isEmpty()) {
                        errors.required(at.child("values"), "must be specified when `operator` is 'In' or 'NotIn'");
                    }
                }
                case "Exists", "DoesNotExist" -> {
                    if (!values.isEmpty()) {
                        errors.forbidden(at.child("values"), "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
                    }
                }
                case "Gt", "Lt" -> {
                    if (values.size() != 1) {
                        errors.required(at.child("values"), "must be specified single value when `operator` is 'Lt' or 'Gt'");
                    }
                }
                default -> errors.invalid(at.child("operator"), text(requirement, "operator"), "not a valid selector operator");
            }
            MetadataValidation.labelName(text(requirement, "key"), at.child("key"), errors);
        }
        List<ObjectNode> fields = items(term, "matchFields");
        for (int i = 0; i < fields.size(); i++) {
            nodeField(fields.get(i), path.child("matchFields").index(i), errors);
        }
    }

    private static void nodeField(ObjectNode requirement, FieldPath at, Errors errors) {
        String operator = text(requirement, "operator");
        List<String> values = texts(requirement, "values");
        if (!operator.equals("In") && !operator.equals("NotIn")) {
            errors.invalid(at.child("operator"), operator, "not a valid selector operator");
        } else if (values.size() != 1) {
            errors.required(at.child("values"), "must be only one value when `operator` is 'In' or 'NotIn' for node field selector");
        }
        if (!text(requirement, "key").equals("metadata.name")) {
            errors.invalid(at.child("key"), text(requirement, "key"), "not a valid field selector key");
        } else {
            for (int i = 0; i < values.size(); i++) {
                errors.invalid(at.child("values").index(i), values.get(i), Names.dnsSubdomain(values.get(i)));
            }
        }
    }

    private static void podAffinity(@Nullable ObjectNode affinity, FieldPath path, Errors errors) {
        List<ObjectNode> required = items(affinity, "requiredDuringSchedulingIgnoredDuringExecution");
        for (int i = 0; i < required.size(); i++) {
            podAffinityTerm(required.get(i), path.child("requiredDuringSchedulingIgnoredDuringExecution").index(i), errors);
        }
        List<ObjectNode> preferred = items(affinity, "preferredDuringSchedulingIgnoredDuringExecution");
        for (int i = 0; i < preferred.size(); i++) {
            FieldPath at = path.child("preferredDuringSchedulingIgnoredDuringExecution").index(i);
            weight(preferred.get(i), at, errors);
            ObjectNode term = object(preferred.get(i), "podAffinityTerm");
            if (term != null) {
                podAffinityTerm(term, at.child("podAffinityTerm"), errors);
            }
        }
    }

    private static void podAffinityTerm(ObjectNode term, FieldPath path, Errors errors) {
        SelectorValidation.selector(object(term, "labelSelector"), path.child("labelSelector"), errors);
        SelectorValidation.selector(object(term, "namespaceSelector"), path.child("namespaceSelector"), errors);
        for (String namespace : texts(term, "namespaces")) {
            errors.invalid(path.child("namespace"), namespace, Names.dnsLabel(namespace));
        }
        if (text(term, "topologyKey").isEmpty()) {
            errors.required(path.child("topologyKey"), "can not be empty");
        }
        MetadataValidation.labelName(text(term, "topologyKey"), path.child("topologyKey"), errors);
    }

    private static void weight(ObjectNode weighted, FieldPath path, Errors errors) {
        long weight = integer(weighted, "weight");
        if (weight <= 0 || weight > 100) {
            errors.invalid(path.child("weight"), weight, "must be in the range 1-100");
        }
    }

    private static void spreading(ObjectNode spec, FieldPath path, Errors errors) {
        List<ObjectNode> constraints = items(spec, "topologySpreadConstraints");
        Set<List<String>> seen = new HashSet<>();
        for (int i = 0; i < constraints.size(); i++) {
            ObjectNode constraint = constraints.get(i);
            FieldPath at = path.index(i);
            String when = text(constraint, "whenUnsatisfiable");
            String topologyKey = text(constraint, "topologyKey");
            if (integer(constraint, "maxSkew") <= 0) {
                errors.invalid(at.child("maxSkew"), integer(constraint, "maxSkew"), "must be greater than zero");
            }
            if (topologyKey.isEmpty()) {
                errors.required(at.child("topologyKey"), "can not be empty");
            } else {
                MetadataValidation.labelName(topologyKey, at.child("topologyKey"), errors);
            }
            if (!when.equals("DoNotSchedule") && !when.equals("ScheduleAnyway")) {
                errors.notSupported(at.child("whenUnsatisfiable"), when, "DoNotSchedule", "ScheduleAnyway");
            }
            if (!seen.add(List.of(topologyKey, when))) {
                errors.duplicate(at.child("{topologyKey, whenUnsatisfiable}"), "{" + topologyKey + ", " + when + "}");
            }
            if (has(constraint, "minDomains")) {
                if (integer(constraint, "minDomains") <= 0) {
                    errors.invalid(at.child("minDomains"), integer(constraint, "minDomains"), "must be greater than zero");
                }
                if (!when.equals("DoNotSchedule")) {
                    errors.invalid(at.child("minDomains"), integer(constraint, "minDomains"), "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not " + when);
                }
            }
            Formats.optionalOneOf(at.child("nodeAffinityPolicy"), text(constraint, "nodeAffinityPolicy"), errors, "Honor", "Ignore");
            Formats.optionalOneOf(at.child("nodeTaintsPolicy"), text(constraint, "nodeTaintsPolicy"), errors, "Honor", "Ignore");
            SelectorValidation.selector(object(constraint, "labelSelector"), at.child("labelSelector"), errors);
        }
    }

    static void tolerations(ObjectNode parent, FieldPath path, Errors errors) {
        List<ObjectNode> tolerations = items(parent, "tolerations");
        for (int i = 0; i < tolerations.size(); i++) {
            ObjectNode toleration = tolerations.get(i);
            FieldPath at = path.index(i);
            String key = text(toleration, "key");
            String operator = text(toleration, "operator");
            String value = text(toleration, "value");
            String effect = text(toleration, "effect");
            if (!key.isEmpty()) {
                MetadataValidation.labelName(key, at.child("key"), errors);
            } else if (!operator.equals("Exists")) {
                errors.invalid(at.child("operator"), operator, "operator must be Exists when `key` is empty, which means \"match all values and all keys\"");
            }
            if (has(toleration, "tolerationSeconds") && !effect.equals("NoExecute")) {
                errors.invalid(at.child("effect"), effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
            }
            switch (operator) {
                case "Equal", "" -> {
                    List<String> problems = Names.labelValue(value);
                    if (!problems.isEmpty()) {
                        errors.invalid(at.child("operator"), value, String.join(";", problems));
                    }
                }
                case "Exists" -> {
                    if (!value.isEmpty()) {
                        errors.invalid(at.child("operator"), value, "value must be empty when `operator` is 'Exists'");
                    }
                }
                default -> errors.notSupported(at.child("operator"), operator, "Equal", "Exists");
            }
            if (!effect.isEmpty()) {
                taintEffect(effect, at.child("effect"), errors);
            }
        }
    }

    static void taintEffect(String effect, FieldPath path, Errors errors) {
        Formats.oneOf(path, effect, errors, "NoSchedule", "PreferNoSchedule", "NoExecute");
    }
}
