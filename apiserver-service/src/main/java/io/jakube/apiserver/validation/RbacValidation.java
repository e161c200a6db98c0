package io.jakube.apiserver.validation;

import static io.jakube.common.json.Fields.empty;
import static io.jakube.common.json.Fields.has;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.object;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Objects;

/** {@code rbac.authorization.k8s.io}. */
public final class RbacValidation {
    private static final String GROUP = "rbac.authorization.k8s.io";

    private RbacValidation() {}

    public static void role(ObjectNode role, Errors errors) {
        rules(role, true, errors);
    }

    public static void clusterRole(ObjectNode role, Errors errors) {
        rules(role, false, errors);
        ObjectNode aggregation = object(role, "aggregationRule");
        if (aggregation == null) {
            return;
        }
        FieldPath path = FieldPath.of("aggregationRule", "clusterRoleSelectors");
        List<ObjectNode> selectors = items(aggregation, "clusterRoleSelectors");
        if (selectors.isEmpty()) {
            errors.required(path, "at least one clusterRoleSelector required if aggregationRule is non-nil");
        }
        for (int i = 0; i < selectors.size(); i++) {
            SelectorValidation.selector(selectors.get(i), path.index(i), errors);
        }
    }

    private static void rules(ObjectNode role, boolean namespaced, Errors errors) {
        List<ObjectNode> rules = items(role, "rules");
        for (int i = 0; i < rules.size(); i++) {
            ObjectNode rule = rules.get(i);
            FieldPath at = FieldPath.of("rules").index(i);
            if (empty(rule, "verbs")) {
                errors.required(at.child("verbs"), "verbs must contain at least one value");
            }
            if (!empty(rule, "nonResourceURLs")) {
                if (namespaced) {
                    errors.invalid(at.child("nonResourceURLs"), rule.get("nonResourceURLs"), "namespaced rules cannot apply to non-resource URLs");
                }
                if (!empty(rule, "apiGroups") || !empty(rule, "resources") || !empty(rule, "resourceNames")) {
                    errors.invalid(at.child("nonResourceURLs"), rule.get("nonResourceURLs"), "rules cannot apply to both regular resources and non-resource URLs");
                }
                continue;
            }
            if (empty(rule, "apiGroups")) {
                errors.required(at.child("apiGroups"), "resource rules must supply at least one api group");
            }
            if (empty(rule, "resources")) {
                errors.required(at.child("resources"), "resource rules must supply at least one resource");
            }
        }
    }

    public static void roleBinding(ObjectNode binding, Errors errors) {
        binding(binding, true, errors);
    }

    public static void clusterRoleBinding(ObjectNode binding, Errors errors) {
        binding(binding, false, errors);
    }

    private static void binding(ObjectNode binding, boolean namespaced, Errors errors) {
        ObjectNode role = object(binding, "roleRef");
        FieldPath path = FieldPath.of("roleRef");
        if (!text(role, "apiGroup").equals(GROUP)) {
            errors.notSupported(path.child("apiGroup"), text(role, "apiGroup"), GROUP);
        }
        String kind = text(role, "kind");
        if (!kind.equals("ClusterRole") && !(namespaced && kind.equals("Role"))) {
            if (namespaced) {
                errors.notSupported(path.child("kind"), kind, "Role", "ClusterRole");
            } else {
                errors.notSupported(path.child("kind"), kind, "ClusterRole");
            }
        }
        if (text(role, "name").isEmpty()) {
            errors.required(path.child("name"), "");
        } else {
            errors.invalid(path.child("name"), text(role, "name"), Names.pathSegment(text(role, "name"), false));
        }
        List<ObjectNode> subjects = items(binding, "subjects");
        for (int i = 0; i < subjects.size(); i++) {
            subject(subjects.get(i), namespaced, FieldPath.of("subjects").index(i), errors);
        }
    }

    private static void subject(ObjectNode subject, boolean namespaced, FieldPath at, Errors errors) {
        String name = text(subject, "name");
        String group = text(subject, "apiGroup");
        if (name.isEmpty()) {
            errors.required(at.child("name"), "");
        }
        switch (text(subject, "kind")) {
            case "ServiceAccount" -> {
                if (!name.isEmpty()) {
                    errors.invalid(at.child("name"), name, Names.dnsSubdomain(name));
                }
                if (!group.isEmpty()) {
                    errors.notSupported(at.child("apiGroup"), group, "");
                }
                if (!namespaced && text(subject, "namespace").isEmpty()) {
                    errors.required(at.child("namespace"), "");
                }
            }
            case "User", "Group" -> {
                if (!group.equals(GROUP)) {
                    errors.notSupported(at.child("apiGroup"), group, GROUP);
                }
            }
            default -> errors.notSupported(at.child("kind"), text(subject, "kind"), "ServiceAccount", "User", "Group");
        }
    }

    /** A binding stays with its role: whoever may change subjects must not thereby grant another. */
    public static void bindingUpdate(ObjectNode binding, ObjectNode old, Errors errors) {
        if (has(old, "roleRef") && !Objects.equals(object(binding, "roleRef"), object(old, "roleRef"))) {
            errors.invalid(FieldPath.of("roleRef"), binding.get("roleRef"), "cannot change roleRef");
        }
    }
}
