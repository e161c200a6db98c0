package io.jakube.apiserver.authorization;

import static io.jakube.apiserver.authorization.RbacAuthorizerTest.user;
import static io.jakube.apiserver.registry.InMemoryObjectStore.parse;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jakube.apiserver.admission.AdmissionRequest;
import io.jakube.apiserver.admission.AdmissionRequests;
import io.jakube.apiserver.registry.InMemoryObjectStore;
import io.jakube.apiserver.request.UserInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RbacEscalationTest {
    private static final UserInfo ANN = user("ann", "devs", "system:authenticated");

    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final RbacAuthorizer rbac = new RbacAuthorizer(store);
    private final RbacEscalation escalation = new RbacEscalation(rbac, new AuthorizerChain(java.util.List.of(rbac)));

    @BeforeEach
    void annReadsPods() {
        store.create(RbacResources.CLUSTER_ROLES, parse("{'metadata':{'name':'pods'},'rules':[{'verbs':['get','list'],'apiGroups':[''],'resources':['pods']}]}"));
        store.create(RbacResources.CLUSTER_ROLES, parse("{'metadata':{'name':'secrets'},'rules':[{'verbs':['get'],'apiGroups':[''],'resources':['secrets']}]}"));
        store.create(RbacResources.CLUSTER_ROLE_BINDINGS, parse("{'metadata':{'name':'b'},'roleRef':{'kind':'ClusterRole','name':'pods'},'subjects':[{'kind':'User','name':'ann'}]}"));
    }

    private static AdmissionRequest role(UserInfo user, String rules) {
        return AdmissionRequests.create(user, "rbac.authorization.k8s.io/v1", "Role", "roles", "ns", parse("{'metadata':{'name':'r','namespace':'ns'},'rules':" + rules + "}"));
    }

    private static AdmissionRequest binding(UserInfo user, String role) {
        return AdmissionRequests.create(user, "rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", "ns",
                parse("{'metadata':{'name':'b','namespace':'ns'},'roleRef':{'kind':'ClusterRole','name':'" + role + "'},'subjects':[{'kind':'User','name':'bob'}]}"));
    }

    @Test
    void givesWhatOneHas() {
        assertThatCode(() -> escalation.validate(role(ANN, "[{'verbs':['list'],'apiGroups':[''],'resources':['pods'],'resourceNames':['a']}]"))).doesNotThrowAnyException();
        assertThatCode(() -> escalation.validate(binding(ANN, "pods"))).doesNotThrowAnyException();
    }

    @Test
    void refusesMore() {
        assertThatThrownBy(() -> escalation.validate(role(ANN, "[{'verbs':['get','delete','watch'],'apiGroups':[''],'resources':['pods']}]")))
                .hasMessage("roles.rbac.authorization.k8s.io \"r\" is forbidden: user \"ann\" (groups=[\"devs\" \"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n"
                        + "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\" \"watch\"]}");
        assertThatThrownBy(() -> escalation.validate(binding(ANN, "secrets"))).hasMessageContaining("rolebindings.rbac.authorization.k8s.io \"b\" is forbidden").hasMessageContaining("Resources:[\"secrets\"]");
        assertThatThrownBy(() -> escalation.validate(binding(ANN, "none"))).hasMessageContaining("\"none\" not found");
    }

    @Test
    void theVerbsBindAndEscalateAllowMore() {
        store.create(RbacResources.CLUSTER_ROLES, parse("{'metadata':{'name':'giver'},'rules':[{'verbs':['escalate'],'apiGroups':['rbac.authorization.k8s.io'],'resources':['roles']},"
                + "{'verbs':['bind'],'apiGroups':['rbac.authorization.k8s.io'],'resources':['clusterroles'],'resourceNames':['secrets']}]}"));
        store.create(RbacResources.CLUSTER_ROLE_BINDINGS, parse("{'metadata':{'name':'b2'},'roleRef':{'kind':'ClusterRole','name':'giver'},'subjects':[{'kind':'User','name':'ann'}]}"));
        assertThatCode(() -> escalation.validate(role(ANN, "[{'verbs':['*'],'apiGroups':['*'],'resources':['*']}]"))).doesNotThrowAnyException();
        assertThatCode(() -> escalation.validate(binding(ANN, "secrets"))).doesNotThrowAnyException();
        store.create(RbacResources.CLUSTER_ROLES, parse("{'metadata':{'name':'nodes'},'rules':[{'verbs':['get'],'apiGroups':[''],'resources':['nodes']}]}"));
        assertThatThrownBy(() -> escalation.validate(binding(ANN, "nodes"))).hasMessageContaining("not currently held");
    }

    @Test
    void superusersGiveAnything() {
        assertThatCode(() -> escalation.validate(binding(user("root", "system:masters"), "none"))).doesNotThrowAnyException();
    }
}
