package io.jakube.agent.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeRoutesTest {
    static Node node(String name, String podCidr, String... internalAddresses) {
        NodeBuilder node = new NodeBuilder().withNewMetadata().withName(name).endMetadata().withNewSpec().withPodCIDR(podCidr).endSpec().withNewStatus().endStatus();
        for (String address : internalAddresses) {
            node.editStatus().addNewAddress(address, "InternalIP").endStatus();
        }
        return node.build();
    }

    @Test
    void other_nodes_pods_are_reached_through_their_internal_address() {
        Node dualStack = new NodeBuilder(node("c", null, "fd00::3", "192.0.2.13")).editSpec().withPodCIDRs("fd01::/64", "10.244.3.0/24").endSpec().build();
        assertThat(NodeRoutes.desired(List.of(node("a", "10.244.1.0/24", "192.0.2.11"), node("b", "10.244.2.0/24", "192.0.2.12"), dualStack,
                node("unassigned", null, "192.0.2.14"), node("addressless", "10.244.5.0/24")), "a"))
                .containsOnly(Map.entry("10.244.2.0/24", "192.0.2.12"), Map.entry("10.244.3.0/24", "192.0.2.13"));
    }
}
