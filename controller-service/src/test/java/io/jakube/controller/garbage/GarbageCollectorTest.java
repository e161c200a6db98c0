package io.jakube.controller.garbage;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.jakube.common.client.DeleteOptions;
import io.jakube.common.status.ApiException;
import io.jakube.controller.cluster.TestCluster;
import io.jakube.controller.discovery.ResourceDiscovery;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GarbageCollectorTest {
    private final TestCluster cluster = new TestCluster(scope -> new GarbageCollector(scope, new ResourceDiscovery(scope.client())));

    private ConfigMap owner(String name) {
        return cluster.create(new ConfigMapBuilder().withNewMetadata().withNamespace("ns").withName(name).endMetadata().build());
    }

    private Secret dependent(String name, boolean blocks, HasMetadata... owners) {
        return cluster.create(new SecretBuilder().withNewMetadata().withNamespace("ns").withName(name)
                .withOwnerReferences(Arrays.stream(owners).map(o -> new OwnerReferenceBuilder().withApiVersion(o.getApiVersion()).withKind(o.getKind())
                        .withName(o.getMetadata().getName()).withUid(o.getMetadata().getUid()).withBlockOwnerDeletion(blocks).build()).toList())
                .endMetadata().build());
    }

    private void settle() {
        // Completion of the first listing is noticed on another thread.
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        do {
            cluster.advance(Duration.ofSeconds(2));
            Thread.yield();
        } while (System.nanoTime() < deadline && !done.getAsBoolean());
        cluster.settle();
    }

    private java.util.function.BooleanSupplier done = () -> true;

    private void until(java.util.function.BooleanSupplier condition) {
        done = condition;
        settle();
        assertThat(condition.getAsBoolean()).isTrue();
    }

    private boolean exists(HasMetadata object) {
        try {
            cluster.latest(object);
            return true;
        } catch (ApiException e) {
            return false;
        }
    }

    @Test
    void dependentsFollowTheirOwnerInTheBackground() {
        ConfigMap owner = owner("owner");
        Secret child = dependent("child", false, owner);
        Secret grandchild = dependent("grandchild", false, child);
        Secret free = dependent("free", false);
        settle();
        cluster.delete(owner, DeleteOptions.NONE);
        until(() -> !exists(child) && !exists(grandchild));
        assertThat(exists(free)).isTrue();
    }

    @Test
    void anObjectWithAnotherOwnerLosesOnlyTheReference() {
        ConfigMap one = owner("one");
        ConfigMap two = owner("two");
        Secret child = dependent("child", false, one, two);
        settle();
        cluster.delete(one, DeleteOptions.NONE);
        until(() -> cluster.latest(child).getMetadata().getOwnerReferences().size() == 1);
        assertThat(cluster.latest(child).getMetadata().getOwnerReferences()).singleElement().extracting("name").isEqualTo("two");
    }

    @Test
    void whatNamesAnOwnerThatNeverWasGoes() {
        ConfigMap never = new ConfigMapBuilder().withNewMetadata().withNamespace("ns").withName("never").withUid("no-such-uid").endMetadata().build();
        Secret child = dependent("child", false, never);
        until(() -> !exists(child));
    }

    @Test
    void foregroundDeletionWaitsForBlockingDependents() {
        ConfigMap owner = owner("owner");
        Secret child = dependent("child", true, owner);
        cluster.change(child, s -> new SecretBuilder(s).editMetadata().withFinalizers("example.com/hold").endMetadata().build());
        settle();
        cluster.delete(owner, DeleteOptions.NONE.withPropagationPolicy("Foreground"));
        until(() -> cluster.latest(child).getMetadata().getDeletionTimestamp() != null);
        assertThat(exists(owner)).isTrue();
        cluster.change(child, s -> new SecretBuilder(s).editMetadata().withFinalizers().endMetadata().build());
        until(() -> !exists(owner));
    }

    @Test
    void orphaningReleasesDependents() {
        ConfigMap owner = owner("owner");
        Secret child = dependent("child", true, owner);
        settle();
        cluster.delete(owner, DeleteOptions.NONE.withPropagationPolicy("Orphan"));
        until(() -> !exists(owner));
        assertThat(cluster.latest(child).getMetadata().getOwnerReferences()).isEmpty();
    }
}
