package io.jakube.agent.resources;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CgroupValuesTest {
    private static Container container(Map<String, Quantity> requests, Map<String, Quantity> limits) {
        return new ContainerBuilder().withName("c").withNewResources().withRequests(requests).withLimits(limits).endResources().build();
    }

    private static Map<String, Quantity> cpuMemory(String cpu, String memory) {
        return Map.of("cpu", new Quantity(cpu), "memory", new Quantity(memory));
    }

    @Test
    void requests_are_shares_and_limits_quotas() {
        CgroupValues values = CgroupValues.of(container(cpuMemory("250m", "64Mi"), cpuMemory("500m", "128Mi")).getResources());
        assertThat(values).isEqualTo(new CgroupValues(256, 50_000, 128 << 20));
    }

    @Test
    void without_a_request_the_limit_counts() {
        assertThat(CgroupValues.of(container(Map.of(), Map.of("cpu", new Quantity("2"))).getResources()).cpuShares()).isEqualTo(2048);
    }

    @Test
    void nothing_is_the_least_share_and_no_limit() {
        assertThat(CgroupValues.of(null)).isEqualTo(new CgroupValues(2, 0, 0));
    }

    @Test
    void tiny_limits_are_raised_to_what_the_kernel_takes() {
        assertThat(CgroupValues.of(container(Map.of(), Map.of("cpu", new Quantity("1m"))).getResources())).isEqualTo(new CgroupValues(2, 1000, 0));
    }

    @Test
    void a_pod_is_limited_only_where_all_its_containers_are() {
        Container limited = container(Map.of(), cpuMemory("1", "100Mi"));
        Container open = container(Map.of("cpu", new Quantity("1")), Map.of());
        assertThat(CgroupValues.ofPod(new PodSpecBuilder().withContainers(limited, limited).build())).isEqualTo(new CgroupValues(2048, 200_000, 200 << 20));
        assertThat(CgroupValues.ofPod(new PodSpecBuilder().withContainers(limited, open).build())).isEqualTo(new CgroupValues(2048, 0, 0));
    }

    @Test
    void the_oom_score_follows_the_class_and_the_memory_request() {
        Container guaranteed = container(cpuMemory("1", "1Gi"), cpuMemory("1", "1Gi"));
        Container burstable = container(Map.of("memory", new Quantity("1Gi")), Map.of());
        Container bestEffort = new ContainerBuilder().withName("c").build();
        assertThat(CgroupValues.oomScore(spec(guaranteed), guaranteed, 4L << 30)).isEqualTo(-997);
        assertThat(CgroupValues.oomScore(spec(burstable), burstable, 4L << 30)).isEqualTo(750);
        assertThat(CgroupValues.oomScore(spec(bestEffort), bestEffort, 4L << 30)).isEqualTo(1000);
    }

    @Test
    void the_class_is_guaranteed_only_with_equal_requests_and_limits() {
        assertThat(QosClass.of(spec(container(Map.of(), cpuMemory("1", "1Gi"))))).isEqualTo(QosClass.GUARANTEED);
        assertThat(QosClass.of(spec(container(cpuMemory("500m", "1Gi"), cpuMemory("1", "1Gi"))))).isEqualTo(QosClass.BURSTABLE);
        assertThat(QosClass.of(spec(container(Map.of(), Map.of("cpu", new Quantity("1")))))).isEqualTo(QosClass.BURSTABLE);
        assertThat(QosClass.of(spec(new ContainerBuilder().withName("c").build()))).isEqualTo(QosClass.BEST_EFFORT);
    }

    private static PodSpec spec(Container container) {
        return new PodSpecBuilder().withContainers(container).build();
    }
}
