package io.jakube.apiserver.authorization;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionPlugin;
import io.jakube.apiserver.admission.AdmissionRequest;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.api.GroupResource;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Nobody may give more than they have: roles with rules, and bindings to roles, that exceed the writer's own rights are refused unless the
 * writer holds the verb {@code escalate} or {@code bind} (Kubernetes documentation, "Privilege escalation prevention and bootstrapping").
 */
final class RbacEscalation implements AdmissionPlugin {
    private static final List<PolicyRule> EVERYTHING = List.of(
            new PolicyRule(List.of("*"), List.of("*"), List.of("*"), List.of(), List.of()),
            new PolicyRule(List.of("*"), List.of(), List.of(), List.of(), List.of("*")));

    private final RbacAuthorizer rbac;
    private final Authorizer authorizer;

    RbacEscalation(RbacAuthorizer rbac, Authorizer authorizer) {
        this.rbac = requireNonNull(rbac, "rbac is null");
        this.authorizer = requireNonNull(authorizer, "authorizer is null");
    }

    @Override
    public String name() {
        return "RBACEscalation";
    }

    @Override
    public void validate(AdmissionRequest request) {
        ObjectNode object = request.object();
        if (!request.resource().gvk().group().equals(RbacResources.GROUP) || !request.subresource().isEmpty() || object == null
                || request.operation() != Operation.CREATE && request.operation() != Operation.UPDATE) {
            return;
        }
        UserInfo user = request.context().user();
        if (user.groups().contains(AuthorizerChain.SUPERUSERS)) {
            return;
        }
        switch (request.resource().plural()) {
            case "roles", "clusterroles" -> checkRole(request, user, object);
            case "rolebindings", "clusterrolebindings" -> checkBinding(request, user, object);
            default -> { }
        }
    }

    private void checkRole(AdmissionRequest request, UserInfo user, ObjectNode role) {
        ObjectNode old = request.oldObject();
        if (same(old, role, "rules") && same(old, role, "aggregationRule") || may(user, "escalate", request.namespace(), request.resource().groupResource(), request.name())) {
            return;
        }
        String problem = exceeding(user, request.namespace(), PolicyRule.parseAll(role.path("rules")));
        if (problem != null) {
            throw refused(request, problem);
        }
        if (!role.path("aggregationRule").isMissingNode() && !same(old, role, "aggregationRule") && exceeding(user, request.namespace(), EVERYTHING) != null) {
            throw refused(request, "must have cluster-admin privileges to use an aggregationRule");
        }
    }

    private void checkBinding(AdmissionRequest request, UserInfo user, ObjectNode binding) {
        ObjectNode old = request.oldObject();
        if (same(old, binding, "roleRef") && same(old, binding, "subjects")) {
            return;
        }
        JsonNode reference = binding.path("roleRef");
        String kind = reference.path("kind").asText();
        String role = reference.path("name").asText();
        GroupResource roleResource = kind.equals("ClusterRole") ? RbacResources.CLUSTER_ROLES : RbacResources.ROLES;
        if (may(user, "bind", request.namespace(), roleResource, role)) {
            return;
        }
        List<PolicyRule> granted = rbac.roleRules(kind, role, request.namespace());
        if (granted == null) {
            throw ApiException.notFound(new GroupResource(RbacResources.GROUP, kind.toLowerCase(Locale.ROOT)), role);
        }
        String problem = exceeding(user, request.namespace(), granted);
        if (problem != null) {
            throw refused(request, problem);
        }
    }

    private boolean may(UserInfo user, String verb, String namespace, GroupResource resource, String name) {
        return authorizer.authorize(user, new RequestInfo(true, verb, "", resource.group(), "v1", namespace, resource.resource(), "", name, "")).allowed();
    }

    /** What the user would give without having it; null if nothing. */
    private @Nullable String exceeding(UserInfo user, String namespace, List<PolicyRule> wanted) {
        RbacAuthorizer.Resolved own = rbac.resolve(user, namespace);
        List<PolicyRule> missing = new ArrayList<>();
        for (PolicyRule rule : wanted) {
            for (PolicyRule atom : rule.atoms()) {
                if (own.rules().stream().noneMatch(held -> held.coversAtom(atom))) {
                    missing.add(atom);
                }
            }
        }
        if (missing.isEmpty()) {
            return null;
        }
        TreeSet<String> descriptions = new TreeSet<>();
        compact(missing).forEach(rule -> descriptions.add(rule.toString()));
        String text = "user \"%s\" (groups=%s) is attempting to grant RBAC permissions not currently held:\n%s".formatted(user.name(), PolicyRule.quoted(user.groups()), String.join("\n", descriptions));
        return own.problems().isEmpty() ? text : text + "; resolution errors: [" + String.join(", ", own.problems()) + "]";
    }

    /** Joins atoms that differ only in their verb. */
    private static List<PolicyRule> compact(List<PolicyRule> atoms) {
        List<PolicyRule> joined = new ArrayList<>();
        for (PolicyRule atom : atoms) {
            int at = -1;
            for (int i = 0; i < joined.size() && at < 0; i++) {
                PolicyRule other = joined.get(i);
                if (other.apiGroups().equals(atom.apiGroups()) && other.resources().equals(atom.resources()) && other.resourceNames().equals(atom.resourceNames())
                        && other.nonResourceUrls().equals(atom.nonResourceUrls())) {
                    at = i;
                }
            }
            if (at < 0) {
                joined.add(atom);
            } else {
                List<String> verbs = new ArrayList<>(joined.get(at).verbs());
                verbs.addAll(atom.verbs());
                joined.set(at, new PolicyRule(verbs, atom.apiGroups(), atom.resources(), atom.resourceNames(), atom.nonResourceUrls()));
            }
        }
        return joined;
    }

    private static boolean same(@Nullable ObjectNode old, ObjectNode object, String field) {
        return old != null && old.path(field).equals(object.path(field));
    }

    private static ApiException refused(AdmissionRequest request, String problem) {
        return ApiException.forbidden(request.resource().groupResource(), request.name(), problem);
    }
}
