package io.jakube.controller.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NamespaceCondition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.jakube.common.client.DeleteOptions;
import io.jakube.controller.cluster.TestCluster;
import io.jakube.controller.discovery.ResourceDiscovery;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NamespaceControllerTest {
    private final TestCluster cluster = new TestCluster(scope -> new NamespaceController(scope, new ResourceDiscovery(scope.client())));
    private final Namespace dev = cluster.create(new NamespaceBuilder().withNewMetadata().withName("dev").endMetadata().withNewSpec().withFinalizers("kubernetes").endSpec().build());

    private ConfigMap configMap(String... finalizers) {
        return cluster.create(new ConfigMapBuilder().withNewMetadata().withNamespace("dev").withName("c").withFinalizers(finalizers).endMetadata().build());
    }

    private NamespaceCondition condition(String type) {
        return cluster.latest(dev).getStatus().getConditions().stream().filter(c -> c.getType().equals(type)).findFirst().orElseThrow();
    }

    @Test
    void anEmptiedNamespaceGoes() {
        configMap();
        cluster.delete(dev, DeleteOptions.NONE);
        cluster.settle();
        assertThat(cluster.api.list(Namespace.class)).isEmpty();
        assertThat(cluster.api.list(ConfigMap.class)).isEmpty();
    }

    @Test
    void podsGoBeforeAnythingElse() {
        configMap();
        Pod pod = cluster.makeReady(cluster.create(new PodBuilder().withNewMetadata().withNamespace("dev").withName("p").endMetadata().withNewSpec().endSpec().build()));
        cluster.delete(dev, DeleteOptions.NONE);
        cluster.settle();
        assertThat(cluster.latest(pod).getMetadata().getDeletionTimestamp()).isNotNull();
        assertThat(cluster.api.list(ConfigMap.class)).hasSize(1);
        assertThat(condition("NamespaceContentRemaining")).satisfies(c -> {
            assertThat(c.getStatus()).isEqualTo("True");
            assertThat(c.getMessage()).isEqualTo("Some resources are remaining: pods. has 1 resource instances");
        });
        cluster.delete(pod, DeleteOptions.NONE.withGracePeriodSeconds(0));
        cluster.advance(Duration.ofSeconds(5));
        assertThat(cluster.api.list(Namespace.class)).isEmpty();
    }

    @Test
    void finalizersThatHoldContentAreNamed() {
        ConfigMap held = configMap("example.com/hold");
        cluster.delete(dev, DeleteOptions.NONE);
        cluster.settle();
        assertThat(condition("NamespaceFinalizersRemaining").getMessage())
                .isEqualTo("Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances");
        cluster.change(held, c -> new ConfigMapBuilder(c).editMetadata().withFinalizers().endMetadata().build());
        cluster.advance(Duration.ofSeconds(5));
        assertThat(cluster.api.list(Namespace.class)).isEmpty();
    }
}
