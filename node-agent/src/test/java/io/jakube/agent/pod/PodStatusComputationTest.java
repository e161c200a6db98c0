package io.jakube.agent.pod;

import static io.jakube.agent.pod.ContainerRecord.State.EXITED;
import static io.jakube.agent.pod.ContainerRecord.State.RUNNING;
import static io.jakube.agent.pod.PodFixtures.container;
import static io.jakube.agent.pod.PodFixtures.input;
import static io.jakube.agent.pod.PodFixtures.pod;
import static io.jakube.agent.pod.PodFixtures.record;
import static io.jakube.agent.pod.PodFixtures.sandbox;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.PodReadinessGate;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PodStatusComputationTest {
    private static RuntimePod runtime(ContainerRecord... records) {
        return new RuntimePod(List.of(sandbox("s", true)), Arrays.asList(records));
    }

    private static PodStatus compute(Pod pod, RuntimePod runtime) {
        return PodStatusComputation.compute(input(pod, runtime, Map.of(), false));
    }

    private static PodCondition condition(PodStatus status, String type) {
        return status.getConditions().stream().filter(c -> c.getType().equals(type)).findFirst().orElseThrow();
    }

    @Test
    void before_anything_runs_a_pod_is_pending() {
        PodStatus status = compute(pod("Always", List.of(), container("a")), RuntimePod.NONE);
        assertThat(status.getPhase()).isEqualTo("Pending");
        assertThat(status.getContainerStatuses().getFirst().getState().getWaiting().getReason()).isEqualTo("ContainerCreating");
        assertThat(condition(status, "PodReadyToStartContainers").getStatus()).isEqualTo("False");
        assertThat(condition(status, "ContainersReady").getMessage()).isEqualTo("containers with unready status: [a]");
        assertThat(condition(status, "PodScheduled").getStatus()).isEqualTo("True");
        assertThat(status.getHostIP()).isEqualTo("192.0.2.1");
        assertThat(status.getPodIP()).isNull();
    }

    @Test
    void a_running_pod_is_ready_with_its_address() {
        PodStatus status = compute(pod("Always", List.of(), container("a")), runtime(record("a", RUNNING, 0)));
        assertThat(status.getPhase()).isEqualTo("Running");
        assertThat(status.getPodIP()).isEqualTo("10.0.0.2");
        assertThat(status.getConditions()).extracting(PodCondition::getType, PodCondition::getStatus).containsExactly(
                org.assertj.core.groups.Tuple.tuple("PodReadyToStartContainers", "True"),
                org.assertj.core.groups.Tuple.tuple("Initialized", "True"),
                org.assertj.core.groups.Tuple.tuple("Ready", "True"),
                org.assertj.core.groups.Tuple.tuple("ContainersReady", "True"),
                org.assertj.core.groups.Tuple.tuple("PodScheduled", "True"));
        ContainerStatus container = status.getContainerStatuses().getFirst();
        assertThat(container.getContainerID()).isEqualTo("containerd://a-0");
        assertThat(container.getStarted()).isTrue();
        assertThat(container.getReady()).isTrue();
    }

    @Test
    void while_init_containers_run_the_others_wait_for_them() {
        PodStatus status = compute(pod("Always", List.of(container("i")), container("a")), runtime(record("i", RUNNING, 0)));
        assertThat(status.getPhase()).isEqualTo("Pending");
        assertThat(status.getContainerStatuses().getFirst().getState().getWaiting().getReason()).isEqualTo("PodInitializing");
        assertThat(condition(status, "Initialized").getMessage()).isEqualTo("containers with incomplete status: [i]");
    }

    @Test
    void a_crashing_container_waits_and_shows_its_last_end() {
        PodStatus status = PodStatusComputation.compute(input(pod("Always", List.of(), container("a")), runtime(record("a", EXITED, 3, 4, "s")),
                Map.of("a", new WaitingReason("CrashLoopBackOff", "back-off")), false));
        ContainerStatus container = status.getContainerStatuses().getFirst();
        assertThat(status.getPhase()).isEqualTo("Running");
        assertThat(container.getRestartCount()).isEqualTo(4);
        assertThat(container.getState().getWaiting().getReason()).isEqualTo("CrashLoopBackOff");
        assertThat(container.getLastState().getTerminated().getExitCode()).isEqualTo(3);
        assertThat(container.getLastState().getTerminated().getReason()).isEqualTo("Error");
    }

    @Test
    void finished_pods_succeed_or_fail_by_exit_code() {
        PodStatus succeeded = compute(pod("Never", List.of(), container("a")), runtime(record("a", EXITED, 0)));
        assertThat(succeeded.getPhase()).isEqualTo("Succeeded");
        assertThat(condition(succeeded, "Ready").getReason()).isEqualTo("PodCompleted");
        PodStatus failed = compute(pod("Never", List.of(), container("a"), container("b")), runtime(record("a", EXITED, 0), record("b", EXITED, 1)));
        assertThat(failed.getPhase()).isEqualTo("Failed");
        assertThat(compute(pod("OnFailure", List.of(), container("a")), runtime(record("a", EXITED, 1))).getPhase()).isEqualTo("Running");
        assertThat(compute(pod("Never", List.of(container("i")), container("a")), runtime(record("i", EXITED, 1))).getPhase()).isEqualTo("Failed");
    }

    @Test
    void a_stopped_pod_of_any_policy_has_a_final_phase() {
        Pod pod = pod("Always", List.of(), container("a"));
        assertThat(PodStatusComputation.compute(input(pod, runtime(record("a", EXITED, 0)), Map.of(), true)).getPhase()).isEqualTo("Succeeded");
        assertThat(PodStatusComputation.compute(input(pod, runtime(record("a", EXITED, 137)), Map.of(), true)).getPhase()).isEqualTo("Failed");
    }

    @Test
    void a_readiness_gate_holds_readiness_back() {
        Pod pod = pod("Always", List.of(), container("a"));
        pod.getSpec().setReadinessGates(List.of(new PodReadinessGate("example.com/gate")));
        PodStatus status = compute(pod, runtime(record("a", RUNNING, 0)));
        assertThat(condition(status, "ContainersReady").getStatus()).isEqualTo("True");
        assertThat(condition(status, "Ready").getReason()).isEqualTo("ReadinessGatesNotReady");
        assertThat(condition(status, "Ready").getMessage()).isEqualTo("corresponding condition of pod readiness gate \"example.com/gate\" does not exist.");
    }

    @Test
    void a_container_lost_without_a_trace_is_reported_as_unknown() {
        Pod pod = pod("Always", List.of(), container("a"));
        pod.setStatus(compute(pod, runtime(record("a", RUNNING, 0))));
        ContainerStatus lost = compute(pod, RuntimePod.NONE).getContainerStatuses().getFirst();
        assertThat(lost.getRestartCount()).isEqualTo(1);
        assertThat(lost.getLastState().getTerminated().getReason()).isEqualTo("ContainerStatusUnknown");
        assertThat(lost.getLastState().getTerminated().getExitCode()).isEqualTo(137);
        assertThat(lost.getState().getWaiting().getReason()).isEqualTo("ContainerCreating");
    }

    @Test
    void unchanged_state_gives_an_equal_status() {
        Pod pod = pod("Always", List.of(), container("a"));
        PodStatus first = compute(pod, runtime(record("a", RUNNING, 0)));
        pod.setStatus(first);
        PodStatusInput again = input(pod, runtime(record("a", RUNNING, 0)), Map.of(), false);
        PodStatusInput later = new PodStatusInput(again.pod(), again.previous(), again.runtime(), again.probes(), again.reasons(), again.hooksRunning(), false,
                again.failure(), again.hostIps(), again.startTime(), PodFixtures.NOW.plusSeconds(60));
        assertThat(PodStatusComputation.compute(later)).isEqualTo(first);
    }
}
