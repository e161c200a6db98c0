package io.jakube.apiserver.authorization;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What node agents may do (Kubernetes documentation, "Using Node Authorization"): read secrets, config maps, claims and volumes that pods of
 * the node use, make tokens for service accounts of those pods, keep the node's own lease, and what the role {@code system:node} says.
 * Thread-safe.
 */
public final class NodeAuthorizer implements Authorizer {
    private static final Decision ALLOW = new Decision(Verdict.ALLOW, "");
    private static final Set<String> READ = Set.of("get", "list", "watch");
    private static final Set<String> LEASE = Set.of("get", "create", "update", "patch", "delete");
    private static final Set<String> STATUS = Set.of("get", "update", "patch");

    private final NodeGraph graph;
    private final List<PolicyRule> rules;

    /** @param rules of the role {@code system:node} */
    public NodeAuthorizer(ObjectStore store, List<PolicyRule> rules) {
        this.graph = new NodeGraph(requireNonNull(store, "store is null"));
        this.rules = List.copyOf(rules);
    }

    @Override
    public Decision authorize(UserInfo user, RequestInfo info) {
        Optional<String> node = NodeIdentity.of(user);
        return node.isEmpty() ? refuse("") : authorize(node.get(), info);
    }

    private Decision authorize(String node, RequestInfo info) {
        if (info.resourceRequest()) {
            switch (info.group()) {
                case "" -> {
                    switch (info.resource()) {
                        case "secrets" -> {
                            return read(node, NodeGraph.Target.SECRET, info);
                        }
                        case "configmaps" -> {
                            return read(node, NodeGraph.Target.CONFIG_MAP, info);
                        }
                        case "persistentvolumeclaims" -> {
                            return info.subresource().equals("status") ? claimStatus(node, info) : get(info, graph.uses(node, NodeGraph.Target.CLAIM, info.namespace(), info.name()), node);
                        }
                        case "persistentvolumes" -> {
                            return get(info, !info.name().isEmpty() && graph.usesVolume(node, info.name()), node);
                        }
                        case "serviceaccounts" -> {
                            return token(node, info);
                        }
                        default -> { }
                    }
                }
                case "coordination.k8s.io" -> {
                    if (info.resource().equals("leases")) {
                        return lease(node, info);
                    }
                }
                case "storage.k8s.io" -> {
                    if (info.resource().equals("csinodes")) {
                        return own(node, info, "CSINode");
                    }
                }
                default -> { }
            }
        }
        for (PolicyRule rule : rules) {
            if (rule.allows(info)) {
                return ALLOW;
            }
        }
        return refuse("");
    }

    private Decision read(String node, NodeGraph.Target target, RequestInfo info) {
        if (!READ.contains(info.verb())) {
            return refuse("can only read resources of this type");
        }
        if (!info.subresource().isEmpty()) {
            return refuse("cannot read subresource");
        }
        if (info.namespace().isEmpty()) {
            return refuse("can only read namespaced object of this type");
        }
        if (info.name().isEmpty()) {
            return refuse("No Object name found");
        }
        return graph.uses(node, target, info.namespace(), info.name()) ? ALLOW : unrelated(node);
    }

    private Decision get(RequestInfo info, boolean related, String node) {
        if (!info.verb().equals("get")) {
            return refuse("can only get individual resources of this type");
        }
        if (!info.subresource().isEmpty()) {
            return refuse("cannot get subresource");
        }
        return related ? ALLOW : unrelated(node);
    }

    private Decision claimStatus(String node, RequestInfo info) {
        if (!STATUS.contains(info.verb())) {
            return refuse("can only get/update/patch this type");
        }
        return graph.uses(node, NodeGraph.Target.CLAIM, info.namespace(), info.name()) ? ALLOW : unrelated(node);
    }

    private Decision token(String node, RequestInfo info) {
        if (!info.verb().equals("create") || info.name().isEmpty() || !info.subresource().equals("token")) {
            return refuse("can only create tokens for individual service accounts");
        }
        return graph.uses(node, NodeGraph.Target.SERVICE_ACCOUNT, info.namespace(), info.name()) ? ALLOW : unrelated(node);
    }

    private Decision lease(String node, RequestInfo info) {
        if (!LEASE.contains(info.verb())) {
            return refuse("can only get, create, update, patch, or delete a node lease");
        }
        if (!info.namespace().equals("kube-node-lease")) {
            return refuse("can only access leases in the \"kube-node-lease\" system namespace");
        }
        if (!info.verb().equals("create") && !info.name().equals(node)) {
            return refuse("can only access node lease with the same name as the requesting node");
        }
        return ALLOW;
    }

    private Decision own(String node, RequestInfo info, String kind) {
        if (!LEASE.contains(info.verb())) {
            return refuse("can only get, create, update, patch, or delete a " + kind);
        }
        if (!info.subresource().isEmpty()) {
            return refuse("cannot authorize " + kind + " subresources");
        }
        return info.verb().equals("create") || info.name().equals(node) ? ALLOW : refuse("can only access " + kind + " with the same name as the requesting node");
    }

    private static Decision unrelated(String node) {
        return refuse("no relationship found between node '" + node + "' and this object");
    }

    private static Decision refuse(String reason) {
        return new Decision(Verdict.NO_OPINION, reason);
    }
}
