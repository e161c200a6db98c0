package io.jakube.launcher.services;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The controllers in Open Liberty do their work through a real API server. */
@ExtendWith({LibertyServices.class, ArquillianExtension.class})
class ControllerLibertyIT {
    private static KubernetesClient admin;

    @BeforeAll
    static void connect() throws Exception {
        admin = LibertyServices.admin();
        LibertyServices.await("the controllers are ready", () -> LibertyServices.get("controller", "/readyz").statusCode() == 200 ? true : null);
        LibertyServices.await("a namespace", () -> admin.namespaces().withName("default").get());
    }

    @AfterAll
    static void disconnect() {
        admin.close();
    }

    private static List<Pod> pods(String app) {
        return admin.pods().inNamespace("default").withLabel("app", app).list().getItems().stream().filter(pod -> pod.getMetadata().getDeletionTimestamp() == null).toList();
    }

    @Test
    void aDeploymentMakesPodsAndItsEndTakesThemAlong() throws Exception {
        Deployment web = new DeploymentBuilder().withNewMetadata().withName("web").withNamespace("default").endMetadata().withNewSpec().withReplicas(3)
                .withNewSelector().addToMatchLabels("app", "web").endSelector()
                .withNewTemplate().withNewMetadata().addToLabels("app", "web").endMetadata()
                .withNewSpec().withNodeSelector(java.util.Map.of("nowhere", "true")).addNewContainer().withName("c").withImage("nginx").endContainer().endSpec().endTemplate().endSpec().build();
        admin.apps().deployments().resource(web).create();
        List<Pod> made = LibertyServices.await("three pods", () -> pods("web").size() == 3 ? pods("web") : null);
        ReplicaSet set = admin.apps().replicaSets().inNamespace("default").withLabel("app", "web").list().getItems().getFirst();
        assertThat(made).allSatisfy(pod -> {
            assertThat(pod.getMetadata().getOwnerReferences().getFirst().getName()).isEqualTo(set.getMetadata().getName());
            assertThat(pod.getMetadata().getName()).startsWith(set.getMetadata().getName() + "-");
        });
        assertThat(set.getMetadata().getOwnerReferences().getFirst().getName()).isEqualTo("web");
        LibertyServices.await("the status", () -> {
            Integer replicas = admin.apps().deployments().inNamespace("default").withName("web").get().getStatus().getUpdatedReplicas();
            return replicas != null && replicas == 3 ? true : null;
        });

        admin.apps().deployments().inNamespace("default").withName("web").scale(1);
        LibertyServices.await("one pod", () -> pods("web").size() == 1 ? true : null);

        admin.apps().deployments().inNamespace("default").withName("web").delete();
        LibertyServices.await("no pod", () -> pods("web").isEmpty() ? true : null);
    }

    @Test
    void everyNamespaceGetsItsServiceAccountAndAuthority() throws Exception {
        LibertyServices.await("the service account", () -> admin.serviceAccounts().inNamespace("default").withName("default").get());
        assertThat(LibertyServices.await("the authority", () -> admin.configMaps().inNamespace("default").withName("kube-root-ca.crt").get()).getData().get("ca.crt")).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(LibertyServices.get("controller", "/metrics").body()).contains("workqueue_adds_total{name=\"", "workqueue_work_duration_seconds_count{name=\"");
    }
}
