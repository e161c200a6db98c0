package io.jakube.controller.cronjob;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.jakube.controller.cluster.TestCluster;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CronJobControllerTest {
    private final TestCluster cluster = new TestCluster(CronJobController::new);

    private CronJob cron(String policy) {
        return cluster.create(new CronJobBuilder().withNewMetadata().withNamespace("ns").withName("tick").endMetadata()
                .withNewSpec().withSchedule("*/10 * * * *").withConcurrencyPolicy(policy).withSuccessfulJobsHistoryLimit(1).withFailedJobsHistoryLimit(1)
                .withNewJobTemplate().withNewMetadata().addToLabels("from", "cron").endMetadata().withNewSpec().withNewTemplate().withNewSpec().endSpec().endTemplate().endSpec().endJobTemplate().endSpec().build());
    }

    private List<Job> jobs() {
        return cluster.api.list(Job.class);
    }

    private void complete(Job job) {
        cluster.changeStatus(job, j -> new JobBuilder(j).withNewStatus().withStartTime(cluster.now().toString()).withCompletionTime(cluster.now().toString())
                .addNewCondition().withType("Complete").withStatus("True").endCondition().endStatus().build());
        cluster.settle();
    }

    @Test
    void startsAJobAtEachTimeAndKeepsTheLastOnes() {
        CronJob cron = cron("Allow");
        cluster.settle();
        cluster.advance(Duration.ofMinutes(9));
        assertThat(jobs()).isEmpty();
        cluster.advance(Duration.ofSeconds(61));
        assertThat(jobs()).singleElement().satisfies(job -> {
            assertThat(job.getMetadata().getName()).isEqualTo("tick-" + java.time.Instant.parse("2026-01-01T00:10:00Z").getEpochSecond() / 60);
            assertThat(job.getMetadata().getLabels()).containsEntry("from", "cron");
            assertThat(job.getMetadata().getAnnotations()).containsKey("batch.kubernetes.io/cronjob-scheduled-timestamp");
        });
        assertThat(cluster.latest(cron).getStatus().getActive()).hasSize(1);
        assertThat(cluster.latest(cron).getStatus().getLastScheduleTime()).isEqualTo("2026-01-01T00:10:00Z");
        complete(jobs().getFirst());
        assertThat(cluster.latest(cron).getStatus().getActive()).isEmpty();
        assertThat(cluster.latest(cron).getStatus().getLastSuccessfulTime()).isNotNull();
        cluster.advance(Duration.ofMinutes(10));
        complete(jobs().getLast());
        assertThat(jobs()).hasSize(1);
    }

    @Test
    void forbidSkipsWhileOneRuns() {
        cron("Forbid");
        cluster.settle();
        cluster.advance(Duration.ofMinutes(11));
        cluster.advance(Duration.ofMinutes(10));
        assertThat(jobs()).hasSize(1);
        assertThat(cluster.events()).anyMatch(e -> e.startsWith("JobAlreadyActive"));
    }

    @Test
    void replaceEndsTheRunningOne() {
        cron("Replace");
        cluster.settle();
        cluster.advance(Duration.ofMinutes(11));
        String first = jobs().getFirst().getMetadata().getName();
        cluster.advance(Duration.ofMinutes(10));
        assertThat(jobs()).singleElement().satisfies(job -> assertThat(job.getMetadata().getName()).isNotEqualTo(first));
    }

    @Test
    void afterALongPauseOnlyTheLastMissedTimeRuns() {
        CronJob cron = cron("Allow");
        cluster.change(cron, c -> new CronJobBuilder(c).editSpec().withSuspend(true).endSpec().build());
        cluster.advance(Duration.ofDays(20));
        assertThat(jobs()).isEmpty();
        cluster.change(cron, c -> new CronJobBuilder(c).editSpec().withSuspend(false).endSpec().build());
        cluster.settle();
        assertThat(jobs()).hasSize(1);
        assertThat(cluster.events()).anyMatch(e -> e.startsWith("TooManyMissedTimes"));
    }
}
