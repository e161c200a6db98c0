package io.jakube.controller.statefulset;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.jakube.common.client.DeleteOptions;
import io.jakube.controller.cluster.TestCluster;
import java.util.List;
import org.junit.jupiter.api.Test;

class StatefulSetControllerTest {
    private final TestCluster cluster = new TestCluster(StatefulSetController::new);

    private static StatefulSetBuilder db(int replicas) {
        return new StatefulSetBuilder().withNewMetadata().withNamespace("ns").withName("db").endMetadata()
                .withNewSpec().withReplicas(replicas).withServiceName("db").withRevisionHistoryLimit(10).withPodManagementPolicy("OrderedReady")
                .withNewUpdateStrategy().withType("RollingUpdate").withNewRollingUpdate().withPartition(0).endRollingUpdate().endUpdateStrategy()
                .withNewSelector().addToMatchLabels("app", "db").endSelector()
                .withVolumeClaimTemplates(new PersistentVolumeClaimBuilder().withNewMetadata().withName("data").endMetadata().withNewSpec().withAccessModes("ReadWriteOnce").endSpec().build())
                .withNewTemplate().withNewMetadata().addToLabels("app", "db").endMetadata()
                .withNewSpec().withTerminationGracePeriodSeconds(30L).addNewContainer().withName("c").withImage("db:1").endContainer().endSpec().endTemplate().endSpec();
    }

    private List<String> names() {
        return cluster.pods().stream().map(p -> p.getMetadata().getName()).toList();
    }

    private List<String> images() {
        return cluster.pods().stream().map(p -> p.getSpec().getContainers().getFirst().getImage()).toList();
    }

    private StatefulSet image(StatefulSet set, String image) {
        return cluster.change(set, s -> new StatefulSetBuilder(s).editSpec().editTemplate().editSpec().editFirstContainer().withImage(image).endContainer().endSpec().endTemplate().endSpec().build());
    }

    @Test
    void createsPodsInOrderWithIdentityAndStorage() {
        StatefulSet db = cluster.create(db(3).build());
        cluster.settle();
        assertThat(names()).containsExactly("db-0");
        cluster.runPods();
        assertThat(names()).containsExactly("db-0", "db-1");
        cluster.converge();
        assertThat(names()).containsExactly("db-0", "db-1", "db-2");
        assertThat(cluster.api.list(PersistentVolumeClaim.class)).extracting(c -> c.getMetadata().getName()).containsExactly("data-db-0", "data-db-1", "data-db-2");
        Pod one = cluster.pods().get(1);
        assertThat(one.getSpec().getHostname()).isEqualTo("db-1");
        assertThat(one.getSpec().getSubdomain()).isEqualTo("db");
        assertThat(one.getSpec().getVolumes()).singleElement().satisfies(v -> assertThat(v.getPersistentVolumeClaim().getClaimName()).isEqualTo("data-db-1"));
        assertThat(one.getMetadata().getLabels()).containsEntry("apps.kubernetes.io/pod-index", "1").containsEntry("statefulset.kubernetes.io/pod-name", "db-1");
        assertThat(cluster.latest(db).getStatus()).satisfies(s -> {
            assertThat(s.getReadyReplicas()).isEqualTo(3);
            assertThat(s.getCurrentReplicas()).isEqualTo(3);
            assertThat(s.getCurrentRevision()).isEqualTo(s.getUpdateRevision()).startsWith("db-");
        });
    }

    @Test
    void scalesDownFromTheTopAndKeepsClaims() {
        StatefulSet db = cluster.create(db(3).build());
        cluster.converge();
        cluster.change(db, s -> new StatefulSetBuilder(s).editSpec().withReplicas(1).endSpec().build());
        cluster.settle();
        assertThat(cluster.pods().stream().filter(p -> p.getMetadata().getDeletionTimestamp() != null)).singleElement().satisfies(p -> assertThat(p.getMetadata().getName()).isEqualTo("db-2"));
        cluster.converge();
        assertThat(names()).containsExactly("db-0");
        assertThat(cluster.api.list(PersistentVolumeClaim.class)).hasSize(3);
    }

    @Test
    void updatesFromTheTopDownToThePartition() {
        StatefulSet db = cluster.create(db(3).editSpec().editUpdateStrategy().editRollingUpdate().withPartition(1).endRollingUpdate().endUpdateStrategy().endSpec().build());
        cluster.converge();
        image(db, "db:2");
        cluster.settle();
        assertThat(cluster.pods().stream().filter(p -> p.getMetadata().getDeletionTimestamp() != null)).singleElement().satisfies(p -> assertThat(p.getMetadata().getName()).isEqualTo("db-2"));
        cluster.converge();
        assertThat(images()).containsExactly("db:1", "db:2", "db:2");
        assertThat(cluster.latest(db).getStatus().getCurrentRevision()).isNotEqualTo(cluster.latest(db).getStatus().getUpdateRevision());
        cluster.delete(cluster.pods().getFirst(), DeleteOptions.NONE);
        cluster.converge();
        assertThat(images()).as("below the partition a new pod is of the old revision").containsExactly("db:1", "db:2", "db:2");
        cluster.change(db, s -> new StatefulSetBuilder(s).editSpec().editUpdateStrategy().editRollingUpdate().withPartition(0).endRollingUpdate().endUpdateStrategy().endSpec().build());
        cluster.converge();
        assertThat(images()).containsOnly("db:2");
        assertThat(cluster.latest(db).getStatus().getCurrentRevision()).isEqualTo(cluster.latest(db).getStatus().getUpdateRevision());
    }

    @Test
    void parallelSetsStartAtOnce() {
        cluster.create(db(3).editSpec().withPodManagementPolicy("Parallel").endSpec().build());
        cluster.settle();
        assertThat(names()).hasSize(3);
    }

    @Test
    void aFinishedPodIsReplaced() {
        cluster.create(db(1).build());
        cluster.converge();
        cluster.setPhase(cluster.pods().getFirst(), "Failed", false);
        cluster.converge();
        assertThat(cluster.pods()).singleElement().satisfies(p -> assertThat(p.getStatus().getPhase()).isEqualTo("Running"));
    }
}
