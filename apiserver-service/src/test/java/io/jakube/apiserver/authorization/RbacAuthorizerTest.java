package io.jakube.apiserver.authorization;

import static io.jakube.apiserver.registry.InMemoryObjectStore.parse;
import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.apiserver.registry.InMemoryObjectStore;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RbacAuthorizerTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final RbacAuthorizer rbac = new RbacAuthorizer(store);

    static UserInfo user(String name, String... groups) {
        return new UserInfo(name, "", List.of(groups), Map.of());
    }

    static RequestInfo request(String verb, String group, String resource, String subresource, String namespace, String name) {
        return new RequestInfo(true, verb, "", group, "v1", namespace, resource, subresource, name, "");
    }

    private void clusterRole(String name, String rules) {
        store.create(RbacResources.CLUSTER_ROLES, parse("{'metadata':{'name':'" + name + "'},'rules':" + rules + "}"));
    }

    private void bind(String namespace, String name, String roleKind, String role, String subject) {
        String json = "{'metadata':{'name':'" + name + "'" + (namespace.isEmpty() ? "" : ",'namespace':'" + namespace + "'") + "},'roleRef':{'kind':'" + roleKind + "','name':'" + role + "'},'subjects':[" + subject + "]}";
        store.create(namespace.isEmpty() ? RbacResources.CLUSTER_ROLE_BINDINGS : RbacResources.ROLE_BINDINGS, parse(json));
    }

    @Test
    void grantsByUserGroupAndServiceAccount() {
        clusterRole("reader", "[{'verbs':['get','list'],'apiGroups':[''],'resources':['pods']}]");
        bind("", "u", "ClusterRole", "reader", "{'kind':'User','name':'ann'}");
        bind("", "g", "ClusterRole", "reader", "{'kind':'Group','name':'devs'}");
        bind("ns", "s", "ClusterRole", "reader", "{'kind':'ServiceAccount','name':'bot','namespace':'other'}");
        RequestInfo list = request("list", "", "pods", "", "ns", "");
        assertThat(rbac.authorize(user("ann"), list)).isEqualTo(new Authorizer.Decision(Authorizer.Verdict.ALLOW, "RBAC: allowed by ClusterRoleBinding \"u\" of ClusterRole \"reader\" to User \"ann\""));
        assertThat(rbac.authorize(user("bob", "devs"), list).allowed()).isTrue();
        assertThat(rbac.authorize(user("system:serviceaccount:other:bot"), list).reason())
                .isEqualTo("RBAC: allowed by RoleBinding \"s/ns\" of ClusterRole \"reader\" to ServiceAccount \"bot/other\"");
        assertThat(rbac.authorize(user("system:serviceaccount:other:bot"), request("list", "", "pods", "", "ns2", "")).allowed()).isFalse();
        assertThat(rbac.authorize(user("bob"), list)).isEqualTo(new Authorizer.Decision(Authorizer.Verdict.NO_OPINION, ""));
    }

    @Test
    void matchesAsRulesSay() {
        clusterRole("r", "[{'verbs':['get'],'apiGroups':['apps'],'resources':['*/scale','deployments'],'resourceNames':['a']},{'verbs':['get'],'nonResourceURLs':['/api/*','/version']}]");
        bind("", "b", "ClusterRole", "r", "{'kind':'User','name':'ann'}");
        assertThat(rbac.authorize(user("ann"), request("get", "apps", "replicasets", "scale", "ns", "a")).allowed()).isTrue();
        assertThat(rbac.authorize(user("ann"), request("get", "apps", "replicasets", "", "ns", "a")).allowed()).isFalse();
        assertThat(rbac.authorize(user("ann"), request("get", "apps", "deployments", "", "ns", "a")).allowed()).isTrue();
        assertThat(rbac.authorize(user("ann"), request("get", "apps", "deployments", "status", "ns", "a")).allowed()).isFalse();
        assertThat(rbac.authorize(user("ann"), request("get", "apps", "deployments", "", "ns", "b")).allowed()).isFalse();
        assertThat(rbac.authorize(user("ann"), request("get", "", "deployments", "", "ns", "a")).allowed()).isFalse();
        assertThat(rbac.authorize(user("ann"), RequestInfo.nonResource("get", "/api/v1")).allowed()).isTrue();
        assertThat(rbac.authorize(user("ann"), RequestInfo.nonResource("get", "/version/x")).allowed()).isFalse();
        assertThat(rbac.authorize(user("ann"), RequestInfo.nonResource("post", "/version")).allowed()).isFalse();
    }

    @Test
    void followsChangesAtOnce() {
        RequestInfo get = request("get", "", "secrets", "", "ns", "s");
        assertThat(rbac.authorize(user("ann"), get).allowed()).isFalse();
        bind("ns", "b", "Role", "r", "{'kind':'User','name':'ann'}");
        assertThat(rbac.authorize(user("ann"), get).reason()).isEqualTo("RBAC: role.rbac.authorization.k8s.io \"r\" not found");
        store.create(RbacResources.ROLES, parse("{'metadata':{'name':'r','namespace':'ns'},'rules':[{'verbs':['*'],'apiGroups':['*'],'resources':['*']}]}"));
        assertThat(rbac.authorize(user("ann"), get).allowed()).isTrue();
    }

    @Test
    void refusalsReadAsUpstreams() {
        assertThat(Refusal.forbidden(user("x"), request("list", "", "pods", "", "default", ""), ""))
                .hasMessage("pods is forbidden: User \"x\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"");
        assertThat(Refusal.forbidden(user("x"), request("update", "apps", "deployments", "scale", "", "web"), "because"))
                .hasMessage("deployments.apps \"web\" is forbidden: User \"x\" cannot update resource \"deployments/scale\" in API group \"apps\" at the cluster scope: because");
        assertThat(Refusal.forbidden(user("system:anonymous"), RequestInfo.nonResource("get", "/"), ""))
                .hasMessage("forbidden: User \"system:anonymous\" cannot get path \"/\"");
    }

    @Test
    void superusersNeedNoRoles() {
        Authorizer chain = new AuthorizerChain(List.of(rbac));
        assertThat(chain.authorize(user("root", "system:masters"), request("delete", "", "nodes", "", "", "n")).allowed()).isTrue();
        assertThat(chain.authorize(user("root"), request("delete", "", "nodes", "", "", "n")).allowed()).isFalse();
    }
}
