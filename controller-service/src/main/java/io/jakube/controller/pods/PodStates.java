package io.jakube.controller.pods;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Facts about pods, from their status. */
public final class PodStates {
    private PodStates() {}

    public static String phase(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return phase == null ? "Pending" : phase;
    }

    /** Neither finished nor being deleted. */
    public static boolean isActive(Pod pod) {
        return !isFinished(pod) && !isTerminating(pod);
    }

    /** Succeeded or Failed. */
    public static boolean isFinished(Pod pod) {
        return switch (phase(pod)) {
            case "Succeeded", "Failed" -> true;
            default -> false;
        };
    }

    /** Being deleted. */
    public static boolean isTerminating(Pod pod) {
        return pod.getMetadata().getDeletionTimestamp() != null;
    }

    public static Optional<PodCondition> condition(Pod pod, String type) {
        List<PodCondition> conditions = pod.getStatus() == null ? null : pod.getStatus().getConditions();
        if (conditions != null) {
            for (PodCondition condition : conditions) {
                if (type.equals(condition.getType())) {
                    return Optional.of(condition);
                }
            }
        }
        return Optional.empty();
    }

    public static boolean isReady(Pod pod) {
        return condition(pod, "Ready").filter(c -> "True".equals(c.getStatus())).isPresent();
    }

    /** Since when the pod is ready; empty if it is not. */
    public static Optional<Instant> readySince(Pod pod) {
        return condition(pod, "Ready").filter(c -> "True".equals(c.getStatus())).map(c -> time(c.getLastTransitionTime()));
    }

    /** Whether the pod has been ready for a time. */
    public static boolean isAvailable(Pod pod, int minReadySeconds, Instant now) {
        return untilAvailable(pod, minReadySeconds, now).filter(Duration::isZero).isPresent();
    }

    /** How long until a ready pod is available; zero if it is; empty if it is not ready. */
    public static Optional<Duration> untilAvailable(Pod pod, int minReadySeconds, Instant now) {
        return readySince(pod).map(since -> {
            if (minReadySeconds == 0) {
                return Duration.ZERO;
            }
            Duration left = Duration.between(now, since.plusSeconds(minReadySeconds));
            return left.isNegative() ? Duration.ZERO : left;
        });
    }

    public static boolean isScheduled(Pod pod) {
        return pod.getSpec() != null && pod.getSpec().getNodeName() != null && !pod.getSpec().getNodeName().isEmpty();
    }

    /** Sum of container restarts, init containers' included. */
    public static int restarts(Pod pod) {
        if (pod.getStatus() == null) {
            return 0;
        }
        int sum = 0;
        for (var list : List.of(orEmpty(pod.getStatus().getContainerStatuses()), orEmpty(pod.getStatus().getInitContainerStatuses()))) {
            for (var container : list) {
                sum += container.getRestartCount() == null ? 0 : container.getRestartCount();
            }
        }
        return sum;
    }

    /** Parses an API time; the epoch for null. */
    public static Instant time(@Nullable String text) {
        return text == null || text.isEmpty() ? Instant.EPOCH : java.time.OffsetDateTime.parse(text).toInstant();
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}
