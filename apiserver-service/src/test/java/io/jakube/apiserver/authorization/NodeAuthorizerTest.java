package io.jakube.apiserver.authorization;

import static io.jakube.apiserver.authorization.RbacAuthorizerTest.request;
import static io.jakube.apiserver.authorization.RbacAuthorizerTest.user;
import static io.jakube.apiserver.registry.InMemoryObjectStore.parse;
import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.apiserver.bootstrap.DefaultPolicy;
import io.jakube.apiserver.registry.InMemoryObjectStore;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.api.GroupResource;
import org.junit.jupiter.api.Test;

class NodeAuthorizerTest {
    private static final UserInfo NODE = user("system:node:n1", "system:nodes", "system:authenticated");

    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final NodeAuthorizer nodes = new NodeAuthorizer(store, DefaultPolicy.nodeRules());

    private void pod(String name, String node) {
        store.create(GroupResource.core("pods"), parse("""
                {'metadata':{'name':'%s','namespace':'ns'},'spec':{'nodeName':'%s','serviceAccountName':'%s-sa','imagePullSecrets':[{'name':'%s-pull'}],
                'volumes':[{'name':'v','secret':{'secretName':'%s-vol'}},{'name':'p','projected':{'sources':[{'configMap':{'name':'%s-root'}}]}},{'name':'c','persistentVolumeClaim':{'claimName':'%s-claim'}}],
                'containers':[{'name':'c','env':[{'name':'A','valueFrom':{'secretKeyRef':{'name':'%s-env','key':'k'}}}],'envFrom':[{'configMapRef':{'name':'%s-from'}}]}]}}
                """.formatted(name, node, name, name, name, name, name, name, name)));
    }

    private boolean may(RequestInfo request) {
        return nodes.authorize(NODE, request).allowed();
    }

    @Test
    void readsOnlyWhatItsPodsUse() {
        pod("a", "n1");
        pod("b", "n2");
        for (String secret : new String[] {"a-pull", "a-vol", "a-env"}) {
            assertThat(may(request("get", "", "secrets", "", "ns", secret))).as(secret).isTrue();
        }
        assertThat(may(request("watch", "", "configmaps", "", "ns", "a-root"))).isTrue();
        assertThat(may(request("get", "", "configmaps", "", "ns", "a-from"))).isTrue();
        assertThat(may(request("get", "", "persistentvolumeclaims", "", "ns", "a-claim"))).isTrue();
        assertThat(may(request("get", "", "secrets", "", "other", "a-vol"))).isFalse();
        assertThat(may(request("list", "", "secrets", "", "ns", ""))).isFalse();
        assertThat(may(request("update", "", "secrets", "", "ns", "a-vol"))).isFalse();
        assertThat(nodes.authorize(NODE, request("get", "", "secrets", "", "ns", "b-vol")).reason()).isEqualTo("no relationship found between node 'n1' and this object");
    }

    @Test
    void aPodThatComesLaterOpensItsObjects() {
        assertThat(may(request("get", "", "secrets", "", "ns", "a-vol"))).isFalse();
        pod("a", "n1");
        assertThat(may(request("get", "", "secrets", "", "ns", "a-vol"))).isTrue();
    }

    @Test
    void makesTokensForItsPodsAccountsOnly() {
        pod("a", "n1");
        assertThat(may(request("create", "", "serviceaccounts", "token", "ns", "a-sa"))).isTrue();
        assertThat(may(request("create", "", "serviceaccounts", "token", "ns", "default"))).isFalse();
        assertThat(may(request("get", "", "serviceaccounts", "", "ns", "a-sa"))).isFalse();
    }

    @Test
    void volumesOfBoundClaims() {
        pod("a", "n1");
        store.create(GroupResource.core("persistentvolumes"), parse("{'metadata':{'name':'pv'},'spec':{'claimRef':{'namespace':'ns','name':'a-claim'}}}"));
        store.create(GroupResource.core("persistentvolumes"), parse("{'metadata':{'name':'free'},'spec':{}}"));
        assertThat(may(request("get", "", "persistentvolumes", "", "", "pv"))).isTrue();
        assertThat(may(request("get", "", "persistentvolumes", "", "", "free"))).isFalse();
    }

    @Test
    void keepsOnlyItsOwnLease() {
        assertThat(may(request("create", "coordination.k8s.io", "leases", "", "kube-node-lease", ""))).isTrue();
        assertThat(may(request("update", "coordination.k8s.io", "leases", "", "kube-node-lease", "n1"))).isTrue();
        assertThat(may(request("update", "coordination.k8s.io", "leases", "", "kube-node-lease", "n2"))).isFalse();
        assertThat(may(request("update", "coordination.k8s.io", "leases", "", "kube-system", "n1"))).isFalse();
    }

    @Test
    void mayWhatTheNodeRoleSays() {
        assertThat(may(request("list", "", "pods", "", "", ""))).isTrue();
        assertThat(may(request("patch", "", "nodes", "status", "", "n1"))).isTrue();
        assertThat(may(request("create", "authentication.k8s.io", "tokenreviews", "", "", ""))).isTrue();
        assertThat(may(request("delete", "", "nodes", "", "", "n1"))).isFalse();
    }

    @Test
    void othersAreNoNodes() {
        assertThat(nodes.authorize(user("system:node:n1"), request("list", "", "pods", "", "", "")).allowed()).isFalse();
        assertThat(nodes.authorize(user("ann", "system:nodes"), request("list", "", "pods", "", "", "")).allowed()).isFalse();
    }
}
