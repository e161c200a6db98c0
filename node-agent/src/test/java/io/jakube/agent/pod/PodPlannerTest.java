package io.jakube.agent.pod;

import static io.jakube.agent.pod.ContainerRecord.State.CREATED;
import static io.jakube.agent.pod.ContainerRecord.State.EXITED;
import static io.jakube.agent.pod.ContainerRecord.State.RUNNING;
import static io.jakube.agent.pod.PodFixtures.HEALTHY;
import static io.jakube.agent.pod.PodFixtures.container;
import static io.jakube.agent.pod.PodFixtures.pod;
import static io.jakube.agent.pod.PodFixtures.record;
import static io.jakube.agent.pod.PodFixtures.sandbox;
import static io.jakube.agent.pod.PodFixtures.sidecar;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodPlannerTest {
    private static RuntimePod runtime(ContainerRecord... records) {
        return new RuntimePod(List.of(sandbox("s", true)), Arrays.asList(records));
    }

    private static List<String> starts(Pod pod, RuntimePod runtime) {
        return PodPlanner.plan(pod, runtime, HEALTHY).starts().stream().map(Container::getName).toList();
    }

    @Test
    void a_new_pod_needs_a_sandbox_first() {
        PodPlan plan = PodPlanner.plan(pod("Always", List.of(), container("a")), RuntimePod.NONE, HEALTHY);
        assertThat(plan.sandboxAttempt()).contains(0);
        assertThat(plan.starts()).isEmpty();
    }

    @Test
    void all_regular_containers_start_together() {
        assertThat(starts(pod("Always", List.of(), container("a"), container("b")), runtime())).containsExactly("a", "b");
    }

    @Test
    void init_containers_run_one_by_one_before_the_others() {
        Pod pod = pod("Always", List.of(container("i1"), container("i2")), container("a"));
        assertThat(starts(pod, runtime())).containsExactly("i1");
        assertThat(starts(pod, runtime(record("i1", RUNNING, 0)))).isEmpty();
        assertThat(starts(pod, runtime(record("i1", EXITED, 0)))).containsExactly("i2");
        assertThat(starts(pod, runtime(record("i1", EXITED, 0), record("i2", EXITED, 0)))).containsExactly("a");
    }

    @Test
    void a_failed_init_container_runs_again_unless_the_policy_is_never() {
        assertThat(starts(pod("OnFailure", List.of(container("i")), container("a")), runtime(record("i", EXITED, 1)))).containsExactly("i");
        assertThat(starts(pod("Never", List.of(container("i")), container("a")), runtime(record("i", EXITED, 1)))).isEmpty();
    }

    @Test
    void a_sidecar_lets_the_next_one_begin_when_it_has_started_and_is_kept_running() {
        Pod pod = pod("Never", List.of(sidecar("s1"), container("i")), container("a"));
        assertThat(starts(pod, runtime())).containsExactly("s1");
        assertThat(starts(pod, runtime(record("s1", RUNNING, 0)))).containsExactly("i");
        assertThat(PodPlanner.plan(pod, runtime(record("s1", RUNNING, 0)), PodFixtures.view(false, false, false)).starts()).isEmpty();
        assertThat(starts(pod, runtime(record("s1", EXITED, 0), record("i", EXITED, 0), record("a", RUNNING, 0)))).containsExactly("s1");
    }

    @Test
    void the_restart_policy_decides_about_exited_containers() {
        assertThat(starts(pod("Always", List.of(), container("a")), runtime(record("a", EXITED, 0)))).containsExactly("a");
        assertThat(starts(pod("OnFailure", List.of(), container("a")), runtime(record("a", EXITED, 0)))).isEmpty();
        assertThat(starts(pod("OnFailure", List.of(), container("a")), runtime(record("a", EXITED, 2)))).containsExactly("a");
        assertThat(starts(pod("Never", List.of(), container("a")), runtime(record("a", EXITED, 2)))).isEmpty();
    }

    @Test
    void a_container_created_but_never_started_is_started_anew() {
        assertThat(starts(pod("Never", List.of(), container("a")), runtime(record("a", CREATED, 0)))).containsExactly("a");
    }

    @Test
    void a_dead_sandbox_is_replaced_only_for_containers_that_should_run() {
        RuntimePod dead = new RuntimePod(List.of(sandbox("s", false)), List.of(record("a", EXITED, 0)));
        assertThat(PodPlanner.plan(pod("Always", List.of(), container("a")), dead, HEALTHY).sandboxAttempt()).contains(1);
        assertThat(PodPlanner.plan(pod("OnFailure", List.of(), container("a")), dead, HEALTHY).sandboxAttempt()).isEmpty();
        assertThat(PodPlanner.plan(pod("Never", List.of(), container("a")), dead, HEALTHY).sandboxAttempt()).isEmpty();
    }

    @Test
    void initialisation_begins_again_in_a_new_sandbox() {
        Pod pod = pod("Always", List.of(container("i")), container("a"));
        RuntimePod fresh = new RuntimePod(List.of(sandbox("new", true), sandbox("s", false)), List.of(record("a", EXITED, 137), record("i", EXITED, 0)));
        assertThat(starts(pod, fresh)).containsExactly("i");
    }

    @Test
    void failed_probes_and_a_new_image_stop_a_container() {
        Pod pod = pod("Always", List.of(), new io.fabric8.kubernetes.api.model.ContainerBuilder(container("a"))
                .withNewLivenessProbe().withTerminationGracePeriodSeconds(3L).endLivenessProbe().withNewStartupProbe().endStartupProbe().build());
        List<PodPlan.Kill> liveness = PodPlanner.plan(pod, runtime(record("a", RUNNING, 0)), PodFixtures.view(true, true, false)).kills();
        assertThat(liveness).singleElement().satisfies(kill -> {
            assertThat(kill.message()).isEqualTo("Container a failed liveness probe, will be restarted");
            assertThat(kill.grace()).contains(java.time.Duration.ofSeconds(3));
        });
        assertThat(PodPlanner.plan(pod, runtime(record("a", RUNNING, 0)), PodFixtures.view(false, false, true)).kills())
                .extracting(PodPlan.Kill::message).containsExactly("Container a failed startup probe, will be restarted");
        pod.getSpec().getContainers().getFirst().setImage("another");
        assertThat(PodPlanner.plan(pod, runtime(record("a", RUNNING, 0)), HEALTHY).kills())
                .extracting(PodPlan.Kill::message).containsExactly("Container a definition changed, will be restarted");
    }
}
