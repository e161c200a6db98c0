package io.jakube.controller.pods;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Which pods go first when there are too many (ReplicaSet documentation, "Scaling down"; KEP-2185 for the logarithmic age, KEP-2255 for the
 * deletion cost): unscheduled, then pending, then not ready, then cheaper by annotation, then those with more siblings on their node, then
 * ready for a shorter time, then with more restarts, then younger.
 */
public final class DeletionOrder {
    private static final String COST = "controller.kubernetes.io/pod-deletion-cost";

    private DeletionOrder() {}

    /** @param siblingsByNode related active pods by node, which count as crowding it */
    public static List<Pod> firstToDelete(List<Pod> pods, Map<String, Long> siblingsByNode, int count, Instant now) {
        return pods.stream().sorted(comparator(siblingsByNode, now)).limit(count).toList();
    }

    private static Comparator<Pod> comparator(Map<String, Long> siblingsByNode, Instant now) {
        return Comparator.<Pod, Boolean>comparing(PodStates::isScheduled)
                .thenComparing(DeletionOrder::phaseRank)
                .thenComparing(PodStates::isReady)
                .thenComparing(DeletionOrder::cost)
                .thenComparing(p -> -siblingsByNode.getOrDefault(p.getSpec().getNodeName() == null ? "" : p.getSpec().getNodeName(), 0L))
                .thenComparing(p -> logAge(PodStates.readySince(p).orElse(now), now))
                .thenComparing(p -> -PodStates.restarts(p))
                .thenComparing(p -> logAge(PodStates.time(p.getMetadata().getCreationTimestamp()), now))
                .thenComparing(p -> String.valueOf(p.getMetadata().getUid()));
    }

    private static int phaseRank(Pod pod) {
        return switch (PodStates.phase(pod)) {
            case "Pending" -> 0;
            case "Unknown" -> 1;
            default -> 2;
        };
    }

    private static int cost(Pod pod) {
        String text = pod.getMetadata().getAnnotations() == null ? null : pod.getMetadata().getAnnotations().get(COST);
        try {
            return text == null ? 0 : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** Ages are compared by order of magnitude, so that the victims among pods of about the same age are random (by uid). */
    private static int logAge(Instant since, Instant now) {
        long nanos = Math.max(0, Duration.between(since, now).toNanos());
        return Long.SIZE - Long.numberOfLeadingZeros(nanos);
    }
}
