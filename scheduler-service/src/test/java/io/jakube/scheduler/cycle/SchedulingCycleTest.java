package io.jakube.scheduler.cycle;

import static io.jakube.scheduler.Pods.cluster;
import static io.jakube.scheduler.Pods.node;
import static io.jakube.scheduler.Pods.pod;
import static io.jakube.scheduler.Pods.requesting;
import static io.jakube.scheduler.Pods.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.jakube.scheduler.plugins.DefaultPlugins;
import io.jakube.scheduler.plugins.VolumeChoices;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SchedulingCycleTest {
    private static Decision decide(Pod pod, NodeInfo... nodes) {
        return new SchedulingCycle(DefaultPlugins.all(), new Random(1)).decide(PodInfo.of(pod), cluster(nodes));
    }

    private static String nodeFor(Pod pod, NodeInfo... nodes) {
        return ((Decision.Scheduled) decide(pod, nodes)).node();
    }

    private static String refusal(Pod pod, NodeInfo... nodes) {
        return ((Decision.Unschedulable) decide(pod, nodes)).message();
    }

    private static Pod owned(Pod pod) {
        return new PodBuilder(pod).editMetadata().addToLabels("app", "web").addNewOwnerReference().withController(true).withKind("ReplicaSet").withName("web").withUid("rs").endOwnerReference().endMetadata().build();
    }

    @Test
    void saysThatThereAreNoNodes() {
        assertThat(refusal(pod("a").build())).isEqualTo("no nodes available to schedule pods");
    }

    @Test
    void prefersTheEmptierNode() {
        assertThat(nodeFor(requesting("a", "100m", "100Mi"), with(node("full").build(), requesting("x", "1500m", "3Gi")), with(node("empty").build()))).isEqualTo("empty");
    }

    @Test
    void countsEveryReasonOverAllNodes() {
        String message = refusal(requesting("a", "1", "1Gi"),
                with(node("n1").build(), requesting("x", "1500m", "1Gi")),
                with(node("n2").build(), requesting("y", "1500m", "3500Mi")),
                with(node("n3").editSpec().withUnschedulable(true).endSpec().build()));
        assertThat(message).startsWith("0/3 nodes are available: 1 Insufficient memory, 1 node(s) were unschedulable, 2 Insufficient cpu.")
                .endsWith("preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.");
    }

    @Test
    void refusesUntoleratedTaintsAndAcceptsToleratedOnes() {
        NodeInfo tainted = with(node("n1").editSpec().addNewTaint("NoSchedule", "dedicated", null, "gpu").endSpec().build());
        assertThat(refusal(pod("a").build(), tainted)).contains("1 node(s) had untolerated taint {dedicated: gpu}");
        Pod tolerant = pod("a").editSpec().addNewToleration().withKey("dedicated").withOperator("Exists").endToleration().endSpec().build();
        assertThat(nodeFor(tolerant, tainted)).isEqualTo("n1");
    }

    @Test
    void honoursNodeSelectorAndAffinity() {
        NodeInfo ssd = with(node("ssd").editMetadata().addToLabels("disk", "ssd").endMetadata().build());
        NodeInfo hdd = with(node("hdd").editMetadata().addToLabels("disk", "hdd").endMetadata().build());
        assertThat(nodeFor(pod("a").editSpec().addToNodeSelector("disk", "ssd").endSpec().build(), hdd, ssd)).isEqualTo("ssd");
        Pod affine = pod("a").editSpec().withNewAffinity().withNewNodeAffinity().withNewRequiredDuringSchedulingIgnoredDuringExecution()
                .addNewNodeSelectorTerm().addNewMatchExpression().withKey("disk").withOperator("NotIn").withValues("hdd").endMatchExpression().endNodeSelectorTerm()
                .endRequiredDuringSchedulingIgnoredDuringExecution().endNodeAffinity().endAffinity().endSpec().build();
        assertThat(nodeFor(affine, hdd, ssd)).isEqualTo("ssd");
        assertThat(refusal(affine, hdd)).contains("1 node(s) didn't match Pod's node affinity/selector");
    }

    @Test
    void keepsHostPortsApart() {
        Pod port = pod("a").editSpec().editFirstContainer().addNewPort().withContainerPort(80).withHostPort(8080).endPort().endContainer().endSpec().build();
        Pod other = new PodBuilder(port).editMetadata().withName("b").withUid("uid-b").endMetadata().build();
        assertThat(refusal(other, with(node("n1").build(), port))).contains("1 node(s) didn't have free ports for the requested pod ports");
        assertThat(nodeFor(other, with(node("n1").build(), port), with(node("n2").build()))).isEqualTo("n2");
    }

    @Test
    void spreadsPodsOfOneControllerOverNodes() {
        Snapshot snapshot = cluster(with(node("n1").build()), with(node("n2").build()), with(node("n3").build()));
        SchedulingCycle cycle = new SchedulingCycle(DefaultPlugins.all(), new Random(7));
        int[] perNode = new int[3];
        List<NodeInfo> nodes = new java.util.ArrayList<>(snapshot.nodes());
        for (int i = 0; i < 6; i++) {
            PodInfo next = PodInfo.of(owned(pod("p" + i).build()));
            String chosen = ((Decision.Scheduled) cycle.decide(next, snapshot.withNodes(nodes))).node();
            int index = Integer.parseInt(chosen.substring(1)) - 1;
            perNode[index]++;
            nodes.set(index, nodes.get(index).withPod(next));
        }
        assertThat(perNode).containsExactly(2, 2, 2);
    }

    @Test
    void enforcesHardTopologySpread() {
        PodBuilder spread = pod("a").editMetadata().addToLabels("app", "web").endMetadata().editSpec().addNewTopologySpreadConstraint()
                .withMaxSkew(1).withTopologyKey("zone").withWhenUnsatisfiable("DoNotSchedule").withNewLabelSelector().addToMatchLabels("app", "web").endLabelSelector()
                .endTopologySpreadConstraint().endSpec();
        Pod running = pod("r").editMetadata().addToLabels("app", "web").endMetadata().build();
        NodeInfo a = with(node("n1").editMetadata().addToLabels("zone", "a").endMetadata().build(), running);
        NodeInfo b = with(node("n2").editMetadata().addToLabels("zone", "b").endMetadata().build());
        assertThat(nodeFor(spread.build(), a, b)).isEqualTo("n2");
        NodeInfo bFull = with(node("n2").editMetadata().addToLabels("zone", "b").endMetadata().editSpec().withUnschedulable(true).endSpec().build());
        assertThat(refusal(spread.build(), a, bFull)).contains("1 node(s) didn't match pod topology spread constraints");
    }

    @Test
    void keepsAntiAffinePodsApartInBothDirections() {
        Pod shy = pod("shy").editMetadata().addToLabels("app", "web").endMetadata().editSpec().withNewAffinity().withNewPodAntiAffinity()
                .addNewRequiredDuringSchedulingIgnoredDuringExecution().withTopologyKey("kubernetes.io/hostname").withNewLabelSelector().addToMatchLabels("app", "web").endLabelSelector()
                .endRequiredDuringSchedulingIgnoredDuringExecution().endPodAntiAffinity().endAffinity().endSpec().build();
        Pod plain = pod("plain").editMetadata().addToLabels("app", "web").endMetadata().build();
        assertThat(refusal(plain, with(node("n1").build(), shy))).contains("didn't satisfy existing pods anti-affinity rules");
        assertThat(refusal(shy, with(node("n1").build(), plain))).contains("didn't match pod anti-affinity rules");
    }

    @Test
    void followsPodAffinityAndLetsTheFirstOfAGroupIn() {
        Pod social = pod("s").editMetadata().addToLabels("app", "web").endMetadata().editSpec().withNewAffinity().withNewPodAffinity()
                .addNewRequiredDuringSchedulingIgnoredDuringExecution().withTopologyKey("kubernetes.io/hostname").withNewLabelSelector().addToMatchLabels("app", "web").endLabelSelector()
                .endRequiredDuringSchedulingIgnoredDuringExecution().endPodAffinity().endAffinity().endSpec().build();
        assertThat(nodeFor(social, with(node("n1").build()))).isEqualTo("n1");
        Pod friend = pod("f").editMetadata().addToLabels("app", "web").endMetadata().build();
        assertThat(nodeFor(social, with(node("n1").build()), with(node("n2").build(), friend))).isEqualTo("n2");
    }

    @Test
    void evictsTheLeastImportantPodsThatMakeRoom() {
        Pod low = new PodBuilder(requesting("low", "1500m", "1Gi")).editSpec().withPriority(1).endSpec().build();
        Pod tiny = new PodBuilder(requesting("tiny", "100m", "1Mi")).editSpec().withPriority(0).endSpec().build();
        Pod important = new PodBuilder(requesting("vip", "1", "1Gi")).editSpec().withPriority(100).endSpec().build();
        Decision.Unschedulable decision = (Decision.Unschedulable) decide(important, with(node("n1").build(), low, tiny));
        assertThat(decision.preemption()).isNotNull();
        assertThat(decision.preemption().node()).isEqualTo("n1");
        assertThat(decision.preemption().victims()).extracting(v -> v.key().name()).containsExactly("low");
        Pod peaceful = new PodBuilder(important).editSpec().withPreemptionPolicy("Never").endSpec().build();
        assertThat(((Decision.Unschedulable) decide(peaceful, with(node("n1").build(), low, tiny))).preemption()).isNull();
    }

    private static Pod ranked(String name, String cpu, int priority) {
        return new PodBuilder(requesting(name, cpu, "1Mi")).editSpec().withPriority(priority).endSpec().build();
    }

    private static Decision decide(Pod pod, Map<String, List<PodInfo>> nominated, NodeInfo... nodes) {
        return new SchedulingCycle(DefaultPlugins.all(), new Random(1)).decide(PodInfo.of(pod), cluster(nodes).withNominated(nominated));
    }

    /** The room a preemptor's victims leave is its own: others of no higher priority do not take it. */
    @Test
    void aPromisedNodeIsKeptForThePreemptor() {
        Map<String, List<PodInfo>> promised = Map.of("n1", List.of(PodInfo.of(ranked("vip", "1500m", 100))));
        NodeInfo empty = with(node("n1").build());
        assertThat(((Decision.Unschedulable) decide(ranked("quick", "1", 1), promised, empty)).message()).startsWith("0/1 nodes are available: 1 Insufficient cpu.");
        assertThat(((Decision.Unschedulable) decide(ranked("equal", "1", 100), promised, empty)).message()).contains("Insufficient cpu");
        assertThat(decide(ranked("small", "500m", 1), promised, empty)).isInstanceOf(Decision.Scheduled.class);
        assertThat(decide(ranked("greater", "1", 101), promised, empty)).isInstanceOf(Decision.Scheduled.class);
        assertThat(((Decision.Scheduled) decide(ranked("quick", "1", 1), promised, empty, with(node("n2").build()))).node()).isEqualTo("n2");
    }

    @Test
    void thePreemptorTakesItsPromisedNode() {
        Pod vip = ranked("vip", "1500m", 100);
        Map<String, List<PodInfo>> promised = Map.of("n1", List.of(PodInfo.of(vip)));
        NodeInfo fuller = with(node("n1").build(), requesting("x", "400m", "1Mi"));
        assertThat(((Decision.Scheduled) decide(vip, promised, fuller, with(node("n2").build()))).node()).isEqualTo("n1");
    }

    /** While its victims terminate a preemptor does not look for others. */
    @Test
    void aPreemptorAwaitsItsVictims() {
        Pod vip = ranked("vip", "1500m", 100);
        Map<String, List<PodInfo>> promised = Map.of("n1", List.of(PodInfo.of(vip)));
        Pod dying = new PodBuilder(ranked("dying", "1", 1)).editMetadata().withDeletionTimestamp("2026-01-01T00:00:00Z").endMetadata().build();
        NodeInfo one = with(node("n1").build(), dying);
        NodeInfo two = with(node("n2").build(), ranked("other", "1", 1));
        Decision.Unschedulable waiting = (Decision.Unschedulable) decide(vip, promised, one, two);
        assertThat(waiting.preemption()).isNull();
        assertThat(waiting.awaitsVictims()).isTrue();
        assertThat(waiting.message()).endsWith("preemption: not eligible due to a terminating pod on the nominated node.");
        assertThat(((Decision.Unschedulable) decide(vip, Map.of(), one, two)).preemption()).isNotNull();
    }

    @Test
    void waitsForUnboundClaims() {
        Pod claimant = pod("a").editSpec().addNewVolume().withName("data").withNewPersistentVolumeClaim("data", false).endVolume().endSpec().build();
        SchedulingCycle cycle = new SchedulingCycle(DefaultPlugins.all(), new Random(1));
        Snapshot unbound = new Snapshot(List.of(with(node("n1").build())), Map.of(), Map.of("default/data", new Snapshot.Claim("", false)), Map.of(), Map.of());
        assertThat(((Decision.Unschedulable) cycle.decide(PodInfo.of(claimant), unbound)).message()).contains("pod has unbound immediate PersistentVolumeClaims");
        assertThat(((Decision.Unschedulable) cycle.decide(PodInfo.of(claimant), cluster(with(node("n1").build())))).message()).contains("persistentvolumeclaim \"data\" not found");
    }

    /** A claim that waits for its first consumer takes the pod to a node that reaches a free volume, unless a provisioner makes one. */
    @Test
    void claimsThatWaitForAConsumerChooseTheNode() {
        PersistentVolumeClaim claim = new PersistentVolumeClaimBuilder().withNewMetadata().withName("data").withNamespace("default").endMetadata().withNewSpec()
                .withStorageClassName("local").withAccessModes("ReadWriteOnce").withNewResources().addToRequests("storage", new Quantity("1Gi")).endResources().endSpec().build();
        PersistentVolume local = new PersistentVolumeBuilder().withNewMetadata().withName("on-n2").endMetadata().withNewSpec().withStorageClassName("local").withAccessModes("ReadWriteOnce")
                .addToCapacity("storage", new Quantity("2Gi")).withNewNodeAffinity().withNewRequired().addNewNodeSelectorTerm()
                .addNewMatchExpression().withKey("kubernetes.io/hostname").withOperator("In").withValues("n2").endMatchExpression().endNodeSelectorTerm().endRequired().endNodeAffinity().endSpec().build();
        PodInfo claimant = PodInfo.of(pod("a").editSpec().addNewVolume().withName("data").withNewPersistentVolumeClaim("data", false).endVolume().endSpec().build());
        List<NodeInfo> nodes = List.of(with(node("n1").build()), with(node("n2").build()));
        Map<String, Snapshot.Volume> volumes = Map.of("on-n2", new Snapshot.Volume(local.getSpec().getNodeAffinity().getRequired(), local));
        SchedulingCycle cycle = new SchedulingCycle(DefaultPlugins.all(), new Random(1));

        Snapshot unprovisioned = new Snapshot(nodes, Map.of(), Map.of("default/data", new Snapshot.Claim("", true, claim, false)), volumes, Map.of());
        assertThat(((Decision.Scheduled) cycle.decide(claimant, unprovisioned)).node()).isEqualTo("n2");
        assertThat(VolumeChoices.on(nodes.get(1), claimant, unprovisioned)).hasValueSatisfying(
                choices -> assertThat(choices).singleElement().satisfies(choice -> assertThat(choice.volume()).isSameAs(local)));
        Snapshot none = new Snapshot(nodes, Map.of(), unprovisioned.claims(), Map.of(), Map.of());
        assertThat(((Decision.Unschedulable) cycle.decide(claimant, none)).message()).contains("2 node(s) didn't find available persistent volumes to bind");
        Snapshot provisioned = new Snapshot(nodes, Map.of(), Map.of("default/data", new Snapshot.Claim("", true, claim, true)), Map.of(), Map.of());
        assertThat(cycle.decide(claimant, provisioned)).isInstanceOf(Decision.Scheduled.class);
        assertThat(VolumeChoices.on(nodes.get(0), claimant, provisioned)).hasValueSatisfying(choices -> assertThat(choices.getFirst().volume()).as("to be made").isNull());
    }

    @Test
    void limitsTheSearchInLargeClusters() {
        assertThat(SchedulingCycle.enough(50)).isEqualTo(50);
        assertThat(SchedulingCycle.enough(1000)).isEqualTo(420);
        assertThat(SchedulingCycle.enough(10_000)).isEqualTo(500);
    }
}
