package io.jakube.scheduler.cycle;

import io.jakube.scheduler.snapshot.PodInfo;
import java.util.List;
import java.util.Map;

/** What a scheduling cycle came to. */
public sealed interface Decision {
    /**
     * The pod goes to a node.
     *
     * @param node the node's name
     * @param scores weighted totals of the feasible nodes, by name
     */
    record Scheduled(String node, Map<String, Long> scores) implements Decision {
        public Scheduled {
            scores = Map.copyOf(scores);
        }
    }

    /**
     * No node fits.
     *
     * @param reasons reason by node name
     * @param rejectedBy names of the plugins that refused some node: changes of interest to them may help
     * @param message upstream's summary: {@code 0/3 nodes are available: 2 Insufficient cpu, …}
     * @param preemption what to evict to make room; null where nothing helps
     * @param awaitsVictims whether room is being made already: the pod keeps the node it was promised
     */
    record Unschedulable(Map<String, String> reasons, List<String> rejectedBy, String message, @org.jspecify.annotations.Nullable Preemption preemption, boolean awaitsVictims)
            implements Decision {
        public Unschedulable {
            reasons = Map.copyOf(reasons);
            rejectedBy = List.copyOf(rejectedBy);
        }
    }

    /**
     * Room made by evicting pods of lower priority.
     *
     * @param node nominated node
     * @param victims pods to evict
     */
    record Preemption(String node, List<PodInfo> victims) {
        public Preemption {
            victims = List.copyOf(victims);
        }
    }
}
