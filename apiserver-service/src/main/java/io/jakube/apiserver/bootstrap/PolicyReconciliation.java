package io.jakube.apiserver.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.authorization.PolicyRule;
import io.jakube.common.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.LinkedHashSet;

/**
 * How default roles and bindings are kept up to date without undoing what an administrator added: what is missing is added, nothing is
 * removed, and objects annotated {@code rbac.authorization.kubernetes.io/autoupdate: "false"} are left alone (Kubernetes documentation,
 * "Auto-reconciliation"). Pure functions.
 */
final class PolicyReconciliation {
    private PolicyReconciliation() {}

    /** The stored object with what it lacks; empty if it lacks nothing. */
    static Optional<ObjectNode> reconcile(ObjectNode wanted, ObjectNode stored) {
        if (stored.path("metadata").path("annotations").path(DefaultPolicy.AUTO_UPDATE).asText().equals("false")) {
            return Optional.empty();
        }
        ObjectNode result = stored.deepCopy();
        addMissing(wanted, result, "labels");
        addMissing(wanted, result, "annotations");
        if (wanted.has("aggregationRule")) {
            addMissingElements(wanted.path("aggregationRule").path("clusterRoleSelectors"), result.withObject("/aggregationRule"), "clusterRoleSelectors");
        } else if (wanted.has("rules")) {
            addMissingRules(wanted, result);
        }
        if (wanted.has("subjects")) {
            addMissingElements(wanted.path("subjects"), result, "subjects");
        }
        return result.equals(stored) ? Optional.empty() : Optional.of(result);
    }

    /** Whether a binding must be deleted and made anew, because the role it names cannot be changed. */
    static boolean replaces(ObjectNode wanted, ObjectNode stored) {
        return wanted.has("roleRef") && !wanted.path("roleRef").equals(stored.path("roleRef"))
                && !stored.path("metadata").path("annotations").path(DefaultPolicy.AUTO_UPDATE).asText().equals("false");
    }

    private static void addMissing(ObjectNode wanted, ObjectNode result, String map) {
        for (var entry : wanted.path("metadata").path(map).properties()) {
            if (!result.path("metadata").path(map).has(entry.getKey())) {
                result.withObject("/metadata/" + map).set(entry.getKey(), entry.getValue());
            }
        }
    }

    private static void addMissingElements(JsonNode wanted, ObjectNode parent, String field) {
        Set<JsonNode> present = new LinkedHashSet<>();
        parent.path(field).forEach(present::add);
        boolean added = false;
        for (JsonNode element : wanted) {
            added |= present.add(element);
        }
        if (added) {
            parent.set(field, Json.mapper().createArrayNode().addAll(present));
        }
    }

    private static void addMissingRules(ObjectNode wanted, ObjectNode result) {
        List<PolicyRule> held = PolicyRule.parseAll(result.path("rules"));
        List<JsonNode> missing = new ArrayList<>();
        for (JsonNode rule : wanted.path("rules")) {
            if (!PolicyRule.covers(held, PolicyRule.parse(rule))) {
                missing.add(rule);
            }
        }
        if (!missing.isEmpty()) {
            ArrayNode rules = result.path("rules").isArray() ? (ArrayNode) result.path("rules") : result.putArray("rules");
            rules.addAll(missing);
        }
    }
}
