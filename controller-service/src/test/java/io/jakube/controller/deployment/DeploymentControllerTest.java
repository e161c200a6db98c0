package io.jakube.controller.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentCondition;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.jakube.controller.cluster.TestCluster;
import io.jakube.controller.replicaset.ReplicaSetController;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class DeploymentControllerTest {
    private final TestCluster cluster = new TestCluster(ReplicaSetController::new, DeploymentController::new);

    private static DeploymentBuilder web(int replicas) {
        return new DeploymentBuilder().withNewMetadata().withNamespace("ns").withName("web").endMetadata()
                .withNewSpec().withReplicas(replicas).withProgressDeadlineSeconds(600).withRevisionHistoryLimit(10)
                .withNewSelector().addToMatchLabels("app", "web").endSelector()
                .withNewStrategy().withType("RollingUpdate").withNewRollingUpdate()
                .withMaxSurge(new IntOrString("25%")).withMaxUnavailable(new IntOrString("25%")).endRollingUpdate().endStrategy()
                .withNewTemplate().withNewMetadata().addToLabels("app", "web").endMetadata()
                .withNewSpec().addNewContainer().withName("c").withImage("nginx:1").endContainer().endSpec().endTemplate().endSpec();
    }

    private Deployment image(Deployment deployment, String image) {
        return cluster.change(deployment, d -> new DeploymentBuilder(d).editSpec().editTemplate().editSpec().editFirstContainer().withImage(image).endContainer().endSpec().endTemplate().endSpec().build());
    }

    private Deployment spec(Deployment deployment, Consumer<Deployment> change) {
        return cluster.change(deployment, d -> {
            Deployment copy = new DeploymentBuilder(d).build();
            change.accept(copy);
            return copy;
        });
    }

    private List<ReplicaSet> sets() {
        return cluster.api.list(ReplicaSet.class).stream().sorted((a, b) -> Long.compare(Revisions.of(a), Revisions.of(b))).toList();
    }

    private DeploymentCondition condition(Deployment deployment, String type) {
        return DeploymentConditions.find(cluster.latest(deployment).getStatus(), type).orElseThrow();
    }

    @Test
    void rollsOutAndSaysSo() {
        Deployment web = cluster.create(web(3).build());
        cluster.settle();
        assertThat(condition(web, "Progressing").getReason()).isIn("NewReplicaSetCreated", "ReplicaSetUpdated");
        assertThat(condition(web, "Available").getStatus()).isEqualTo("False");
        cluster.converge();
        assertThat(sets()).singleElement().satisfies(set -> {
            String hash = set.getMetadata().getLabels().get("pod-template-hash");
            assertThat(set.getMetadata().getName()).isEqualTo("web-" + hash);
            assertThat(set.getSpec().getSelector().getMatchLabels()).containsEntry("pod-template-hash", hash).containsEntry("app", "web");
            assertThat(set.getSpec().getTemplate().getMetadata().getLabels()).containsEntry("pod-template-hash", hash);
            assertThat(set.getMetadata().getAnnotations()).containsEntry(Revisions.REVISION, "1").containsEntry(Revisions.DESIRED, "3").containsEntry(Revisions.MAX, "4");
        });
        Deployment latest = cluster.latest(web);
        assertThat(latest.getMetadata().getAnnotations()).containsEntry(Revisions.REVISION, "1");
        assertThat(latest.getStatus().getReadyReplicas()).isEqualTo(3);
        assertThat(latest.getStatus().getUpdatedReplicas()).isEqualTo(3);
        assertThat(latest.getStatus().getAvailableReplicas()).isEqualTo(3);
        assertThat(latest.getStatus().getUnavailableReplicas()).isNull();
        assertThat(condition(web, "Progressing").getReason()).isEqualTo("NewReplicaSetAvailable");
        assertThat(condition(web, "Available").getReason()).isEqualTo("MinimumReplicasAvailable");
        assertThat(cluster.events()).contains("ScalingReplicaSet Scaled up replica set " + sets().getFirst().getMetadata().getName() + " from 0 to 3");
    }

    @Test
    void aRollingUpdateKeepsToItsBounds() {
        Deployment web = cluster.create(web(4).build());
        cluster.converge();
        image(web, "nginx:2");
        cluster.settle();
        List<Integer> totals = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            totals.add(Scaling.total(sets()));
            int available = (int) cluster.pods().stream().filter(p -> p.getMetadata().getDeletionTimestamp() == null && p.getStatus() != null && "Running".equals(p.getStatus().getPhase())).count();
            assertThat(available).isGreaterThanOrEqualTo(3);
            cluster.pods().stream().filter(p -> p.getStatus() == null || p.getStatus().getPhase() == null).findFirst().ifPresent(cluster::makeReady);
            cluster.settle();
        }
        assertThat(totals).allMatch(total -> total <= 5);
        cluster.converge();
        assertThat(sets()).extracting(Scaling::replicas).containsExactly(0, 4);
        assertThat(cluster.pods()).hasSize(4).allSatisfy(p -> assertThat(p.getSpec().getContainers().getFirst().getImage()).isEqualTo("nginx:2"));
        assertThat(cluster.latest(web).getMetadata().getAnnotations()).containsEntry(Revisions.REVISION, "2");
    }

    @Test
    void goingBackReusesTheOldReplicaSetUnderANewRevision() {
        Deployment web = cluster.create(web(2).build());
        cluster.converge();
        image(web, "nginx:2");
        cluster.converge();
        image(web, "nginx:1");
        cluster.converge();
        assertThat(sets()).hasSize(2);
        ReplicaSet back = sets().getLast();
        assertThat(back.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage()).isEqualTo("nginx:1");
        assertThat(back.getMetadata().getAnnotations()).containsEntry(Revisions.REVISION, "3").containsEntry(Revisions.HISTORY, "1");
        assertThat(cluster.latest(web).getMetadata().getAnnotations()).containsEntry(Revisions.REVISION, "3");
    }

    @Test
    void recreateWaitsUntilOldPodsAreGone() {
        Deployment web = cluster.create(web(2).editSpec().withNewStrategy().withType("Recreate").endStrategy().endSpec().build());
        cluster.converge();
        image(web, "nginx:2");
        cluster.settle();
        assertThat(sets()).singleElement().extracting(Scaling::replicas).isEqualTo(0);
        assertThat(cluster.pods()).hasSize(2).allSatisfy(p -> assertThat(p.getMetadata().getDeletionTimestamp()).isNotNull());
        cluster.converge();
        assertThat(sets()).hasSize(2);
        assertThat(cluster.pods()).hasSize(2).allSatisfy(p -> assertThat(p.getSpec().getContainers().getFirst().getImage()).isEqualTo("nginx:2"));
    }

    @Test
    void aPausedDeploymentScalesButDoesNotRoll() {
        Deployment web = cluster.create(web(2).build());
        cluster.converge();
        spec(web, d -> d.getSpec().setPaused(true));
        image(web, "nginx:2");
        cluster.converge();
        assertThat(sets()).hasSize(1);
        assertThat(condition(web, "Progressing").getReason()).isEqualTo("DeploymentPaused");
        spec(web, d -> d.getSpec().setReplicas(3));
        cluster.converge();
        assertThat(cluster.pods()).hasSize(3).allSatisfy(p -> assertThat(p.getSpec().getContainers().getFirst().getImage()).isEqualTo("nginx:1"));
        spec(web, d -> d.getSpec().setPaused(null));
        cluster.converge();
        assertThat(cluster.pods()).hasSize(3).allSatisfy(p -> assertThat(p.getSpec().getContainers().getFirst().getImage()).isEqualTo("nginx:2"));
        assertThat(condition(web, "Progressing").getReason()).isEqualTo("NewReplicaSetAvailable");
    }

    @Test
    void aStuckRolloutRunsIntoItsDeadline() {
        Deployment web = cluster.create(web(2).build());
        cluster.converge();
        image(web, "broken");
        cluster.settle();
        cluster.advance(Duration.ofSeconds(599));
        assertThat(condition(web, "Progressing").getStatus()).isEqualTo("True");
        cluster.advance(Duration.ofSeconds(3));
        assertThat(condition(web, "Progressing")).satisfies(c -> {
            assertThat(c.getStatus()).isEqualTo("False");
            assertThat(c.getReason()).isEqualTo("ProgressDeadlineExceeded");
            assertThat(c.getMessage()).endsWith("has timed out progressing.");
        });
        cluster.converge();
        assertThat(condition(web, "Progressing").getReason()).isEqualTo("NewReplicaSetAvailable");
    }

    @Test
    void scalingInTheMiddleOfARolloutIsProportional() {
        Deployment web = cluster.create(web(10).build());
        cluster.converge();
        image(web, "nginx:2");
        cluster.settle();
        assertThat(sets()).extracting(Scaling::replicas).containsExactly(8, 5);
        spec(web, d -> d.getSpec().setReplicas(20));
        cluster.settle();
        assertThat(Scaling.total(sets())).isEqualTo(25);
        assertThat(sets()).extracting(Scaling::replicas).containsExactly(15, 10);
    }

    @Test
    void oldReplicaSetsBeyondTheHistoryLimitGo() {
        Deployment web = cluster.create(web(1).editSpec().withRevisionHistoryLimit(2).endSpec().build());
        cluster.converge();
        for (int i = 2; i <= 6; i++) {
            image(web, "nginx:" + i);
            cluster.converge();
        }
        assertThat(sets()).extracting(Revisions::of).containsExactly(4L, 5L, 6L);
    }

    @Test
    void aTakenNameCountsAsCollision() {
        Deployment draft = web(1).build();
        String name = "web-" + io.jakube.controller.pods.TemplateHash.of(draft.getSpec().getTemplate(), null);
        cluster.create(new ReplicaSetBuilder().withNewMetadata().withNamespace("ns").withName(name).endMetadata()
                .withNewSpec().withReplicas(0).withNewSelector().addToMatchLabels("app", "foreign").endSelector()
                .withNewTemplate().withNewMetadata().addToLabels("app", "foreign").endMetadata().withNewSpec().endSpec().endTemplate().endSpec().build());
        Deployment web = cluster.create(draft);
        cluster.settle();
        cluster.advance(Duration.ofSeconds(1));
        cluster.converge();
        assertThat(cluster.latest(web).getStatus().getCollisionCount()).isEqualTo(1);
        assertThat(cluster.pods()).hasSize(1);
    }

    @Test
    void nothingIsWrittenWhenNothingChanges() {
        Deployment web = cluster.create(web(2).build());
        cluster.converge();
        cluster.api.forgetRequests();
        spec(web, d -> d.getMetadata().getAnnotations().put("note", "x"));
        cluster.converge();
        assertThat(sets().getFirst().getMetadata().getAnnotations()).containsEntry("note", "x");
        cluster.api.forgetRequests();
        cluster.advance(Duration.ofHours(1));
        assertThat(cluster.api.requests()).isEmpty();
        assertThat(cluster.pods()).extracting(Pod::getKind).hasSize(2);
    }
}
