package io.jakube.common.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BuiltinResourcesTest {
    private final ResourceRegistry resources = BuiltinResources.load();

    @Test
    void findsByEveryName() {
        ResourceDefinition deployments = resources.find(new GroupVersion("apps", "v1"), "deployments").orElseThrow();
        assertThat(resources.find(new GroupResource("apps", "deployments"))).containsSame(deployments);
        assertThat(resources.find(new GroupVersionKind("apps", "v1", "Deployment"))).containsSame(deployments);
        assertThat(deployments.subresource("scale").orElseThrow().gvk()).isEqualTo(new GroupVersionKind("autoscaling", "v1", "Scale"));
        assertThat(deployments.shortNames()).containsExactly("deploy");
        assertThat(resources.find(GroupResource.core("namespaces")).orElseThrow().verbs()).doesNotContain("deletecollection");
    }

    @Test
    void storesEachKindInOneVersion() {
        ResourceDefinition newEvents = resources.find(new GroupVersion("events.k8s.io", "v1"), "events").orElseThrow();
        assertThat(resources.storage(newEvents).gvk()).isEqualTo(new GroupVersionKind("", "v1", "Event"));
        ResourceDefinition oldAutoscalers = resources.find(new GroupVersion("autoscaling", "v1"), "horizontalpodautoscalers").orElseThrow();
        assertThat(resources.storage(oldAutoscalers).gvk().version()).isEqualTo("v2");
        assertThat(resources.find(new GroupResource("autoscaling", "horizontalpodautoscalers")).orElseThrow().gvk().version()).isEqualTo("v2");
        assertThat(resources.all()).filteredOn(r -> resources.storage(r) != r).hasSize(2);
    }

    @Test
    void reviewsAreNotStored() {
        assertThat(resources.find(new GroupResource("authorization.k8s.io", "subjectaccessreviews")).orElseThrow().persisted()).isFalse();
    }
}
