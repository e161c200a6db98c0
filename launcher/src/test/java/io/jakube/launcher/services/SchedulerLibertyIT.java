package io.jakube.launcher.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.storage.StorageClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.http.HttpResponse;
import java.util.Map;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The scheduler in Open Liberty gives pods a node, through a real API server. */
@ExtendWith({LibertyServices.class, ArquillianExtension.class})
class SchedulerLibertyIT {
    private static KubernetesClient admin;

    @BeforeAll
    static void prepare() throws Exception {
        admin = LibertyServices.admin();
        Map<String, Quantity> resources = Map.of("cpu", new Quantity("2"), "memory", new Quantity("2Gi"), "pods", new Quantity("20"));
        Node node = new NodeBuilder().withNewMetadata().withName("it-node").addToLabels("kubernetes.io/hostname", "it-node").endMetadata().withNewStatus().withCapacity(resources).withAllocatable(resources).endStatus().build();
        LibertyServices.await("a node", () -> admin.nodes().resource(node).create());
        LibertyServices.await("the scheduler is ready", () -> LibertyServices.get("scheduler", "/readyz").statusCode() == 200 ? true : null);
        LibertyServices.await("the default service account", () -> admin.serviceAccounts().inNamespace("default").withName("default").get());
    }

    @AfterAll
    static void disconnect() {
        admin.close();
    }

    private static Pod pod(String name, String cpu) {
        return new PodBuilder().withNewMetadata().withName(name).withNamespace("default").endMetadata().withNewSpec()
                .addNewToleration().withOperator("Exists").endToleration()
                .addNewContainer().withName("c").withImage("busybox").withNewResources().addToRequests("cpu", new Quantity(cpu)).endResources().endContainer()
                .endSpec().build();
    }

    @Test
    void aPodGetsTheNodeItFits() throws Exception {
        admin.pods().resource(pod("fits", "500m")).create();
        Pod bound = LibertyServices.await("the pod has a node", () -> {
            Pod found = admin.pods().inNamespace("default").withName("fits").get();
            return found.getSpec().getNodeName() == null ? null : found;
        });
        assertThat(bound.getSpec().getNodeName()).isEqualTo("it-node");
        assertThat(bound.getStatus().getConditions()).extracting(PodCondition::getType, PodCondition::getStatus).contains(org.assertj.core.groups.Tuple.tuple("PodScheduled", "True"));
        LibertyServices.await("an event tells", () -> admin.v1().events().inNamespace("default").list().getItems().stream()
                .filter(event -> "Scheduled".equals(event.getReason()) && "Successfully assigned default/fits to it-node".equals(event.getMessage())).findFirst().orElse(null));
    }

    /** A claim of a class that waits for the first consumer gets a volume the pod's node reaches, and only then the pod gets its node. */
    @Test
    void aVolumeIsChosenWithTheNode() throws Exception {
        admin.resource(new StorageClassBuilder().withNewMetadata().withName("local").endMetadata().withProvisioner("kubernetes.io/no-provisioner").withVolumeBindingMode("WaitForFirstConsumer").build()).create();
        for (String node : new String[] {"elsewhere", "it-node"}) {
            admin.resource(new PersistentVolumeBuilder().withNewMetadata().withName("on-" + node).endMetadata().withNewSpec().withStorageClassName("local").withAccessModes("ReadWriteOnce")
                    .addToCapacity("storage", new Quantity("1Gi")).withNewLocal(null, "/mnt/disk").withNewNodeAffinity().withNewRequired().addNewNodeSelectorTerm()
                    .addNewMatchExpression().withKey("kubernetes.io/hostname").withOperator("In").withValues(node).endMatchExpression().endNodeSelectorTerm().endRequired().endNodeAffinity().endSpec().build()).create();
        }
        admin.resource(new PersistentVolumeClaimBuilder().withNewMetadata().withName("data").withNamespace("default").endMetadata().withNewSpec().withStorageClassName("local").withAccessModes("ReadWriteOnce")
                .withNewResources().addToRequests("storage", new Quantity("1Gi")).endResources().endSpec().build()).create();
        admin.pods().resource(new PodBuilder(pod("with-data", "100m")).editSpec().addNewVolume().withName("data").withNewPersistentVolumeClaim("data", false).endVolume().endSpec().build()).create();
        LibertyServices.await("the pod has a node", () -> admin.pods().inNamespace("default").withName("with-data").get().getSpec().getNodeName());
        assertThat(admin.persistentVolumeClaims().inNamespace("default").withName("data").get().getSpec().getVolumeName()).isEqualTo("on-it-node");
        assertThat(admin.persistentVolumes().withName("on-elsewhere").get().getSpec().getClaimRef()).isNull();
    }

    @Test
    void aPodThatFitsNowhereIsToldWhy() throws Exception {
        admin.pods().resource(pod("too-big", "64")).create();
        PodCondition condition = LibertyServices.await("the pod's condition", () -> admin.pods().inNamespace("default").withName("too-big").get().getStatus().getConditions().stream()
                .filter(c -> "PodScheduled".equals(c.getType()) && "Unschedulable".equals(c.getReason())).findFirst().orElse(null));
        assertThat(condition.getMessage()).startsWith("0/1 nodes are available: 1 Insufficient cpu.");
        HttpResponse<String> why = LibertyServices.get("scheduler", "/why/default/too-big");
        assertThat(why.body()).contains("Insufficient cpu");
        assertThat(LibertyServices.get("scheduler", "/metrics").body()).contains("scheduler_pending_pods{queue=\"unschedulable\"} 1", "scheduler_schedule_attempts_total{profile=\"default-scheduler\",result=\"unschedulable\"}");
    }
}
