package io.jakube.controller.replicaset;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.ReplicationControllerBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.jakube.common.client.DeleteOptions;
import io.jakube.common.status.ApiException;
import io.jakube.controller.cluster.TestCluster;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReplicaSetControllerTest {
    private final TestCluster cluster = new TestCluster(ReplicaSetController::new, ReplicationControllerController::new);

    private static ReplicaSetBuilder set(int replicas) {
        return new ReplicaSetBuilder().withNewMetadata().withNamespace("ns").withName("web").endMetadata()
                .withNewSpec().withReplicas(replicas).withNewSelector().addToMatchLabels("app", "web").endSelector()
                .withNewTemplate().withNewMetadata().addToLabels("app", "web").endMetadata()
                .withNewSpec().addNewContainer().withName("c").withImage("nginx").endContainer().endSpec().endTemplate().endSpec();
    }

    private static Pod pod(String name, Map<String, String> labels) {
        return new PodBuilder().withNewMetadata().withNamespace("ns").withName(name).withLabels(labels).endMetadata()
                .withNewSpec().addNewContainer().withName("c").withImage("nginx").endContainer().endSpec().build();
    }

    @Test
    void createsWhatIsMissingAndReportsStatus() {
        ReplicaSet web = cluster.create(set(3).build());
        cluster.settle();
        assertThat(cluster.pods()).hasSize(3).allSatisfy(pod -> {
            assertThat(pod.getMetadata().getName()).startsWith("web-");
            assertThat(pod.getMetadata().getOwnerReferences()).singleElement().satisfies(r -> {
                assertThat(r.getKind()).isEqualTo("ReplicaSet");
                assertThat(r.getApiVersion()).isEqualTo("apps/v1");
                assertThat(r.getController()).isTrue();
                assertThat(r.getBlockOwnerDeletion()).isTrue();
            });
        });
        assertThat(cluster.latest(web).getStatus().getReplicas()).isEqualTo(3);
        assertThat(cluster.latest(web).getStatus().getReadyReplicas()).isNull();
        cluster.converge();
        assertThat(cluster.latest(web).getStatus().getReadyReplicas()).isEqualTo(3);
        assertThat(cluster.latest(web).getStatus().getAvailableReplicas()).isEqualTo(3);
        assertThat(cluster.latest(web).getStatus().getObservedGeneration()).isEqualTo(1);
        assertThat(cluster.events()).hasSize(3).allMatch(e -> e.startsWith("SuccessfulCreate Created pod: web-"));
    }

    @Test
    void replacesDeletedAndFailedPods() {
        cluster.create(set(2).build());
        cluster.converge();
        cluster.delete(cluster.pods().getFirst(), DeleteOptions.NONE);
        cluster.setPhase(cluster.pods().getLast(), "Failed", false);
        cluster.settle();
        assertThat(cluster.pods()).hasSize(4);
        cluster.converge();
        assertThat(cluster.pods().stream().filter(p -> "Running".equals(p.getStatus().getPhase()))).hasSize(2);
    }

    @Test
    void scalesDownPodsThatAreNotReadyFirst() {
        ReplicaSet web = cluster.create(set(3).build());
        cluster.converge();
        Pod unready = cluster.setPhase(cluster.pods().get(1), "Running", false);
        cluster.change(web, s -> new ReplicaSetBuilder(s).editSpec().withReplicas(2).endSpec().build());
        cluster.settle();
        assertThat(cluster.latest(unready).getMetadata().getDeletionTimestamp()).isNotNull();
        assertThat(cluster.latest(web).getStatus().getTerminatingReplicas()).isEqualTo(1);
        cluster.converge();
        assertThat(cluster.pods()).hasSize(2);
    }

    @Test
    void adoptsMatchingOrphansAndReleasesWhatNoLongerMatches() {
        Pod orphan = cluster.create(pod("orphan", Map.of("app", "web")));
        cluster.create(pod("other", Map.of("app", "other")));
        ReplicaSet web = cluster.create(set(2).build());
        cluster.settle();
        assertThat(cluster.pods()).hasSize(3);
        assertThat(cluster.latest(orphan).getMetadata().getOwnerReferences()).hasSize(1);
        cluster.change(orphan, p -> new PodBuilder(p).editMetadata().withLabels(Map.of("app", "debug")).endMetadata().build());
        cluster.settle();
        assertThat(cluster.latest(orphan).getMetadata().getOwnerReferences()).isEmpty();
        assertThat(cluster.pods()).hasSize(4);
        assertThat(cluster.latest(web).getStatus().getReplicas()).isEqualTo(2);
    }

    @Test
    void aRefusedPodSetsTheFailureConditionAndIsTriedAgain() {
        cluster.api.failIf(request -> request.startsWith("POST /api/v1/namespaces/ns/pods") ? ApiException.of(403, "Forbidden", "exceeded quota") : null);
        ReplicaSet web = cluster.create(set(5).build());
        cluster.settle();
        assertThat(cluster.api.requests().stream().filter(r -> r.startsWith("POST /api/v1/namespaces/ns/pods"))).as("slow start tries one a step; the condition's write caused a second step").hasSize(2);
        assertThat(cluster.latest(web).getStatus().getConditions()).singleElement().satisfies(c -> {
            assertThat(c.getType()).isEqualTo("ReplicaFailure");
            assertThat(c.getReason()).isEqualTo("FailedCreate");
            assertThat(c.getMessage()).isEqualTo("exceeded quota");
        });
        assertThat(cluster.events()).containsOnly("FailedCreate Error creating: exceeded quota");
        cluster.api.failIf(request -> null);
        cluster.advance(Duration.ofSeconds(1));
        assertThat(cluster.pods()).hasSize(5);
        assertThat(cluster.latest(web).getStatus().getConditions()).isEmpty();
    }

    @Test
    void podsBecomeAvailableAfterMinReadySeconds() {
        ReplicaSet web = cluster.create(set(1).editSpec().withMinReadySeconds(10).endSpec().build());
        cluster.converge();
        assertThat(cluster.latest(web).getStatus().getReadyReplicas()).isEqualTo(1);
        assertThat(cluster.latest(web).getStatus().getAvailableReplicas()).isNull();
        cluster.advance(Duration.ofSeconds(9));
        assertThat(cluster.latest(web).getStatus().getAvailableReplicas()).isNull();
        cluster.advance(Duration.ofSeconds(1));
        assertThat(cluster.latest(web).getStatus().getAvailableReplicas()).isEqualTo(1);
    }

    @Test
    void replicationControllersWorkAlike() {
        ReplicationController rc = cluster.create(new ReplicationControllerBuilder().withNewMetadata().withNamespace("ns").withName("old").endMetadata()
                .withNewSpec().withReplicas(2).addToSelector("app", "old").withNewTemplate().withNewMetadata().addToLabels("app", "old").endMetadata()
                .withNewSpec().addNewContainer().withName("c").endContainer().endSpec().endTemplate().endSpec().build());
        cluster.converge();
        assertThat(cluster.pods()).hasSize(2);
        assertThat(cluster.latest(rc).getStatus().getReadyReplicas()).isEqualTo(2);
        cluster.api.forgetRequests();
        cluster.change(rc, r -> new ReplicationControllerBuilder(r).editMetadata().addToLabels("touched", "yes").endMetadata().build());
        cluster.settle();
        assertThat(cluster.api.requests()).as("nothing to write").hasSize(1);
    }
}
