package io.jakube.controller.loadbalancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.jakube.controller.cluster.TestCluster;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoadBalancerControllerTest {
    private static Service service(TestCluster cluster, String name, int port) {
        return cluster.create(new ServiceBuilder().withNewMetadata().withNamespace("ns").withName(name).endMetadata()
                .withNewSpec().withType("LoadBalancer").addNewPort().withProtocol("TCP").withPort(port).endPort().endSpec().build());
    }

    private static List<String> addresses(TestCluster cluster, Service service) {
        return cluster.latest(service).getStatus() == null ? List.of() : cluster.latest(service).getStatus().getLoadBalancer().getIngress().stream().map(i -> i.getIp()).toList();
    }

    @Test
    void servicesShareAnAddressWhereTheirPortsDiffer() {
        TestCluster cluster = new TestCluster(scope -> new LoadBalancerController(scope, List.of("192.0.2.1-192.0.2.2")));
        Service one = service(cluster, "one", 80);
        cluster.settle();
        Service two = service(cluster, "two", 80);
        Service other = service(cluster, "other", 443);
        cluster.settle();
        Service tooMany = service(cluster, "too-many", 80);
        cluster.settle();
        assertThat(addresses(cluster, one)).containsExactly("192.0.2.1");
        assertThat(addresses(cluster, two)).containsExactly("192.0.2.2");
        assertThat(addresses(cluster, other)).containsExactly("192.0.2.1");
        assertThat(addresses(cluster, tooMany)).isEmpty();
        assertThat(cluster.events()).anyMatch(e -> e.startsWith("SyncLoadBalancerFailed"));
        cluster.change(one, s -> new ServiceBuilder(s).editSpec().withType("ClusterIP").endSpec().build());
        cluster.settle();
        assertThat(addresses(cluster, one)).isEmpty();
    }

    @Test
    void withoutAPoolTheNodesAddressesServe() {
        TestCluster cluster = new TestCluster(scope -> new LoadBalancerController(scope, List.of()));
        Service one = service(cluster, "one", 80);
        cluster.settle();
        assertThat(addresses(cluster, one)).isEmpty();
        cluster.create(new NodeBuilder().withNewMetadata().withName("n").endMetadata().withNewStatus().addNewAddress("10.0.0.7", "InternalIP").addNewAddress("n", "Hostname").endStatus().build());
        cluster.settle();
        assertThat(addresses(cluster, one)).containsExactly("10.0.0.7");
    }

    @Test
    void refusesWhatIsNoAddress() {
        assertThatThrownBy(() -> AddressPool.parse(List.of("192.0.2.9-192.0.2.1"))).hasMessageContaining("jakube.load-balancer.addresses");
        assertThatThrownBy(() -> AddressPool.parse(List.of("example.com"))).hasMessageContaining("example.com");
    }
}
