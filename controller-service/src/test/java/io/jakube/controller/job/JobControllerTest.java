package io.jakube.controller.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.jakube.common.status.ApiException;
import io.jakube.controller.cluster.TestCluster;
import io.jakube.controller.pods.PodStates;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobControllerTest {
    private final TestCluster cluster = new TestCluster(JobController::new);

    private static JobBuilder job(int completions, int parallelism) {
        return new JobBuilder().withNewMetadata().withNamespace("ns").withName("work").endMetadata()
                .withNewSpec().withCompletions(completions).withParallelism(parallelism).withBackoffLimit(2).withCompletionMode("NonIndexed")
                .withNewSelector().addToMatchLabels("job", "work").endSelector()
                .withNewTemplate().withNewMetadata().addToLabels("job", "work").endMetadata()
                .withNewSpec().withRestartPolicy("Never").addNewContainer().withName("c").withImage("busybox").endContainer().endSpec().endTemplate().endSpec();
    }

    private List<Pod> active() {
        return cluster.pods().stream().filter(PodStates::isActive).toList();
    }

    private Pod finish(Pod pod, String phase) {
        cluster.makeReady(pod);
        Pod finished = cluster.changeStatus(pod, p -> new PodBuilder(p).editStatus().withPhase(phase)
                .withContainerStatuses(new io.fabric8.kubernetes.api.model.ContainerStatusBuilder().withName("c").withNewState().withNewTerminated()
                        .withExitCode(phase.equals("Succeeded") ? 0 : 42).withFinishedAt(cluster.now().toString()).endTerminated().endState().build())
                .withConditions(new io.fabric8.kubernetes.api.model.PodConditionBuilder().withType("Ready").withStatus("False").withLastTransitionTime(cluster.now().toString()).build())
                .endStatus().build());
        cluster.settle();
        return finished;
    }

    private List<String> conditions(Job job) {
        return cluster.latest(job).getStatus().getConditions().stream().filter(c -> c.getStatus().equals("True")).map(c -> c.getType() + "/" + c.getReason()).toList();
    }

    @Test
    void runsToCompletionCountingEachPodOnce() {
        Job job = cluster.create(job(3, 2).build());
        cluster.settle();
        assertThat(cluster.pods()).hasSize(2).allSatisfy(p -> assertThat(p.getMetadata().getFinalizers()).containsExactly(JobPods.FINALIZER));
        assertThat(cluster.latest(job).getStatus().getActive()).isEqualTo(2);
        assertThat(cluster.latest(job).getStatus().getStartTime()).isNotNull();
        finish(active().getFirst(), "Succeeded");
        assertThat(cluster.latest(job).getStatus().getSucceeded()).isEqualTo(1);
        assertThat(active()).hasSize(2);
        finish(active().getFirst(), "Succeeded");
        finish(active().getFirst(), "Succeeded");
        assertThat(cluster.latest(job).getStatus().getSucceeded()).isEqualTo(3);
        assertThat(cluster.latest(job).getStatus().getActive()).isNull();
        assertThat(cluster.latest(job).getStatus().getCompletionTime()).isNotNull();
        assertThat(conditions(job)).containsExactly("SuccessCriteriaMet/CompletionsReached", "Complete/CompletionsReached");
        assertThat(cluster.pods()).hasSize(3).allSatisfy(p -> assertThat(p.getMetadata().getFinalizers()).isEmpty());
        assertThat(cluster.events()).contains("Completed Job completed");
        cluster.api.forgetRequests();
        cluster.advance(Duration.ofHours(1));
        assertThat(cluster.api.requests()).isEmpty();
    }

    @Test
    void retriesWithGrowingDelayUntilTheLimit() {
        Job job = cluster.create(job(1, 1).build());
        cluster.settle();
        finish(active().getFirst(), "Failed");
        assertThat(cluster.latest(job).getStatus().getFailed()).isEqualTo(1);
        assertThat(active()).isEmpty();
        cluster.advance(Duration.ofSeconds(9));
        assertThat(active()).isEmpty();
        cluster.advance(Duration.ofSeconds(1));
        assertThat(active()).hasSize(1);
        finish(active().getFirst(), "Failed");
        cluster.advance(Duration.ofSeconds(19));
        assertThat(active()).isEmpty();
        cluster.advance(Duration.ofSeconds(1));
        finish(active().getFirst(), "Failed");
        assertThat(cluster.latest(job).getStatus().getFailed()).isEqualTo(3);
        assertThat(conditions(job)).containsExactly("FailureTarget/BackoffLimitExceeded", "Failed/BackoffLimitExceeded");
        assertThat(cluster.events()).contains("BackoffLimitExceeded Job has reached the specified backoff limit");
        cluster.advance(Duration.ofHours(1));
        assertThat(cluster.pods()).hasSize(3);
    }

    @Test
    void aPodIsCountedOnceThoughWritesFailInBetween() {
        Job job = cluster.create(job(2, 1).build());
        cluster.settle();
        cluster.api.failIf(r -> r.startsWith("PATCH /api/v1/namespaces/ns/pods") ? ApiException.unavailable("no") : null);
        finish(active().getFirst(), "Succeeded");
        cluster.advance(Duration.ofSeconds(30));
        assertThat(cluster.latest(job).getStatus().getSucceeded()).isNull();
        assertThat(cluster.latest(job).getStatus().getUncountedTerminatedPods().getSucceeded()).hasSize(1);
        cluster.api.failIf(r -> null);
        cluster.advance(Duration.ofSeconds(1000));
        assertThat(cluster.latest(job).getStatus().getSucceeded()).isEqualTo(1);
        assertThat(cluster.latest(job).getStatus().getUncountedTerminatedPods().getSucceeded()).isEmpty();
    }

    @Test
    void indexedJobsRunEachIndexOnce() {
        Job job = cluster.create(job(3, 3).editSpec().withCompletionMode("Indexed").endSpec().build());
        cluster.settle();
        assertThat(cluster.pods()).extracting(JobIndexes::of).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(cluster.pods()).allSatisfy(p -> {
            assertThat(p.getSpec().getHostname()).isEqualTo("work-" + JobIndexes.of(p));
            assertThat(p.getSpec().getContainers().getFirst().getEnv()).extracting("name").contains("JOB_COMPLETION_INDEX");
        });
        Pod one = cluster.pods().stream().filter(p -> JobIndexes.of(p) == 1).findFirst().orElseThrow();
        finish(one, "Failed");
        cluster.advance(Duration.ofSeconds(10));
        assertThat(active()).extracting(JobIndexes::of).containsExactlyInAnyOrder(0, 1, 2);
        active().forEach(p -> finish(p, "Succeeded"));
        assertThat(cluster.latest(job).getStatus().getCompletedIndexes()).isEqualTo("0-2");
        assertThat(conditions(job)).contains("Complete/CompletionsReached");
    }

    @Test
    void suspendingDeletesPodsWithoutCountingThemAndResumingStartsAnew() {
        Job job = cluster.create(job(2, 2).build());
        cluster.settle();
        cluster.pods().forEach(cluster::makeReady);
        cluster.change(job, j -> new JobBuilder(j).editSpec().withSuspend(true).endSpec().build());
        cluster.settle();
        cluster.runPods();
        assertThat(cluster.pods()).isEmpty();
        assertThat(conditions(job)).containsExactly("Suspended/JobSuspended");
        assertThat(cluster.latest(job).getStatus().getFailed()).isNull();
        cluster.change(job, j -> new JobBuilder(j).editSpec().withSuspend(false).endSpec().build());
        cluster.settle();
        assertThat(active()).hasSize(2);
        assertThat(conditions(job)).isEmpty();
    }

    @Test
    void theDeadlineEndsTheJob() {
        Job job = cluster.create(job(1, 1).editSpec().withActiveDeadlineSeconds(60L).endSpec().build());
        cluster.settle();
        cluster.makeReady(cluster.pods().getFirst());
        cluster.advance(Duration.ofSeconds(59));
        assertThat(conditions(job)).isEmpty();
        cluster.advance(Duration.ofSeconds(2));
        assertThat(conditions(job)).contains("FailureTarget/DeadlineExceeded");
        cluster.runPods();
        assertThat(conditions(job)).contains("Failed/DeadlineExceeded");
        assertThat(active()).isEmpty();
    }

    @Test
    void aFailurePolicyMayEndTheJobAtOnceOrIgnoreAFailure() {
        Job job = cluster.create(job(1, 1).editSpec().withNewPodFailurePolicy().addNewRule().withAction("FailJob").withNewOnExitCodes().withOperator("In").withValues(42).endOnExitCodes().endRule()
                .endPodFailurePolicy().endSpec().build());
        cluster.settle();
        finish(active().getFirst(), "Failed");
        assertThat(conditions(job)).containsExactly("FailureTarget/PodFailurePolicy", "Failed/PodFailurePolicy");
        assertThat(JobConditions.of(cluster.latest(job)).getFirst().getMessage()).isEqualTo("Container c for pod ns/work-00001 failed with exit code 42 matching FailJob rule at index 0");
    }

    @Test
    void finishedJobsAreDeletedAfterTheirTimeToLive() {
        Job job = cluster.create(job(1, 1).editSpec().withTtlSecondsAfterFinished(30).endSpec().build());
        cluster.settle();
        finish(active().getFirst(), "Succeeded");
        cluster.advance(Duration.ofSeconds(29));
        assertThat(cluster.latest(job).getMetadata().getDeletionTimestamp()).isNull();
        cluster.advance(Duration.ofSeconds(1));
        assertThat(cluster.latest(job).getMetadata().getFinalizers()).containsExactly("foregroundDeletion");
    }
}
