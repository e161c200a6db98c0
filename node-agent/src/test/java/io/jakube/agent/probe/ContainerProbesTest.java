package io.jakube.agent.probe;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class ContainerProbesTest {
    private static final Probe EVERY_SECOND = new ProbeBuilder().withPeriodSeconds(1).withFailureThreshold(1).build();
    private final LinkedBlockingQueue<String> told = new LinkedBlockingQueue<>();

    @Test
    void without_probes_a_container_is_started_and_ready() {
        try (ContainerProbes probes = probes(new ContainerBuilder().withName("c").build(), CheckResult.PASSED)) {
            assertThat(probes.started()).isTrue();
            assertThat(probes.ready()).isTrue();
            assertThat(probes.livenessFailed()).isFalse();
        }
    }

    @Test
    void readiness_is_asked_again_soon_after_a_first_failure() throws InterruptedException {
        AtomicBoolean up = new AtomicBoolean();
        Probe slow = new ProbeBuilder().withPeriodSeconds(3600).build();
        Container container = new ContainerBuilder().withName("c").withReadinessProbe(slow).build();
        try (ContainerProbes probes = new ContainerProbes(container, p -> up.getAndSet(true) ? CheckResult.PASSED : CheckResult.failed("not yet"), Instant.now(),
                ContainerProbes.Before.NOTHING, () -> told.add("changed"), told::add)) {
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("Readiness probe failed: not yet");
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("changed");
            assertThat(probes.ready()).isTrue();
        }
    }

    @Test
    void however_often_a_probe_is_asked_the_pause_stays_within_the_period() {
        Duration pause = Duration.ofMillis(200);
        for (int i = 0; i < 1000; i++) {
            pause = ContainerProbes.longer(pause, Duration.ofSeconds(10));
        }
        assertThat(pause).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void a_failed_startup_probe_keeps_the_others_waiting() throws InterruptedException {
        Container container = new ContainerBuilder().withName("c").withStartupProbe(EVERY_SECOND).withReadinessProbe(EVERY_SECOND).build();
        try (ContainerProbes probes = probes(container, CheckResult.failed("no"))) {
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("Startup probe failed: no");
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("changed");
            assertThat(probes.startupFailed()).isTrue();
            assertThat(probes.started()).isFalse();
            assertThat(probes.ready()).isFalse();
        }
    }

    @Test
    void a_failed_liveness_probe_says_so() throws InterruptedException {
        Container container = new ContainerBuilder().withName("c").withLivenessProbe(EVERY_SECOND).build();
        try (ContainerProbes probes = probes(container, CheckResult.failed("dead"))) {
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("Liveness probe failed: dead");
            assertThat(told.poll(10, TimeUnit.SECONDS)).isEqualTo("changed");
            assertThat(probes.livenessFailed()).isTrue();
        }
    }

    @Test
    void what_an_earlier_agent_knew_is_kept() {
        Probe later = new ProbeBuilder(EVERY_SECOND).withInitialDelaySeconds(3600).build();
        Container container = new ContainerBuilder().withName("c").withStartupProbe(later).withReadinessProbe(later).build();
        try (ContainerProbes probes = new ContainerProbes(container, p -> CheckResult.PASSED, Instant.now(), new ContainerProbes.Before(true, true),
                () -> told.add("changed"), told::add)) {
            assertThat(probes.started()).isTrue();
            assertThat(probes.ready()).isTrue();
        }
    }

    private ContainerProbes probes(Container container, CheckResult result) {
        return new ContainerProbes(container, p -> result, Instant.now(), ContainerProbes.Before.NOTHING, () -> told.add("changed"), told::add);
    }
}
