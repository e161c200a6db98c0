package io.jakube.controller.endpoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.jakube.common.client.DeleteOptions;
import io.jakube.controller.cluster.TestCluster;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointsControllerTest {
    private final TestCluster cluster = new TestCluster(EndpointsController::new);

    private static ServiceBuilder service() {
        return new ServiceBuilder().withNewMetadata().withNamespace("ns").withName("web").addToLabels("tier", "front").endMetadata()
                .withNewSpec().withClusterIP("10.96.0.5").withIpFamilies("IPv4").addToSelector("app", "web")
                .addNewPort().withName("http").withPort(80).withProtocol("TCP").withTargetPort(new IntOrString("web")).endPort().endSpec();
    }

    private Pod pod(String name, String ip, int port, boolean ready) {
        Pod pod = cluster.create(new PodBuilder().withNewMetadata().withNamespace("ns").withName(name).addToLabels("app", "web").endMetadata()
                .withNewSpec().withNodeName("node-1").addNewContainer().withName("c").addNewPort().withName("web").withContainerPort(port).withProtocol("TCP").endPort().endContainer().endSpec().build());
        cluster.setPhase(pod, "Running", ready);
        return cluster.changeStatus(pod, p -> new PodBuilder(p).editStatus().withPodIP(ip).addNewPodIP(ip).endStatus().build());
    }

    private List<EndpointSlice> slices() {
        return cluster.api.list(EndpointSlice.class);
    }

    private Endpoints endpoints() {
        return cluster.api.get(Endpoints.class, "ns", "web");
    }

    @Test
    void readyAndUnreadyPodsAppearWithTheirPorts() {
        cluster.create(new NodeBuilder().withNewMetadata().withName("node-1").addToLabels("topology.kubernetes.io/zone", "z1").endMetadata().build());
        Service web = cluster.create(service().build());
        pod("a", "10.244.0.2", 8080, true);
        pod("b", "10.244.0.3", 8080, false);
        cluster.settle();
        assertThat(endpoints().getSubsets()).singleElement().satisfies(subset -> {
            assertThat(subset.getAddresses()).singleElement().satisfies(a -> {
                assertThat(a.getIp()).isEqualTo("10.244.0.2");
                assertThat(a.getNodeName()).isEqualTo("node-1");
                assertThat(a.getTargetRef().getName()).isEqualTo("a");
            });
            assertThat(subset.getNotReadyAddresses()).singleElement().extracting("ip").isEqualTo("10.244.0.3");
            assertThat(subset.getPorts()).singleElement().satisfies(p -> assertThat(p.getPort()).isEqualTo(8080));
        });
        assertThat(slices()).singleElement().satisfies(slice -> {
            assertThat(slice.getMetadata().getLabels()).containsEntry("kubernetes.io/service-name", "web").containsEntry("tier", "front")
                    .containsEntry("endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io");
            assertThat(slice.getMetadata().getOwnerReferences()).singleElement().extracting("uid").isEqualTo(web.getMetadata().getUid());
            assertThat(slice.getAddressType()).isEqualTo("IPv4");
            assertThat(slice.getEndpoints()).extracting(e -> e.getConditions().getReady()).containsExactly(true, false);
            assertThat(slice.getEndpoints()).extracting("zone").containsOnly("z1");
            assertThat(slice.getPorts()).singleElement().satisfies(p -> assertThat(p.getPort()).isEqualTo(8080));
        });
    }

    @Test
    void podsThatServeANamedPortElsewhereGetTheirOwnSubsetAndSlice() {
        cluster.create(service().build());
        pod("a", "10.244.0.2", 8080, true);
        pod("b", "10.244.0.3", 9090, true);
        cluster.settle();
        assertThat(slices()).extracting(s -> s.getPorts().getFirst().getPort()).containsExactlyInAnyOrder(8080, 9090);
        assertThat(endpoints().getSubsets()).hasSize(2);
    }

    @Test
    void aTerminatingPodStaysInSlicesAsServingAndLeavesEndpoints() {
        cluster.create(service().build());
        Pod a = pod("a", "10.244.0.2", 8080, true);
        cluster.settle();
        cluster.delete(a, DeleteOptions.NONE);
        cluster.settle();
        assertThat(slices().getFirst().getEndpoints()).singleElement().satisfies(e -> {
            assertThat(e.getConditions().getReady()).isFalse();
            assertThat(e.getConditions().getServing()).isTrue();
            assertThat(e.getConditions().getTerminating()).isTrue();
        });
        assertThat(endpoints().getSubsets()).isEmpty();
        cluster.delete(a, DeleteOptions.NONE.withGracePeriodSeconds(0));
        cluster.settle();
        assertThat(slices()).singleElement().satisfies(s -> assertThat(s.getEndpoints()).isEmpty());
    }

    @Test
    void headlessServicesNamePodsAndMayPublishUnreadyOnes() {
        cluster.create(service().editSpec().withClusterIP("None").withPublishNotReadyAddresses(true).withPorts().endSpec().build());
        Pod a = pod("a", "10.244.0.2", 8080, false);
        cluster.change(a, p -> new PodBuilder(p).editSpec().withHostname("a-0").withSubdomain("web").endSpec().build());
        cluster.settle();
        assertThat(slices()).singleElement().satisfies(s -> {
            assertThat(s.getMetadata().getLabels()).containsEntry("service.kubernetes.io/headless", "");
            assertThat(s.getEndpoints()).singleElement().satisfies(e -> {
                assertThat(e.getHostname()).isEqualTo("a-0");
                assertThat(e.getConditions().getReady()).isTrue();
                assertThat(e.getConditions().getServing()).isFalse();
            });
        });
        assertThat(endpoints().getSubsets().getFirst().getAddresses()).singleElement().extracting("hostname").isEqualTo("a-0");
    }

    @Test
    void manyEndpointsFillSlicesAndOneChangeTouchesOneSlice() {
        cluster.create(service().build());
        for (int i = 0; i < 250; i++) {
            pod("p%03d".formatted(i), "10.244.%d.%d".formatted(i / 200, i % 200 + 1), 8080, true);
        }
        cluster.settle();
        assertThat(slices()).extracting(s -> s.getEndpoints().size()).containsExactlyInAnyOrder(100, 100, 50);
        cluster.api.forgetRequests();
        cluster.setPhase(cluster.pods().get(17), "Running", false);
        cluster.settle();
        assertThat(cluster.api.requests().stream().filter(r -> r.contains("/endpointslices/"))).hasSize(1);
    }

    @Test
    void servicesWithoutSelectorAreLeftAlone() {
        cluster.create(service().editSpec().withSelector(null).endSpec().build());
        pod("a", "10.244.0.2", 8080, true);
        cluster.settle();
        assertThat(slices()).isEmpty();
        assertThat(cluster.api.list(Endpoints.class)).isEmpty();
    }
}
