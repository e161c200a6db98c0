package io.jakube.apiserver.authorization;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.request.UserInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * All roles and bindings at one moment, indexed by subject: a lookup touches only what is bound to the user or one of its groups,
 * cluster-wide and in one namespace. Immutable.
 */
final class RbacRules {
    /**
     * What a binding gives to one of its subjects.
     *
     * @param binding as reasons describe it
     * @param rules the role's rules
     * @param problem why there are none, or null
     */
    record Grant(String binding, List<PolicyRule> rules, @Nullable String problem) {}

    private record RoleKey(String namespace, String name) {}

    private final Map<String, List<PolicyRule>> clusterRoles = new HashMap<>();
    private final Map<RoleKey, List<PolicyRule>> roles = new HashMap<>();
    private final Map<String, List<Grant>> clusterGrants = new HashMap<>();
    private final Map<String, Map<String, List<Grant>>> namespaceGrants = new HashMap<>();

    RbacRules(List<ObjectNode> clusterRoles, List<ObjectNode> clusterRoleBindings, List<ObjectNode> roles, List<ObjectNode> roleBindings) {
        clusterRoles.forEach(role -> this.clusterRoles.put(name(role), PolicyRule.parseAll(role.path("rules"))));
        roles.forEach(role -> this.roles.put(new RoleKey(namespace(role), name(role)), PolicyRule.parseAll(role.path("rules"))));
        clusterRoleBindings.forEach(binding -> index(binding, "", clusterGrants));
        roleBindings.forEach(binding -> index(binding, namespace(binding), namespaceGrants.computeIfAbsent(namespace(binding), n -> new HashMap<>())));
    }

    /** Visits what the user was granted until the visitor says stop by answering false; cluster-wide grants first. @param namespace empty for cluster scope */
    void visit(UserInfo user, String namespace, Predicate<Grant> visitor) {
        if (!visit(user, clusterGrants, visitor) || namespace.isEmpty()) {
            return;
        }
        Map<String, List<Grant>> local = namespaceGrants.get(namespace);
        if (local != null) {
            visit(user, local, visitor);
        }
    }

    /** The rules of a role; null if there is no such role. @param namespace of the binding */
    @Nullable List<PolicyRule> rules(String roleKind, String roleName, String namespace) {
        return roleKind.equals("ClusterRole") ? clusterRoles.get(roleName) : roles.get(new RoleKey(namespace, roleName));
    }

    private static boolean visit(UserInfo user, Map<String, List<Grant>> grants, Predicate<Grant> visitor) {
        if (!visit(grants.get(userKey(user.name())), visitor)) {
            return false;
        }
        for (String group : user.groups()) {
            if (!visit(grants.get(groupKey(group)), visitor)) {
                return false;
            }
        }
        return true;
    }

    private static boolean visit(@Nullable List<Grant> grants, Predicate<Grant> visitor) {
        if (grants != null) {
            for (Grant grant : grants) {
                if (!visitor.test(grant)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void index(ObjectNode binding, String namespace, Map<String, List<Grant>> target) {
        String roleKind = binding.path("roleRef").path("kind").asText();
        String roleName = binding.path("roleRef").path("name").asText();
        List<PolicyRule> granted = rules(roleKind, roleName, namespace);
        String problem = granted == null ? roleKind.toLowerCase(java.util.Locale.ROOT) + "." + RbacResources.GROUP + " \"" + roleName + "\" not found" : null;
        String kind = namespace.isEmpty() ? "ClusterRoleBinding" : "RoleBinding";
        String shown = namespace.isEmpty() ? name(binding) : name(binding) + "/" + namespace;
        for (JsonNode subject : binding.path("subjects")) {
            String subjectKind = subject.path("kind").asText();
            String subjectName = subject.path("name").asText();
            String subjectNamespace = subject.path("namespace").asText(namespace);
            String key;
            String described;
            switch (subjectKind) {
                case "User" -> {
                    key = userKey(subjectName);
                    described = subjectName;
                }
                case "Group" -> {
                    key = groupKey(subjectName);
                    described = subjectName;
                }
                case "ServiceAccount" -> {
                    key = userKey("system:serviceaccount:" + subjectNamespace + ":" + subjectName);
                    described = subjectName + "/" + subjectNamespace;
                }
                default -> {
                    continue;
                }
            }
            String text = "%s \"%s\" of %s \"%s\" to %s \"%s\"".formatted(kind, shown, roleKind, roleName, subjectKind, described);
            target.computeIfAbsent(key, k -> new ArrayList<>(2)).add(new Grant(text, granted == null ? List.of() : granted, problem));
        }
    }

    private static String userKey(String name) {
        return "u:" + name;
    }

    private static String groupKey(String name) {
        return "g:" + name;
    }

    private static String name(JsonNode object) {
        return object.path("metadata").path("name").asText();
    }

    private static String namespace(JsonNode object) {
        return object.path("metadata").path("namespace").asText();
    }
}
