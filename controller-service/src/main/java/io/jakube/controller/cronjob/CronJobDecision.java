package io.jakube.controller.cronjob;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobStatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.jakube.common.client.DeleteOptions;
import io.jakube.controller.pods.OwnerReferences;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.pods.Times;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.Write;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A cron job's next step (Kubernetes documentation, "CronJob"). Pure but for the warnings it reports. */
final class CronJobDecision {
    private static final String SCHEDULED_AT = "batch.kubernetes.io/cronjob-scheduled-timestamp";
    private static final int MANY = 100;

    private final CronJob cron;
    private final List<Job> jobs;
    private final Instant now;
    private final BiConsumer<String, String> warn;
    private final Plan.Builder plan = Plan.builder();
    private final CronJobStatus before;
    private final List<ObjectReference> active = new ArrayList<>();
    private @Nullable String lastScheduled;
    private @Nullable String lastSuccessful;

    private CronJobDecision(CronJob cron, List<Job> jobs, Instant now, BiConsumer<String, String> warn) {
        this.cron = cron;
        this.jobs = jobs;
        this.now = now;
        this.warn = warn;
        this.before = cron.getStatus() == null ? new CronJobStatus() : cron.getStatus();
        this.lastScheduled = before.getLastScheduleTime();
        this.lastSuccessful = before.getLastSuccessfulTime();
    }

    /** @param jobs those it manages @param warn gets reason and message of what people should know */
    static Plan decide(CronJob cron, List<Job> jobs, Instant now, BiConsumer<String, String> warn) {
        return new CronJobDecision(cron, jobs, now, warn).decide();
    }

    private Plan decide() {
        jobs.stream().filter(job -> finished(job).isEmpty()).forEach(job -> active.add(reference(job)));
        jobs.stream().filter(job -> finished(job).filter(c -> c.getType().equals("Complete")).isPresent())
                .map(job -> job.getStatus().getCompletionTime()).filter(java.util.Objects::nonNull)
                .forEach(time -> lastSuccessful = lastSuccessful == null || PodStates.time(time).isAfter(PodStates.time(lastSuccessful)) ? time : lastSuccessful);
        thinOut("Complete", cron.getSpec().getSuccessfulJobsHistoryLimit());
        thinOut("Failed", cron.getSpec().getFailedJobsHistoryLimit());
        if (cron.getMetadata().getDeletionTimestamp() == null && !Boolean.TRUE.equals(cron.getSpec().getSuspend())) {
            schedule();
        }
        CronJobStatus status = new CronJobStatusBuilder(before).withActive(active).withLastScheduleTime(lastScheduled).withLastSuccessfulTime(lastSuccessful).build();
        if (!status.equals(before)) {
            plan.then(new Write.UpdateStatus(new CronJobBuilder(cron).withStatus(status).build()));
        }
        return plan.build();
    }

    private static Optional<JobCondition> finished(Job job) {
        return job.getStatus() == null || job.getStatus().getConditions() == null ? Optional.empty()
                : job.getStatus().getConditions().stream().filter(c -> c.getStatus().equals("True") && (c.getType().equals("Complete") || c.getType().equals("Failed"))).findFirst();
    }

    private void thinOut(String outcome, @Nullable Integer limit) {
        if (limit == null) {
            return;
        }
        List<Job> ended = jobs.stream().filter(job -> finished(job).filter(c -> c.getType().equals(outcome)).isPresent())
                .sorted(Comparator.comparing((Job job) -> String.valueOf(job.getStatus().getStartTime())).thenComparing(job -> job.getMetadata().getName())).toList();
        ended.stream().limit(Math.max(0, ended.size() - limit)).forEach(this::delete);
    }

    private void delete(Job job) {
        plan.then(new Write.Delete(Job.class, job.getMetadata().getNamespace(), job.getMetadata().getName(),
                DeleteOptions.ofUid(job.getMetadata().getUid()).withPropagationPolicy("Background"),
                new Write.Announcement(cron, "SuccessfulDelete", "Deleted job %s", "FailedDelete", "Deleted job: %s")));
        active.removeIf(reference -> reference.getUid().equals(job.getMetadata().getUid()));
    }

    private void schedule() {
        CronSchedule schedule;
        ZoneId zone;
        try {
            zone = cron.getSpec().getTimeZone() == null ? ZoneId.of("UTC") : ZoneId.of(cron.getSpec().getTimeZone());
            schedule = CronSchedule.parse(cron.getSpec().getSchedule());
        } catch (java.time.DateTimeException e) {
            warn.accept("UnknownTimeZone", "invalid timeZone: \"" + cron.getSpec().getTimeZone() + "\": " + e.getMessage());
            return;
        } catch (IllegalArgumentException e) {
            warn.accept("UnparseableSchedule", "unparseable schedule: \"" + cron.getSpec().getSchedule() + "\" : " + e.getMessage());
            return;
        }
        Instant from = PodStates.time(lastScheduled != null ? lastScheduled : cron.getMetadata().getCreationTimestamp());
        Long deadline = cron.getSpec().getStartingDeadlineSeconds();
        if (deadline != null && now.minusSeconds(deadline).isAfter(from)) {
            from = now.minusSeconds(deadline);
        }
        Instant due = null;
        int missed = 0;
        Optional<Instant> next = schedule.next(from, zone);
        while (next.isPresent() && !next.get().isAfter(now)) {
            due = next.get();
            missed++;
            // Of very many only the last matters: go on shortly before now.
            next = schedule.next(missed == MANY && Duration.between(due, now).compareTo(Duration.ofDays(1)) > 0 ? now.minus(Duration.ofDays(1)) : due, zone);
        }
        if (missed > MANY) {
            warn.accept("TooManyMissedTimes", "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew");
        }
        next.ifPresent(time -> plan.requeueAfter(Duration.between(now, time).plusMillis(100)));
        if (due != null) {
            run(due, deadline);
        }
    }

    private void run(Instant due, @Nullable Long deadline) {
        if (deadline != null && due.plusSeconds(deadline).isBefore(now)) {
            warn.accept("MissSchedule", "Missed scheduled time to start a job: " + due);
            return;
        }
        String name = cron.getMetadata().getName() + "-" + due.getEpochSecond() / 60;
        String time = Times.format(due);
        if (time.equals(before.getLastScheduleTime()) || jobs.stream().anyMatch(job -> job.getMetadata().getName().equals(name))) {
            lastScheduled = time;
            return;
        }
        switch (cron.getSpec().getConcurrencyPolicy() == null ? "Allow" : cron.getSpec().getConcurrencyPolicy()) {
            case "Forbid" -> {
                if (!active.isEmpty()) {
                    warn.accept("JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid");
                    return;
                }
            }
            case "Replace" -> jobs.stream().filter(job -> finished(job).isEmpty()).forEach(this::delete);
            default -> { }
        }
        var template = cron.getSpec().getJobTemplate();
        Job job = new JobBuilder()
                .withNewMetadata()
                .withNamespace(cron.getMetadata().getNamespace())
                .withName(name)
                .withLabels(template.getMetadata() == null ? null : template.getMetadata().getLabels())
                .withAnnotations(template.getMetadata() == null ? null : template.getMetadata().getAnnotations())
                .addToAnnotations(SCHEDULED_AT, due.atZone(cron.getSpec().getTimeZone() == null ? ZoneId.of("UTC") : ZoneId.of(cron.getSpec().getTimeZone())).toOffsetDateTime()
                        .format(java.time.format.DateTimeFormatter.ISO_OFFSET_DATE_TIME))
                .withOwnerReferences(OwnerReferences.toController(cron))
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
        plan.then(new Write.Create(job, true, new Write.Announcement(cron, "SuccessfulCreate", "Created job %s", "FailedCreate", "Error creating job: %s")));
        // The new job joins the active ones in the step that its creation causes.
        lastScheduled = time;
    }

    private static ObjectReference reference(Job job) {
        return new ObjectReferenceBuilder().withApiVersion("batch/v1").withKind("Job").withNamespace(job.getMetadata().getNamespace()).withName(job.getMetadata().getName())
                .withUid(job.getMetadata().getUid()).withResourceVersion(null).build();
    }
}
