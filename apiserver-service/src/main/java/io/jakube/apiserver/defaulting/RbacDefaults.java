package io.jakube.apiserver.defaulting;

import static io.jakube.common.json.Fields.defaultText;
import static io.jakube.common.json.Fields.ensureObject;
import static io.jakube.common.json.Fields.items;
import static io.jakube.common.json.Fields.text;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code rbac.authorization.k8s.io/v1}. */
final class RbacDefaults {
    private static final String GROUP = "rbac.authorization.k8s.io";

    private RbacDefaults() {}

    static void binding(ObjectNode binding) {
        defaultText(ensureObject(binding, "roleRef"), "apiGroup", GROUP);
        for (ObjectNode subject : items(binding, "subjects")) {
            if (text(subject, "kind").equals("User") || text(subject, "kind").equals("Group")) {
                defaultText(subject, "apiGroup", GROUP);
            }
        }
    }
}
