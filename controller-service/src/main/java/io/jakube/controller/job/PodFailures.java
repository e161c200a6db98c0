package io.jakube.controller.job;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyOnExitCodesRequirement;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyOnPodConditionsPattern;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRule;
import io.jakube.controller.pods.PodStates;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a pod's failure means for its job: pod failure policy (KEP-3329). Pure. */
final class PodFailures {
    /** Actions of the policy. */
    enum Action {
        FAIL_JOB,
        FAIL_INDEX,
        IGNORE,
        COUNT
    }

    /** @param message for the job's condition, where it fails */
    record Verdict(Action action, String message) {}

    private static final Verdict COUNTED = new Verdict(Action.COUNT, "");

    private PodFailures() {}

    /** Whether a pod counts as failed; one that is being deleted does at once, unless the job wants to wait for its end. */
    static boolean isFailed(Job job, Pod pod) {
        if (PodStates.phase(pod).equals("Failed")) {
            return true;
        }
        return !waitsForEnd(job) && PodStates.isTerminating(pod) && !PodStates.phase(pod).equals("Succeeded");
    }

    /** Whether pods are replaced only when they have ended. */
    static boolean waitsForEnd(Job job) {
        return "Failed".equals(job.getSpec().getPodReplacementPolicy()) || job.getSpec().getPodFailurePolicy() != null;
    }

    static Verdict judge(Job job, Pod pod) {
        if (job.getSpec().getPodFailurePolicy() == null) {
            return COUNTED;
        }
        List<PodFailurePolicyRule> rules = job.getSpec().getPodFailurePolicy().getRules();
        for (int i = 0; i < rules.size(); i++) {
            PodFailurePolicyRule rule = rules.get(i);
            String match = rule.getOnExitCodes() != null ? matchExitCodes(pod, rule.getOnExitCodes()) : matchConditions(pod, rule.getOnPodConditions());
            if (match != null) {
                String message = match + " matching " + rule.getAction() + " rule at index " + i;
                return switch (rule.getAction()) {
                    case "FailJob" -> new Verdict(Action.FAIL_JOB, message);
                    case "FailIndex" -> new Verdict(Action.FAIL_INDEX, message);
                    case "Ignore" -> new Verdict(Action.IGNORE, message);
                    default -> COUNTED;
                };
            }
        }
        return COUNTED;
    }

    private static @Nullable String matchExitCodes(Pod pod, PodFailurePolicyOnExitCodesRequirement wanted) {
        if (pod.getStatus() == null) {
            return null;
        }
        Stream<ContainerStatus> statuses = Stream.of(pod.getStatus().getContainerStatuses(), pod.getStatus().getInitContainerStatuses()).filter(Objects::nonNull).flatMap(List::stream);
        return statuses.filter(c -> wanted.getContainerName() == null || wanted.getContainerName().equals(c.getName()))
                .filter(c -> c.getState() != null && c.getState().getTerminated() != null && c.getState().getTerminated().getExitCode() != null)
                .filter(c -> {
                    int code = c.getState().getTerminated().getExitCode();
                    return code != 0 && wanted.getValues().contains(code) == "In".equals(wanted.getOperator());
                })
                .map(c -> "Container " + c.getName() + " for pod " + name(pod) + " failed with exit code " + c.getState().getTerminated().getExitCode()).findFirst().orElse(null);
    }

    private static @Nullable String matchConditions(Pod pod, List<PodFailurePolicyOnPodConditionsPattern> wanted) {
        if (wanted == null) {
            return null;
        }
        return wanted.stream().filter(w -> PodStates.condition(pod, w.getType()).filter(c -> c.getStatus().equals(w.getStatus() == null ? "True" : w.getStatus())).isPresent())
                .map(w -> "Pod " + name(pod) + " has condition " + w.getType()).findFirst().orElse(null);
    }

    private static String name(Pod pod) {
        return pod.getMetadata().getNamespace() + "/" + pod.getMetadata().getName();
    }
}
