package io.jakube.controller.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Taint;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.jakube.common.client.DeleteOptions;
import io.jakube.controller.cluster.TestCluster;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeControllersTest {
    private final TestCluster cluster = new TestCluster(scope -> new NodeIpamController(scope, "10.244.0.0/16"), NodeLifecycleController::new, TaintEvictionController::new, PodGarbageController::new);

    private Node node(String name) {
        cluster.create(new LeaseBuilder().withNewMetadata().withNamespace("kube-node-lease").withName(name).endMetadata().withNewSpec().withHolderIdentity(name).endSpec().build());
        Node node = cluster.create(new NodeBuilder().withNewMetadata().withName(name).endMetadata().withNewSpec().endSpec().build());
        return ready(node, "True");
    }

    private Node ready(Node node, String status) {
        return cluster.changeStatus(node, n -> new NodeBuilder(n).editOrNewStatus().withConditions(new NodeConditionBuilder().withType("Ready").withStatus(status)
                .withReason("Kubelet").withLastHeartbeatTime(cluster.now().toString()).withLastTransitionTime(cluster.now().toString()).build()).endStatus().build());
    }

    private void renew(Node node) {
        Lease lease = cluster.api.get(Lease.class, "kube-node-lease", node.getMetadata().getName());
        cluster.change(lease, l -> new LeaseBuilder(l).editSpec().withRenewTime(cluster.now().atZone(ZoneOffset.UTC)).endSpec().build());
    }

    private void live(Duration time, Node... renewing) {
        for (long second = 0; second < time.toSeconds(); second += 10) {
            for (Node node : renewing) {
                renew(node);
            }
            cluster.advance(Duration.ofSeconds(10));
        }
    }

    private Pod pod(String name, String node, Toleration... tolerations) {
        Pod pod = cluster.create(new PodBuilder().withNewMetadata().withNamespace("ns").withName(name).endMetadata().withNewSpec().withNodeName(node).withTolerations(tolerations).endSpec().build());
        return cluster.setPhase(pod, "Running", true);
    }

    private static Toleration forSeconds(String key, long seconds) {
        return new TolerationBuilder().withKey(key).withOperator("Exists").withEffect("NoExecute").withTolerationSeconds(seconds).build();
    }

    private List<String> taints(Node node) {
        return cluster.latest(node).getSpec().getTaints().stream().map((Taint t) -> t.getKey() + ":" + t.getEffect()).toList();
    }

    @Test
    void eachNodeGetsItsOwnPodNetwork() {
        Node one = node("one");
        Node two = node("two");
        cluster.settle();
        assertThat(cluster.latest(one).getSpec().getPodCIDR()).isEqualTo("10.244.0.0/24");
        assertThat(cluster.latest(two).getSpec().getPodCIDRs()).containsExactly("10.244.1.0/24");
        cluster.delete(cluster.latest(one), DeleteOptions.NONE);
        Node three = node("three");
        cluster.settle();
        assertThat(cluster.latest(three).getSpec().getPodCIDR()).isEqualTo("10.244.0.0/24");
    }

    @Test
    void aHealthyClusterIsLeftAlone() {
        Node one = node("one");
        cluster.settle();
        cluster.api.forgetRequests();
        live(Duration.ofMinutes(5), one);
        assertThat(cluster.api.requests()).allMatch(r -> r.contains("/leases/"));
        assertThat(taints(one)).isEmpty();
    }

    @Test
    void aSilentNodeBecomesUnknownIsTaintedAndItsPodsGoWhenTheyNoLongerTolerateIt() {
        Node one = node("one");
        Node two = node("two");
        Pod patient = pod("patient", "two", forSeconds("node.kubernetes.io/unreachable", 300));
        Pod daemon = pod("daemon", "two", new TolerationBuilder().withOperator("Exists").build());
        cluster.settle();
        live(Duration.ofSeconds(30), one);
        assertThat(NodeHealth.ready(cluster.latest(two))).isEqualTo("True");
        live(Duration.ofSeconds(20), one);
        assertThat(NodeHealth.condition(cluster.latest(two), "Ready")).get().satisfies(c -> {
            assertThat(c.getStatus()).isEqualTo("Unknown");
            assertThat(c.getReason()).isEqualTo("NodeStatusUnknown");
        });
        assertThat(taints(two)).containsExactlyInAnyOrder("node.kubernetes.io/unreachable:NoSchedule", "node.kubernetes.io/unreachable:NoExecute");
        assertThat(taints(one)).isEmpty();
        assertThat(cluster.latest(patient).getStatus().getConditions().getFirst().getStatus()).isEqualTo("False");
        assertThat(cluster.latest(patient).getMetadata().getDeletionTimestamp()).isNull();
        live(Duration.ofSeconds(310), one);
        assertThat(cluster.latest(patient).getMetadata().getDeletionTimestamp()).isNotNull();
        assertThat(cluster.latest(daemon).getMetadata().getDeletionTimestamp()).isNull();
        renew(two);
        ready(two, "True");
        cluster.settle();
        assertThat(taints(two)).isEmpty();
    }

    @Test
    void noPodIsEvictedWhereNoNodeIsReady() {
        Node one = node("one");
        Pod pod = pod("p", "one");
        ready(one, "False");
        cluster.settle();
        assertThat(taints(one)).containsExactly("node.kubernetes.io/not-ready:NoSchedule");
        assertThat(cluster.latest(pod).getMetadata().getDeletionTimestamp()).isNull();
    }

    @Test
    void cordoningTaints() {
        Node one = node("one");
        cluster.change(one, n -> new NodeBuilder(n).editSpec().withUnschedulable(true).endSpec().build());
        cluster.settle();
        assertThat(taints(one)).containsExactly("node.kubernetes.io/unschedulable:NoSchedule");
        cluster.change(one, n -> new NodeBuilder(n).editSpec().withUnschedulable(null).endSpec().build());
        cluster.settle();
        assertThat(taints(one)).isEmpty();
    }

    @Test
    void podsOfADeletedNodeEnd() {
        Node one = node("one");
        pod("p", "one");
        cluster.settle();
        cluster.delete(cluster.latest(one), DeleteOptions.NONE);
        cluster.settle();
        assertThat(cluster.pods()).hasSize(1);
        cluster.advance(Duration.ofSeconds(41));
        assertThat(cluster.pods()).isEmpty();
    }
}
