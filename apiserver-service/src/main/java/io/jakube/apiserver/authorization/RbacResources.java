package io.jakube.apiserver.authorization;

import io.jakube.common.api.GroupResource;
import java.util.List;

/** Names of the role objects. */
final class RbacResources {
    static final String GROUP = "rbac.authorization.k8s.io";
    static final GroupResource CLUSTER_ROLES = new GroupResource(GROUP, "clusterroles");
    static final GroupResource CLUSTER_ROLE_BINDINGS = new GroupResource(GROUP, "clusterrolebindings");
    static final GroupResource ROLES = new GroupResource(GROUP, "roles");
    static final GroupResource ROLE_BINDINGS = new GroupResource(GROUP, "rolebindings");
    static final List<GroupResource> ALL = List.of(CLUSTER_ROLES, CLUSTER_ROLE_BINDINGS, ROLES, ROLE_BINDINGS);

    private RbacResources() {}
}
