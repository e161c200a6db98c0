package io.jakube.controller.job;

import static io.jakube.controller.pods.Numbers.omitZero;
import static io.jakube.controller.pods.Numbers.orZero;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.UncountedTerminatedPods;
import io.fabric8.kubernetes.api.model.batch.v1.UncountedTerminatedPodsBuilder;
import io.jakube.controller.pods.DeletionOrder;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.pods.Times;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.Write;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A job's next step (Kubernetes documentation, "Jobs"). Pure.
 *
 * <p>Each finished pod is counted exactly once, whatever fails in between (KEP-2307): its uid goes into {@code uncountedTerminatedPods}, then its
 * finalizer goes, and only when that is seen to be gone the uid turns into a number. Succeeded pods of indexed jobs need no uid: a set of indexes holds each once.
 */
final class JobDecision {
    private static final Duration FIRST_BACKOFF = Duration.ofSeconds(10);
    private static final Duration MAX_BACKOFF = Duration.ofMinutes(10);
    private static final int BURST = 500;

    private final Job job;
    private final List<Pod> pods;
    private final Instant now;
    private final JobStatus before;
    private final boolean indexed;
    private final int completions;
    private final List<Pod> active;
    private final int terminating;
    private final BitSet succeededIndexes;
    private final BitSet failedIndexes;
    private final List<Pod> untracked = new ArrayList<>();
    private final Set<String> uncountedSucceeded = new HashSet<>();
    private final Set<String> uncountedFailed = new HashSet<>();
    private int succeeded;
    private int failed;
    private @Nullable String failedByPolicy;

    private JobDecision(Job job, List<Pod> pods, Instant now) {
        this.job = job;
        this.pods = pods;
        this.now = now;
        this.before = job.getStatus() == null ? new JobStatus() : job.getStatus();
        this.indexed = "Indexed".equals(job.getSpec().getCompletionMode());
        this.completions = orZero(job.getSpec().getCompletions());
        this.active = pods.stream().filter(PodStates::isActive).toList();
        this.terminating = (int) pods.stream().filter(p -> PodStates.isTerminating(p) && !PodStates.isFinished(p)).count();
        this.succeededIndexes = JobIndexes.parse(before.getCompletedIndexes(), completions);
        this.failedIndexes = JobIndexes.parse(before.getFailedIndexes(), completions);
    }

    /** @param pods those the job manages */
    static Plan decide(Job job, List<Pod> pods, Instant now) {
        return new JobDecision(job, pods, now).decide();
    }

    private Plan decide() {
        if (JobConditions.finishedAt(job).isPresent()) {
            return Plan.builder().together(pods.stream().filter(JobPods::isTracked).map(JobPods::untrack).toList()).build();
        }
        count();
        List<JobCondition> conditions = before.getConditions();
        boolean suspended = Boolean.TRUE.equals(job.getSpec().getSuspend());
        String startTime = before.getStartTime();
        Optional<JobCondition> target = target(conditions);
        List<Write> changes = new ArrayList<>();
        int size = active.size();
        Plan.Builder plan = Plan.builder();
        if (target.isPresent()) {
            conditions = JobConditions.with(conditions, target.get());
            size -= delete(active, changes);
        } else if (suspended) {
            size -= withdraw(active, changes);
            conditions = JobConditions.with(conditions, JobConditions.condition(JobConditions.SUSPENDED, true, "JobSuspended", "Job suspended", now));
        } else {
            if (JobConditions.find(conditions, JobConditions.SUSPENDED).isPresent()) {
                conditions = JobConditions.with(conditions, JobConditions.condition(JobConditions.SUSPENDED, false, "JobResumed", "Job resumed", now));
                startTime = Times.format(now);
            }
            startTime = startTime == null ? Times.format(now) : startTime;
            size += manage(changes, plan);
            Long deadline = job.getSpec().getActiveDeadlineSeconds();
            if (deadline != null) {
                plan.requeueAfter(Duration.between(now, PodStates.time(startTime).plusSeconds(deadline)).plusMillis(1));
            }
        }
        boolean settled = active.isEmpty() && terminating == 0 && uncountedSucceeded.isEmpty() && uncountedFailed.isEmpty() && untracked.isEmpty();
        String completionTime = before.getCompletionTime();
        if (target.isPresent() && settled) {
            boolean success = target.get().getType().equals(JobConditions.SUCCESS_TARGET);
            conditions = JobConditions.with(conditions, JobConditions.condition(success ? JobConditions.COMPLETE : JobConditions.FAILED, true, target.get().getReason(), target.get().getMessage(), now));
            completionTime = success ? Times.format(now) : completionTime;
        }
        JobStatus status = new JobStatusBuilder(before)
                .withStartTime(startTime)
                .withCompletionTime(completionTime)
                .withConditions(conditions)
                .withActive(omitZero(size))
                .withReady((int) active.stream().filter(PodStates::isReady).count())
                .withTerminating(terminating)
                .withSucceeded(omitZero(succeeded))
                .withFailed(omitZero(failed))
                .withCompletedIndexes(indexed && !succeededIndexes.isEmpty() ? JobIndexes.format(succeededIndexes) : null)
                .withFailedIndexes(job.getSpec().getBackoffLimitPerIndex() == null ? null : JobIndexes.format(failedIndexes))
                .withUncountedTerminatedPods(uncounted())
                .build();
        if (!status.equals(before)) {
            Plan.Builder ordered = Plan.builder().then(new Write.UpdateStatus(new JobBuilder(job).withStatus(status).build()));
            return ordered.together(untracked.stream().map(JobPods::untrack).toList()).slowStart(changes).append(plan.build()).build();
        }
        return plan.together(untracked.stream().map(JobPods::untrack).toList()).slowStart(changes).build();
    }

    private UncountedTerminatedPods uncounted() {
        UncountedTerminatedPods old = before.getUncountedTerminatedPods();
        if (uncountedSucceeded.isEmpty() && uncountedFailed.isEmpty() && old != null) {
            return new UncountedTerminatedPods();
        }
        return new UncountedTerminatedPodsBuilder().withSucceeded(uncountedSucceeded.stream().sorted().toList()).withFailed(uncountedFailed.stream().sorted().toList()).build();
    }

    /** Turns uids whose pods are no longer tracked into numbers, and finds the newly finished. */
    private void count() {
        Map<String, Pod> tracked = new HashMap<>();
        pods.stream().filter(JobPods::isTracked).forEach(p -> tracked.put(p.getMetadata().getUid(), p));
        UncountedTerminatedPods old = before.getUncountedTerminatedPods() == null ? new UncountedTerminatedPods() : before.getUncountedTerminatedPods();
        succeeded = orZero(before.getSucceeded()) + settle(old.getSucceeded(), tracked, uncountedSucceeded);
        failed = orZero(before.getFailed()) + settle(old.getFailed(), tracked, uncountedFailed);
        boolean success = JobConditions.find(before.getConditions(), JobConditions.SUCCESS_TARGET).isPresent();
        boolean outcomeKnown = success || JobConditions.find(before.getConditions(), JobConditions.FAILURE_TARGET).isPresent();
        for (Pod pod : tracked.values()) {
            String uid = pod.getMetadata().getUid();
            if (PodStates.phase(pod).equals("Succeeded")) {
                untracked.add(pod);
                if (indexed) {
                    int index = JobIndexes.of(pod);
                    if (index >= 0 && index < completions) {
                        succeededIndexes.set(index);
                    }
                } else {
                    uncountedSucceeded.add(uid);
                }
            } else if (PodFailures.isFailed(job, pod) || outcomeKnown && PodStates.isTerminating(pod)) {
                untracked.add(pod);
                if (success && !PodStates.isFinished(pod)) {
                    continue;
                }
                PodFailures.Verdict verdict = PodFailures.judge(job, pod);
                if (verdict.action() == PodFailures.Action.FAIL_JOB && !outcomeKnown) {
                    failedByPolicy = verdict.message();
                }
                if (verdict.action() != PodFailures.Action.IGNORE && !uncountedFailed.contains(uid)) {
                    uncountedFailed.add(uid);
                    noteFailedIndex(pod, verdict);
                }
            }
        }
        if (indexed) {
            succeeded = succeededIndexes.cardinality();
        }
    }

    private static int settle(@Nullable List<String> uids, Map<String, Pod> tracked, Set<String> still) {
        int counted = 0;
        for (String uid : uids == null ? List.<String>of() : uids) {
            if (tracked.containsKey(uid)) {
                still.add(uid);
            } else {
                counted++;
            }
        }
        return counted;
    }

    private void noteFailedIndex(Pod pod, PodFailures.Verdict verdict) {
        Integer limit = job.getSpec().getBackoffLimitPerIndex();
        int index = JobIndexes.of(pod);
        if (limit != null && index >= 0 && index < completions && !succeededIndexes.get(index)
                && (verdict.action() == PodFailures.Action.FAIL_INDEX || JobIndexes.failuresBefore(pod) >= limit)) {
            failedIndexes.set(index);
        }
    }

    private int allSucceeded() {
        return succeeded + uncountedSucceeded.size();
    }

    private int allFailed() {
        return failed + uncountedFailed.size();
    }

    /** The condition that tells the job's outcome, as soon as it is certain. */
    private Optional<JobCondition> target(List<JobCondition> conditions) {
        Optional<JobCondition> known = JobConditions.find(conditions, JobConditions.FAILURE_TARGET).or(() -> JobConditions.find(conditions, JobConditions.SUCCESS_TARGET));
        if (known.isPresent()) {
            return known;
        }
        if (failedByPolicy != null) {
            return failure("PodFailurePolicy", failedByPolicy);
        }
        Integer limit = job.getSpec().getBackoffLimit();
        int backoffLimit = limit == null ? job.getSpec().getBackoffLimitPerIndex() == null ? 6 : Integer.MAX_VALUE : limit;
        if (allFailed() > backoffLimit || restartedTooOften(backoffLimit)) {
            return failure("BackoffLimitExceeded", "Job has reached the specified backoff limit");
        }
        Long deadline = job.getSpec().getActiveDeadlineSeconds();
        if (deadline != null && before.getStartTime() != null && !Boolean.TRUE.equals(job.getSpec().getSuspend())
                && !PodStates.time(before.getStartTime()).plusSeconds(deadline).isAfter(now)) {
            return failure("DeadlineExceeded", "Job was active longer than specified deadline");
        }
        Integer maxFailed = job.getSpec().getMaxFailedIndexes();
        if (maxFailed != null && failedIndexes.cardinality() > maxFailed) {
            return failure("MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
        }
        if (indexed && !failedIndexes.isEmpty() && failedIndexes.cardinality() + succeededIndexes.cardinality() >= completions) {
            return failure("FailedIndexes", "Job has failed indexes");
        }
        if (successPolicyMet()) {
            return Optional.of(JobConditions.condition(JobConditions.SUCCESS_TARGET, true, "SuccessPolicy", "Matched rules at index 0", now));
        }
        boolean complete = job.getSpec().getCompletions() == null ? allSucceeded() > 0 && active.isEmpty() : allSucceeded() >= completions;
        return complete ? Optional.of(JobConditions.condition(JobConditions.SUCCESS_TARGET, true, "CompletionsReached", "Reached expected number of succeeded pods", now)) : Optional.empty();
    }

    private Optional<JobCondition> failure(String reason, String message) {
        return Optional.of(JobConditions.condition(JobConditions.FAILURE_TARGET, true, reason, message, now));
    }

    /** Containers restarted in place count against the limit as well. */
    private boolean restartedTooOften(int limit) {
        if (!"OnFailure".equals(job.getSpec().getTemplate().getSpec().getRestartPolicy())) {
            return false;
        }
        int restarts = active.stream().mapToInt(PodStates::restarts).sum();
        return limit == 0 ? restarts > 0 : restarts >= limit;
    }

    private boolean successPolicyMet() {
        if (!indexed || job.getSpec().getSuccessPolicy() == null) {
            return false;
        }
        return job.getSpec().getSuccessPolicy().getRules().stream().anyMatch(rule -> {
            BitSet counted = (BitSet) succeededIndexes.clone();
            BitSet wanted = JobIndexes.parse(rule.getSucceededIndexes(), completions);
            if (rule.getSucceededIndexes() != null) {
                counted.and(wanted);
            }
            return rule.getSucceededCount() != null ? counted.cardinality() >= rule.getSucceededCount() : rule.getSucceededIndexes() != null && counted.equals(wanted);
        });
    }

    private int delete(List<Pod> victims, List<Write> changes) {
        for (Pod pod : victims) {
            changes.add(Write.Delete.of(pod, new Write.Announcement(job, "SuccessfulDelete", "Deleted pod: %s", "FailedDelete", "Error deleting: %s")));
        }
        return victims.size();
    }

    /** Deletes pods that the job no longer wants, without counting them as failed. */
    private int withdraw(List<Pod> victims, List<Write> changes) {
        victims.stream().filter(JobPods::isTracked).forEach(untracked::add);
        return delete(victims, changes);
    }

    /** Creates or deletes pods. @return by how much their number changes */
    private int manage(List<Write> changes, Plan.Builder plan) {
        int parallelism = job.getSpec().getParallelism() == null ? 1 : job.getSpec().getParallelism();
        int wanted = job.getSpec().getCompletions() == null
                ? allSucceeded() > 0 ? Math.min(active.size(), parallelism) : parallelism
                : Math.max(0, Math.min(parallelism, completions - allSucceeded() - failedIndexes.cardinality()));
        if (active.size() > wanted) {
            return -withdraw(DeletionOrder.firstToDelete(active, Map.of(), active.size() - wanted, now), changes);
        }
        int missing = wanted - active.size() - (PodFailures.waitsForEnd(job) ? terminating : 0);
        if (missing <= 0) {
            return 0;
        }
        Duration wait = backoff();
        if (wait.isPositive()) {
            plan.requeueAfter(wait);
            return 0;
        }
        missing = Math.min(missing, BURST);
        if (!indexed) {
            for (int i = 0; i < missing; i++) {
                changes.add(JobPods.create(job, null, null));
            }
            return missing;
        }
        BitSet taken = new BitSet();
        taken.or(succeededIndexes);
        taken.or(failedIndexes);
        active.stream().map(JobIndexes::of).filter(i -> i >= 0).forEach(taken::set);
        int created = 0;
        for (int index = taken.nextClearBit(0); index < completions && created < missing; index = taken.nextClearBit(index + 1)) {
            changes.add(JobPods.create(job, index, job.getSpec().getBackoffLimitPerIndex() == null ? null : failuresOf(index)));
            created++;
        }
        return created;
    }

    private int failuresOf(int index) {
        return pods.stream().filter(p -> JobIndexes.of(p) == index && PodFailures.isFailed(job, p)).mapToInt(p -> JobIndexes.failuresBefore(p) + 1).max().orElse(0);
    }

    /** How long to wait before more pods are created: 10 s after one failure, doubling with each that no success came after. */
    private Duration backoff() {
        Instant lastSuccess = pods.stream().filter(p -> PodStates.phase(p).equals("Succeeded")).map(p -> JobPods.ended(p, now)).max(Instant::compareTo).orElse(Instant.MIN);
        List<Instant> failures = pods.stream().filter(p -> PodStates.phase(p).equals("Failed")).map(p -> JobPods.ended(p, now)).filter(end -> end.isAfter(lastSuccess)).sorted().toList();
        if (failures.isEmpty()) {
            return Duration.ZERO;
        }
        int doublings = Math.min(failures.size() - 1, 10);
        Duration delay = FIRST_BACKOFF.multipliedBy(1L << doublings);
        Duration capped = delay.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : delay;
        return Duration.between(now, failures.getLast().plus(capped));
    }
}
