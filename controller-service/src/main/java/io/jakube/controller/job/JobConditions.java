package io.jakube.controller.job;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.api.model.batch.v1.JobConditionBuilder;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.pods.Times;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Conditions of jobs. */
final class JobConditions {
    static final String COMPLETE = "Complete";
    static final String FAILED = "Failed";
    static final String SUSPENDED = "Suspended";
    /** Set as soon as the outcome is certain; Complete and Failed follow when no pod runs any more (KEP-3998, KEP-3329). */
    static final String SUCCESS_TARGET = "SuccessCriteriaMet";
    static final String FAILURE_TARGET = "FailureTarget";

    private JobConditions() {}

    static Optional<JobCondition> find(List<JobCondition> conditions, String type) {
        return conditions.stream().filter(c -> c.getType().equals(type) && c.getStatus().equals("True")).findFirst();
    }

    static List<JobCondition> of(Job job) {
        return job.getStatus() == null || job.getStatus().getConditions() == null ? List.of() : job.getStatus().getConditions();
    }

    /** When the job completed or failed; empty while it has not. */
    static Optional<Instant> finishedAt(Job job) {
        return find(of(job), COMPLETE).or(() -> find(of(job), FAILED)).map(c -> PodStates.time(c.getLastTransitionTime()));
    }

    static JobCondition condition(String type, boolean status, String reason, String message, Instant now) {
        String time = Times.format(now);
        return new JobConditionBuilder().withType(type).withStatus(status ? "True" : "False").withReason(reason).withMessage(message).withLastProbeTime(time).withLastTransitionTime(time).build();
    }

    /** The conditions with one of its type replaced; the same list where it says the same. */
    static List<JobCondition> with(List<JobCondition> conditions, JobCondition condition) {
        JobCondition old = conditions.stream().filter(c -> c.getType().equals(condition.getType())).findFirst().orElse(null);
        if (old != null && old.getStatus().equals(condition.getStatus()) && condition.getReason().equals(old.getReason())) {
            return conditions;
        }
        List<JobCondition> result = new ArrayList<>(conditions);
        result.remove(old);
        result.add(condition);
        return result;
    }
}
