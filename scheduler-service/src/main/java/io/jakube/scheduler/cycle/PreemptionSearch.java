package io.jakube.scheduler.cycle;

import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.framework.SchedulingPlugin.Judge;
import io.jakube.scheduler.framework.Verdict;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds pods of lower priority whose eviction makes room (upstream: DefaultPreemption). On each candidate node all of lower priority are
 * taken away; if the pod then fits, as many as possible are put back, most important first. The node whose victims matter least wins: lowest highest
 * priority, then smallest sum of priorities, then fewest victims.
 */
final class PreemptionSearch {
    private static final Comparator<PodInfo> MOST_IMPORTANT_FIRST =
            Comparator.comparingInt(PodInfo::priority).reversed().thenComparing(p -> p.pod().getMetadata().getCreationTimestamp(), Comparator.nullsLast(Comparator.naturalOrder()));

    private final List<SchedulingPlugin> plugins;

    PreemptionSearch(List<SchedulingPlugin> plugins) {
        this.plugins = plugins;
    }

    /** Whether victims of an earlier search are still on their way out of the node the pod was promised. */
    static boolean awaitsVictims(PodInfo pod, Snapshot snapshot) {
        return snapshot.nominatedNode(pod).flatMap(name -> snapshot.nodes().stream().filter(node -> node.name().equals(name)).findFirst())
                .filter(node -> node.pods().stream().anyMatch(other -> other.terminating() && other.priority() < pod.priority())).isPresent();
    }

    Decision.@Nullable Preemption search(PodInfo pod, Snapshot snapshot, List<NodeInfo> candidates) {
        if ("Never".equals(pod.pod().getSpec().getPreemptionPolicy())) {
            return null;
        }
        Decision.Preemption best = null;
        for (NodeInfo node : candidates) {
            List<PodInfo> victims = victims(pod, snapshot, node);
            if (victims != null && !victims.isEmpty()) {
                Decision.Preemption found = new Decision.Preemption(node.name(), victims);
                if (best == null || COST.compare(found, best) < 0) {
                    best = found;
                }
            }
        }
        return best;
    }

    private static final Comparator<Decision.Preemption> COST = Comparator.<Decision.Preemption>comparingInt(p -> p.victims().getFirst().priority())
            .thenComparingLong(p -> p.victims().stream().mapToLong(v -> v.priority() - (long) Integer.MIN_VALUE).sum())
            .thenComparingInt(p -> p.victims().size())
            .thenComparing(Decision.Preemption::node);

    private @Nullable List<PodInfo> victims(PodInfo pod, Snapshot snapshot, NodeInfo node) {
        List<PodInfo> lower = node.pods().stream().filter(other -> other.priority() < pod.priority()).sorted(MOST_IMPORTANT_FIRST).toList();
        if (lower.isEmpty()) {
            return null;
        }
        NodeInfo emptied = node;
        for (PodInfo other : lower) {
            emptied = emptied.withoutPod(other.uid());
        }
        if (!fits(pod, snapshot, emptied)) {
            return null;
        }
        List<PodInfo> victims = new ArrayList<>();
        NodeInfo refilled = emptied;
        for (PodInfo other : lower) {
            NodeInfo with = refilled.withPod(other);
            if (fits(pod, snapshot, with)) {
                refilled = with;
            } else {
                victims.add(other);
            }
        }
        return victims;
    }

    /** Whether the pod fits, also beside those of at least its priority that were promised the node. */
    private boolean fits(PodInfo pod, Snapshot snapshot, NodeInfo node) {
        NodeInfo crowded = snapshot.crowded(node, pod);
        return (crowded == node || fitsAlone(pod, snapshot, crowded)) && fitsAlone(pod, snapshot, node);
    }

    private boolean fitsAlone(PodInfo pod, Snapshot snapshot, NodeInfo node) {
        Snapshot changed = snapshot.withNode(node);
        for (SchedulingPlugin plugin : plugins) {
            Judge judge = plugin.prepare(pod, changed);
            if (judge.filter(node) != Verdict.FITS) {
                return false;
            }
        }
        return true;
    }
}
