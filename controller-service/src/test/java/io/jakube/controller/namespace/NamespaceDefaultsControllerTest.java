package io.jakube.controller.namespace;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.jakube.common.client.DeleteOptions;
import io.jakube.controller.cluster.TestCluster;
import org.junit.jupiter.api.Test;

class NamespaceDefaultsControllerTest {
    private final TestCluster cluster = new TestCluster(scope -> new NamespaceDefaultsController(scope, "PEM"));

    @Test
    void everyNamespaceHasItsDefaultsAndGetsThemBack() {
        cluster.create(new NamespaceBuilder().withNewMetadata().withName("dev").endMetadata().build());
        cluster.settle();
        assertThat(cluster.api.list(ServiceAccount.class)).singleElement().satisfies(a -> assertThat(a.getMetadata().getNamespace()).isEqualTo("dev"));
        ConfigMap rootCa = cluster.api.get(ConfigMap.class, "dev", "kube-root-ca.crt");
        assertThat(rootCa.getData()).containsEntry("ca.crt", "PEM");

        cluster.delete(cluster.api.list(ServiceAccount.class).getFirst(), DeleteOptions.NONE);
        cluster.change(rootCa, c -> new ConfigMapBuilder(c).addToData("ca.crt", "forged").build());
        cluster.settle();
        assertThat(cluster.api.list(ServiceAccount.class)).hasSize(1);
        assertThat(cluster.latest(rootCa).getData()).containsEntry("ca.crt", "PEM");
        cluster.delete(rootCa, DeleteOptions.NONE);
        cluster.settle();
        assertThat(cluster.api.list(ConfigMap.class)).hasSize(1);
    }
}
