package io.jakube.controller.volume;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.jakube.common.client.DeleteOptions;
import io.jakube.controller.cluster.TestCluster;
import org.junit.jupiter.api.Test;

class VolumeControllerTest {
    private final TestCluster cluster = new TestCluster(VolumeController::new);

    private PersistentVolume volume(String name, String size) {
        return cluster.create(new PersistentVolumeBuilder().withNewMetadata().withName(name).endMetadata()
                .withNewSpec().addToCapacity("storage", new Quantity(size)).withAccessModes("ReadWriteOnce").withStorageClassName("manual").withPersistentVolumeReclaimPolicy("Retain")
                .withNewHostPath("/data/" + name, null).endSpec().build());
    }

    private PersistentVolumeClaim claim(String size, String... finalizers) {
        return cluster.create(new PersistentVolumeClaimBuilder().withNewMetadata().withNamespace("ns").withName("c").withFinalizers(finalizers).endMetadata()
                .withNewSpec().withStorageClassName("manual").withAccessModes("ReadWriteOnce").withNewResources().addToRequests("storage", new Quantity(size)).endResources().endSpec().build());
    }

    @Test
    void bindsTheSmallestVolumeThatSuffices() {
        volume("small", "1Gi");
        PersistentVolume big = volume("big", "10Gi");
        PersistentVolume medium = volume("medium", "5Gi");
        PersistentVolumeClaim claim = claim("2Gi");
        cluster.settle();
        assertThat(cluster.latest(claim).getSpec().getVolumeName()).isEqualTo("medium");
        assertThat(cluster.latest(claim).getStatus().getPhase()).isEqualTo("Bound");
        assertThat(cluster.latest(claim).getStatus().getCapacity()).containsEntry("storage", new Quantity("5Gi"));
        assertThat(cluster.latest(medium).getStatus().getPhase()).isEqualTo("Bound");
        assertThat(cluster.latest(medium).getSpec().getClaimRef().getUid()).isEqualTo(claim.getMetadata().getUid());
        assertThat(cluster.latest(big).getStatus().getPhase()).isEqualTo("Available");
        cluster.delete(claim, DeleteOptions.NONE);
        cluster.settle();
        assertThat(cluster.latest(medium).getStatus().getPhase()).isEqualTo("Released");
    }

    @Test
    void aClaimWaitsForAVolume() {
        PersistentVolumeClaim claim = claim("2Gi");
        cluster.settle();
        assertThat(cluster.latest(claim).getStatus().getPhase()).isEqualTo("Pending");
        volume("late", "2Gi");
        cluster.settle();
        assertThat(cluster.latest(claim).getStatus().getPhase()).isEqualTo("Bound");
    }

    @Test
    void aClaimInUseStaysUntilItsPodIsGone() {
        PersistentVolumeClaim claim = claim("1Gi", "kubernetes.io/pvc-protection");
        Pod pod = cluster.create(new PodBuilder().withNewMetadata().withNamespace("ns").withName("p").endMetadata()
                .withNewSpec().addNewVolume().withName("v").withNewPersistentVolumeClaim("c", false).endVolume().endSpec().build());
        cluster.settle();
        cluster.delete(claim, DeleteOptions.NONE);
        cluster.settle();
        assertThat(cluster.latest(claim).getMetadata().getDeletionTimestamp()).isNotNull();
        cluster.delete(pod, DeleteOptions.NONE);
        cluster.settle();
        assertThat(cluster.api.list(PersistentVolumeClaim.class)).isEmpty();
    }
}
