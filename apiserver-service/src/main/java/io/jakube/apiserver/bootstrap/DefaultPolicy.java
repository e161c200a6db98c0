package io.jakube.apiserver.bootstrap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.jakube.apiserver.authorization.PolicyRule;
import io.jakube.apiserver.authorization.RoleAggregation;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.TreeSet;

/** The roles and bindings of a fresh cluster, read from the resource {@code policy.yaml}, which explains its notation. */
public final class DefaultPolicy {
    static final String GROUP = "rbac.authorization.k8s.io";
    static final GroupResource CLUSTER_ROLES = new GroupResource(GROUP, "clusterroles");
    static final GroupResource CLUSTER_ROLE_BINDINGS = new GroupResource(GROUP, "clusterrolebindings");
    static final GroupResource ROLES = new GroupResource(GROUP, "roles");
    static final GroupResource ROLE_BINDINGS = new GroupResource(GROUP, "rolebindings");
    static final String AUTO_UPDATE = "rbac.authorization.kubernetes.io/autoupdate";

    private static final List<String> READ = List.of("get", "list", "watch");
    private static final List<String> WRITE = List.of("create", "delete", "deletecollection", "patch", "update");

    private DefaultPolicy() {}

    /**
     * One object of the policy.
     *
     * @param resource where it is stored
     * @param object without server-set metadata
     */
    record Entry(GroupResource resource, ObjectNode object) {
        String namespace() {
            return object.path("metadata").path("namespace").asText();
        }

        String name() {
            return object.path("metadata").path("name").asText();
        }
    }

    /** The rules of the role {@code system:node}, which the node authorizer applies by itself. */
    public static List<PolicyRule> nodeRules() {
        return rules(read().path("clusterRoles").path("system:node").path("rules"));
    }

    static List<Entry> load() {
        JsonNode policy = read();
        List<Entry> entries = new ArrayList<>();
        for (var role : policy.path("clusterRoles").properties()) {
            entries.add(new Entry(CLUSTER_ROLES, clusterRole(role.getKey(), role.getValue())));
        }
        for (var binding : policy.path("clusterRoleBindings").properties()) {
            entries.add(new Entry(CLUSTER_ROLE_BINDINGS, binding("ClusterRoleBinding", "ClusterRole", "", binding.getKey(), binding.getValue())));
        }
        LinkedHashSet<PolicyRule> sum = new LinkedHashSet<>();
        for (var controller : policy.path("controllers").properties()) {
            String name = "system:controller:" + controller.getKey();
            List<PolicyRule> rules = rules(controller.getValue());
            sum.addAll(rules);
            entries.add(new Entry(CLUSTER_ROLES, withRules(object("ClusterRole", "", name), rules)));
            ObjectNode subjects = Json.object();
            subjects.put("role", name).putArray("serviceAccounts").add("kube-system/" + controller.getKey());
            entries.add(new Entry(CLUSTER_ROLE_BINDINGS, binding("ClusterRoleBinding", "ClusterRole", "", name, subjects)));
        }
        entries.add(new Entry(CLUSTER_ROLES, withRules(object("ClusterRole", "", "jakube:controllers"), List.copyOf(sum))));
        for (var namespace : policy.path("roles").properties()) {
            for (var role : namespace.getValue().properties()) {
                entries.add(new Entry(ROLES, withRules(object("Role", namespace.getKey(), role.getKey()), rules(role.getValue()))));
            }
        }
        for (var namespace : policy.path("roleBindings").properties()) {
            for (var binding : namespace.getValue().properties()) {
                entries.add(new Entry(ROLE_BINDINGS, binding("RoleBinding", "Role", namespace.getKey(), binding.getKey(), binding.getValue())));
            }
        }
        aggregate(entries);
        return entries;
    }

    /** Fills aggregated roles as {@link RoleAggregation} would, so that they are of use from the start; one pass for each level they refer to. */
    private static void aggregate(List<Entry> entries) {
        List<ObjectNode> roles = entries.stream().filter(entry -> entry.resource().equals(CLUSTER_ROLES)).map(Entry::object).toList();
        boolean changed = true;
        while (changed) {
            changed = false;
            for (ObjectNode role : roles) {
                if (role.has("aggregationRule")) {
                    ArrayNode rules = RoleAggregation.rules(role, roles);
                    changed |= !rules.equals(role.path("rules"));
                    role.set("rules", rules);
                }
            }
        }
    }

    private static ObjectNode clusterRole(String name, JsonNode description) {
        ObjectNode role = object("ClusterRole", "", name);
        ObjectNode labels = (ObjectNode) role.path("metadata").path("labels");
        description.path("labels").forEach(label -> labels.put(GROUP + "/" + label.asText(), "true"));
        if (description.has("aggregate")) {
            role.putObject("aggregationRule").putArray("clusterRoleSelectors").addObject().putObject("matchLabels").put(GROUP + "/" + description.path("aggregate").asText(), "true");
            return role;
        }
        return withRules(role, rules(description.path("rules")));
    }

    private static ObjectNode binding(String kind, String roleKind, String namespace, String name, JsonNode description) {
        ObjectNode binding = object(kind, namespace, name);
        binding.putObject("roleRef").put("apiGroup", GROUP).put("kind", roleKind).put("name", description.path("role").asText());
        ArrayNode subjects = Json.mapper().createArrayNode();
        description.path("groups").forEach(group -> subjects.addObject().put("apiGroup", GROUP).put("kind", "Group").put("name", group.asText()));
        description.path("users").forEach(user -> subjects.addObject().put("apiGroup", GROUP).put("kind", "User").put("name", user.asText()));
        for (JsonNode account : description.path("serviceAccounts")) {
            String[] parts = account.asText().split("/", 2);
            subjects.addObject().put("kind", "ServiceAccount").put("name", parts[1]).put("namespace", parts[0]);
        }
        if (!subjects.isEmpty()) {
            binding.set("subjects", subjects);
        }
        return binding;
    }

    private static ObjectNode object(String kind, String namespace, String name) {
        ObjectNode object = Json.object().put("apiVersion", GROUP + "/v1").put("kind", kind);
        ObjectNode metadata = object.putObject("metadata").put("name", name);
        if (!namespace.isEmpty()) {
            metadata.put("namespace", namespace);
        }
        metadata.putObject("labels").put("kubernetes.io/bootstrapping", "rbac-defaults");
        metadata.putObject("annotations").put(AUTO_UPDATE, "true");
        return object;
    }

    private static ObjectNode withRules(ObjectNode role, List<PolicyRule> rules) {
        ArrayNode array = role.putArray("rules");
        rules.forEach(rule -> rule.toJson(array.addObject()));
        return role;
    }

    private static List<PolicyRule> rules(JsonNode lines) {
        List<PolicyRule> rules = new ArrayList<>(lines.size());
        lines.forEach(line -> rules.add(rule(line.asText())));
        return rules;
    }

    static PolicyRule rule(String line) {
        List<List<String>> parts = Arrays.stream(line.split("\\|")).map(part -> List.of(part.strip().split("\\s+"))).toList();
        TreeSet<String> verbs = new TreeSet<>();
        for (String verb : parts.getFirst()) {
            verbs.addAll(verb.equals("read") ? READ : verb.equals("write") ? WRITE : List.of(verb));
        }
        return switch (parts.size()) {
            case 2 -> new PolicyRule(List.copyOf(verbs), List.of(), List.of(), List.of(), parts.get(1));
            case 3, 4 -> new PolicyRule(List.copyOf(verbs), parts.get(1).stream().map(group -> group.equals("core") ? "" : group).toList(), parts.get(2),
                    parts.size() == 4 ? parts.get(3) : List.of(), List.of());
            default -> throw new IllegalStateException("policy.yaml: not a rule: " + line);
        };
    }

    private static JsonNode read() {
        try (InputStream in = DefaultPolicy.class.getResourceAsStream("policy.yaml")) {
            return new YAMLMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
