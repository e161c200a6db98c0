package io.jakube.controller.disruption;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.jakube.common.client.DeleteOptions;
import io.jakube.controller.cluster.TestCluster;
import io.jakube.controller.deployment.DeploymentController;
import io.jakube.controller.replicaset.ReplicaSetController;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DisruptionControllerTest {
    private final TestCluster cluster = new TestCluster(ReplicaSetController::new, DeploymentController::new, DisruptionController::new);

    private Deployment web(int replicas) {
        Deployment web = cluster.create(new DeploymentBuilder().withNewMetadata().withNamespace("ns").withName("web").endMetadata()
                .withNewSpec().withReplicas(replicas).withNewSelector().addToMatchLabels("app", "web").endSelector()
                .withNewTemplate().withNewMetadata().addToLabels("app", "web").endMetadata().withNewSpec().addNewContainer().withName("c").endContainer().endSpec().endTemplate().endSpec().build());
        cluster.converge();
        return web;
    }

    private PodDisruptionBudget budget(IntOrString minAvailable, IntOrString maxUnavailable) {
        PodDisruptionBudget budget = cluster.create(new PodDisruptionBudgetBuilder().withNewMetadata().withNamespace("ns").withName("b").endMetadata()
                .withNewSpec().withMinAvailable(minAvailable).withMaxUnavailable(maxUnavailable).withNewSelector().addToMatchLabels("app", "web").endSelector().endSpec().build());
        cluster.settle();
        return budget;
    }

    @Test
    void minAvailableAllowsWhatIsAboveIt() {
        web(4);
        PodDisruptionBudget budget = budget(new IntOrString(3), null);
        assertThat(cluster.latest(budget).getStatus()).satisfies(s -> {
            assertThat(s.getExpectedPods()).isEqualTo(4);
            assertThat(s.getDesiredHealthy()).isEqualTo(3);
            assertThat(s.getCurrentHealthy()).isEqualTo(4);
            assertThat(s.getDisruptionsAllowed()).isEqualTo(1);
            assertThat(s.getConditions()).singleElement().satisfies(c -> assertThat(c.getReason()).isEqualTo("SufficientPods"));
        });
        cluster.delete(cluster.pods().getFirst(), DeleteOptions.NONE);
        cluster.settle();
        assertThat(cluster.latest(budget).getStatus().getDisruptionsAllowed()).isZero();
        assertThat(cluster.latest(budget).getStatus().getConditions().getFirst().getReason()).isEqualTo("InsufficientPods");
        cluster.converge();
        assertThat(cluster.latest(budget).getStatus().getDisruptionsAllowed()).isEqualTo(1);
    }

    @Test
    void maxUnavailableCountsFromTheDeploymentsScale() {
        web(4);
        PodDisruptionBudget budget = budget(null, new IntOrString("50%"));
        assertThat(cluster.latest(budget).getStatus().getDisruptionsAllowed()).isEqualTo(2);
        assertThat(cluster.latest(budget).getStatus().getDesiredHealthy()).isEqualTo(2);
    }

    @Test
    void anEvictionCountsUntilItsPodGoes() {
        web(2);
        PodDisruptionBudget budget = budget(new IntOrString(1), null);
        cluster.changeStatus(budget, b -> new PodDisruptionBudgetBuilder(b).editStatus().withDisruptionsAllowed(0)
                .withDisruptedPods(Map.of(cluster.pods().getFirst().getMetadata().getName(), cluster.now().toString())).endStatus().build());
        cluster.settle();
        assertThat(cluster.latest(budget).getStatus().getDisruptionsAllowed()).isZero();
        cluster.advance(Duration.ofMinutes(2));
        assertThat(cluster.latest(budget).getStatus().getDisruptionsAllowed()).isEqualTo(1);
        assertThat(cluster.latest(budget).getStatus().getDisruptedPods()).isNullOrEmpty();
    }
}
