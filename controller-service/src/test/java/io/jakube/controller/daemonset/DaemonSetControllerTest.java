package io.jakube.controller.daemonset;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.fabric8.kubernetes.api.model.apps.DaemonSetBuilder;
import io.jakube.controller.cluster.TestCluster;
import java.util.List;
import org.junit.jupiter.api.Test;

class DaemonSetControllerTest {
    private final TestCluster cluster = new TestCluster(DaemonSetController::new);

    private Node node(String name) {
        return cluster.create(new NodeBuilder().withNewMetadata().withName(name).addToLabels("disk", name.equals("three") ? "slow" : "fast").endMetadata().withNewSpec().endSpec().build());
    }

    private static DaemonSetBuilder agent() {
        return new DaemonSetBuilder().withNewMetadata().withNamespace("ns").withName("agent").endMetadata()
                .withNewSpec().withRevisionHistoryLimit(10).withNewSelector().addToMatchLabels("app", "agent").endSelector()
                .withNewUpdateStrategy().withType("RollingUpdate").withNewRollingUpdate().withMaxUnavailable(new IntOrString(1)).withMaxSurge(new IntOrString(0)).endRollingUpdate().endUpdateStrategy()
                .withNewTemplate().withNewMetadata().addToLabels("app", "agent").endMetadata()
                .withNewSpec().withTerminationGracePeriodSeconds(30L).addNewContainer().withName("c").withImage("agent:1").endContainer().endSpec().endTemplate().endSpec();
    }

    /** What the scheduler does for daemon pods, then the kubelet. */
    private void converge() {
        cluster.settle();
        for (int round = 0; round < 50; round++) {
            cluster.api.forgetRequests();
            for (Pod pod : cluster.pods()) {
                if (pod.getSpec().getNodeName() == null) {
                    cluster.change(pod, p -> new PodBuilder(p).editSpec().withNodeName(DaemonPods.node(p).orElseThrow()).endSpec().build());
                }
            }
            cluster.runPods();
            if (cluster.api.requests().isEmpty()) {
                return;
            }
        }
        throw new AssertionError("does not converge");
    }

    private List<String> nodes() {
        return cluster.pods().stream().map(p -> DaemonPods.node(p).orElse("")).sorted().toList();
    }

    @Test
    void runsOnEveryNodeThatFitsAndFollowsNodes() {
        node("one");
        node("two");
        Node three = node("three");
        DaemonSet agent = cluster.create(agent().editSpec().editTemplate().editSpec().addToNodeSelector("disk", "fast").endSpec().endTemplate().endSpec().build());
        converge();
        assertThat(nodes()).containsExactly("one", "two");
        assertThat(cluster.pods()).allSatisfy(p -> assertThat(p.getSpec().getTolerations()).extracting("key").contains("node.kubernetes.io/not-ready", "node.kubernetes.io/unschedulable"));
        assertThat(cluster.latest(agent).getStatus()).satisfies(s -> {
            assertThat(s.getDesiredNumberScheduled()).isEqualTo(2);
            assertThat(s.getNumberReady()).isEqualTo(2);
            assertThat(s.getUpdatedNumberScheduled()).isEqualTo(2);
            assertThat(s.getNumberUnavailable()).isNull();
        });
        cluster.change(three, n -> new NodeBuilder(n).editMetadata().addToLabels("disk", "fast").endMetadata().build());
        converge();
        assertThat(nodes()).containsExactly("one", "three", "two");
        cluster.change(three, n -> new NodeBuilder(n).editSpec().addNewTaint().withKey("gpu").withEffect("NoExecute").endTaint().endSpec().build());
        converge();
        assertThat(nodes()).containsExactly("one", "two");
    }

    @Test
    void updatesOnePodAtATimeAndKeepsRevisions() {
        node("one");
        node("two");
        DaemonSet agent = cluster.create(agent().build());
        converge();
        cluster.change(agent, d -> new DaemonSetBuilder(d).editSpec().editTemplate().editSpec().editFirstContainer().withImage("agent:2").endContainer().endSpec().endTemplate().endSpec().build());
        cluster.settle();
        assertThat(cluster.pods().stream().filter(p -> p.getMetadata().getDeletionTimestamp() != null)).hasSize(1);
        converge();
        assertThat(cluster.pods()).hasSize(2).allSatisfy(p -> assertThat(p.getSpec().getContainers().getFirst().getImage()).isEqualTo("agent:2"));
        assertThat(cluster.api.list(ControllerRevision.class)).extracting(ControllerRevision::getRevision).containsExactlyInAnyOrder(1L, 2L);
        cluster.change(agent, d -> new DaemonSetBuilder(d).editSpec().editTemplate().editSpec().editFirstContainer().withImage("agent:1").endContainer().endSpec().endTemplate().endSpec().build());
        converge();
        assertThat(cluster.api.list(ControllerRevision.class)).extracting(ControllerRevision::getRevision).containsExactlyInAnyOrder(3L, 2L);
    }
}
