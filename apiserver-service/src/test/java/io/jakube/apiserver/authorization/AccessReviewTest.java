package io.jakube.apiserver.authorization;

import static io.jakube.apiserver.authorization.RbacAuthorizerTest.user;
import static io.jakube.apiserver.registry.InMemoryObjectStore.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequests;
import io.jakube.apiserver.bootstrap.Bootstrap;
import io.jakube.apiserver.bootstrap.ClusterSettings;
import io.jakube.apiserver.bootstrap.DefaultPolicy;
import io.jakube.apiserver.registry.InMemoryObjectStore;
import io.jakube.apiserver.registry.Admission;
import io.jakube.apiserver.registry.PostHandler;
import io.jakube.apiserver.registry.SubresourceHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.json.Json;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AccessReviewTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final Authorization authorization = Authorization.create(store, DefaultPolicy.nodeRules());

    @BeforeEach
    void freshCluster() {
        Bootstrap.run(store, new ClusterSettings("10.96.0.1", "192.0.2.5", 6443, "PEM"));
    }

    private ObjectNode review(String resource, UserInfo user, String namespace, String body) {
        SubresourceHandler handler = authorization.handlers(new PostHandler.Posting((request, expected) -> {
            try {
                return Json.readObject(request.body().readAllBytes());
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }, new Admission())).stream().filter(h -> h.place().resource().equals(resource)).findFirst().orElseThrow();
        RequestInfo info = new RequestInfo(true, "create", "", "authorization.k8s.io", "v1", namespace, resource, "", "", "");
        return (ObjectNode) Json.readObject(((ApiResponse.Complete) handler.handle(
                AdmissionRequests.definition("authorization.k8s.io/v1", "X", resource, false), AdmissionRequests.post(user, info, parse(body)))).body()).path("status");
    }

    @Test
    void askingForOthersAndForOneself() {
        String action = "'resourceAttributes':{'verb':'create','group':'','resource':'pods','subresource':'binding','namespace':'ns'}";
        assertThat(review("subjectaccessreviews", user("x"), "", "{'spec':{'user':'system:kube-scheduler'," + action + "}}").path("allowed").asBoolean()).isTrue();
        assertThat(review("selfsubjectaccessreviews", user("ann", "system:authenticated"), "", "{'spec':{" + action + "}}").path("allowed").asBoolean()).isFalse();
        assertThat(review("selfsubjectaccessreviews", user("root", "system:masters"), "", "{'spec':{" + action + "}}").path("allowed").asBoolean()).isTrue();
        assertThat(review("localsubjectaccessreviews", user("x"), "ns", "{'spec':{'user':'system:kube-scheduler'," + action + "}}").path("allowed").asBoolean()).isTrue();
        assertThat(review("selfsubjectaccessreviews", user("ann", "system:authenticated"), "", "{'spec':{'nonResourceAttributes':{'verb':'get','path':'/version'}}}").path("allowed").asBoolean()).isTrue();
    }

    @Test
    void incompleteQuestionsAreInvalid() {
        assertThatThrownBy(() -> review("subjectaccessreviews", user("x"), "", "{'spec':{}}")).hasMessageContaining("exactly one of nonResourceAttributes or resourceAttributes must be specified")
                .hasMessageContaining("at least one of user or group must be specified");
        assertThatThrownBy(() -> review("localsubjectaccessreviews", user("x"), "ns", "{'spec':{'user':'u','resourceAttributes':{'verb':'get','namespace':'other'}}}")).hasMessageContaining("must match metadata.namespace");
    }

    @Test
    void rulesOfTheCaller() {
        ObjectNode status = review("selfsubjectrulesreviews", user("root", "system:masters", "system:authenticated"), "", "{'spec':{'namespace':'ns'}}");
        assertThat(status.path("resourceRules")).anySatisfy(rule -> assertThat(rule.path("resources").path(0).asText()).isEqualTo("*"));
        assertThat(status.path("nonResourceRules")).anySatisfy(rule -> assertThat(rule.path("nonResourceURLs").path(0).asText()).isEqualTo("*"));
        assertThat(status.path("incomplete").asBoolean()).isFalse();
    }

    @Test
    void freshClusterRights() {
        Authorizer authorizer = authorization.authorizer();
        UserInfo kubelet = user("kube-apiserver-kubelet-client", "system:authenticated");
        assertThat(authorizer.authorize(kubelet, RbacAuthorizerTest.request("create", "", "nodes", "proxy", "", "n1")).allowed()).isTrue();
        assertThat(authorizer.authorize(kubelet, RbacAuthorizerTest.request("get", "", "secrets", "", "ns", "s")).allowed()).isFalse();
        UserInfo controllers = user("system:kube-controller-manager", "system:authenticated");
        assertThat(authorizer.authorize(controllers, RbacAuthorizerTest.request("create", "", "pods", "", "ns", "")).allowed()).isTrue();
        assertThat(authorizer.authorize(controllers, RbacAuthorizerTest.request("update", "apps", "deployments", "status", "ns", "d")).allowed()).isTrue();
        assertThat(authorizer.authorize(controllers, RbacAuthorizerTest.request("create", "rbac.authorization.k8s.io", "clusterroles", "", "", "")).allowed()).isFalse();
        UserInfo node = user("system:node:n1", "system:nodes", "system:authenticated");
        assertThat(authorizer.authorize(node, RbacAuthorizerTest.request("watch", "discovery.k8s.io", "endpointslices", "", "", "")).allowed()).isTrue();
        assertThat(authorizer.authorize(UserInfo.ANONYMOUS, RequestInfo.nonResource("get", "/readyz")).allowed()).isTrue();
        assertThat(authorizer.authorize(UserInfo.ANONYMOUS, RequestInfo.nonResource("get", "/api")).allowed()).isFalse();
    }
}
