package io.jakube.agent.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.jakube.agent.api.FakeClusterObjects;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentBuilderTest {
    private final FakeClusterObjects objects = new FakeClusterObjects();

    private static FieldValues fields(Container container) {
        Pod pod = new PodBuilder()
                .withNewMetadata().withName("p").withNamespace("ns").withUid("u").addToLabels("app", "web").addToAnnotations("a", "x\ny").endMetadata()
                .withNewSpec().withContainers(container).withNodeName("n").endSpec()
                .build();
        return new FieldValues(pod, List.of("10.0.0.2"), List.of("192.0.2.1"), Map.of("memory", new Quantity("2Gi"), "cpu", new Quantity("4")));
    }

    @Test
    void later_sources_win_and_references_see_what_is_before_them() throws ConfigurationException {
        objects.configMap("ns", "c", Map.of("A", "config", "B", "config"));
        objects.secret("ns", "s", Map.of("S", "hidden"));
        Container container = new ContainerBuilder()
                .withName("c")
                .addNewEnvFrom().withNewConfigMapRef("c", false).endEnvFrom()
                .addNewEnvFrom().withPrefix("P_").withNewSecretRef("s", false).endEnvFrom()
                .addNewEnv().withName("B").withValue("own").endEnv()
                .addNewEnv().withName("REF").withValue("$(A)-$(B)-$(P_S)-$(LATER)").endEnv()
                .addNewEnv().withName("LATER").withValue("x").endEnv()
                .addNewEnv().withName("IP").withNewValueFrom().withNewFieldRef("v1", "status.podIP").endValueFrom().endEnv()
                .addNewEnv().withName("LABEL").withNewValueFrom().withNewFieldRef("v1", "metadata.labels['app']").endValueFrom().endEnv()
                .addNewEnv().withName("KEY").withNewValueFrom().withNewSecretKeyRef("S", "s", false).endValueFrom().endEnv()
                .addNewEnv().withName("LIMIT").withNewValueFrom().withNewResourceFieldRef().withDivisor(new Quantity("1Mi")).withResource("limits.memory").endResourceFieldRef().endValueFrom().endEnv()
                .build();
        assertThat(new EnvironmentBuilder(objects).build(fields(container), container)).isEqualTo(Map.of(
                "A", "config", "B", "own", "P_S", "hidden", "REF", "config-own-hidden-$(LATER)", "LATER", "x", "IP", "10.0.0.2", "LABEL", "web", "KEY", "hidden",
                "LIMIT", "2048"));
    }

    @Test
    void what_is_missing_is_named_unless_it_is_optional() throws ConfigurationException {
        Container container = new ContainerBuilder().withName("c").addNewEnvFrom().withNewConfigMapRef("c", false).endEnvFrom().build();
        assertThatThrownBy(() -> new EnvironmentBuilder(objects).build(fields(container), container)).hasMessage("configmap \"c\" not found");
        Container optional = new ContainerBuilder().withName("c").addNewEnvFrom().withNewConfigMapRef("c", true).endEnvFrom()
                .addNewEnv().withName("X").withNewValueFrom().withNewSecretKeyRef("k", "s", true).endValueFrom().endEnv().build();
        assertThat(new EnvironmentBuilder(objects).build(fields(optional), optional)).isEmpty();
        objects.configMap("ns", "c", Map.of());
        Container key = new ContainerBuilder().withName("c").addNewEnv().withName("X").withNewValueFrom().withNewConfigMapKeyRef("k", "c", false).endValueFrom().endEnv().build();
        assertThatThrownBy(() -> new EnvironmentBuilder(objects).build(fields(key), key)).hasMessage("couldn't find key k in ConfigMap ns/c");
    }

    @Test
    void services_are_told_unless_links_are_off() throws ConfigurationException {
        objects.service("default", "kubernetes", "10.96.0.1", 443);
        objects.service("ns", "my-web", "10.96.1.2", 80);
        Container container = new ContainerBuilder().withName("c").build();
        FieldValues fields = fields(container);
        assertThat(new EnvironmentBuilder(objects).build(fields, container))
                .containsEntry("KUBERNETES_SERVICE_HOST", "10.96.0.1")
                .containsEntry("KUBERNETES_PORT_443_TCP_ADDR", "10.96.0.1")
                .containsEntry("MY_WEB_SERVICE_PORT", "80")
                .containsEntry("MY_WEB_PORT", "tcp://10.96.1.2:80");
        fields.pod().getSpec().setEnableServiceLinks(false);
        assertThat(new EnvironmentBuilder(objects).build(fields, container)).containsKey("KUBERNETES_SERVICE_HOST").doesNotContainKey("MY_WEB_PORT");
    }
}
