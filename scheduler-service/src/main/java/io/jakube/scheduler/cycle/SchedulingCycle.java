package io.jakube.scheduler.cycle;

import static java.util.Objects.requireNonNull;

import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.framework.SchedulingPlugin.Judge;
import io.jakube.scheduler.framework.Verdict;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a pod goes: filters every node, scores those that are left, takes the best, and among equals a random one. A pure function of
 * snapshot, pod and the random generator. In clusters of more than 100 nodes it stops once enough feasible nodes were found, starting each
 * time where the last search ended (upstream's adaptive percentage). Not thread-safe: one cycle at a time.
 */
public final class SchedulingCycle {
    private static final int ALWAYS_ENOUGH = 100;

    private final List<SchedulingPlugin> plugins;
    private final RandomGenerator random;
    private int searchStart;

    public SchedulingCycle(List<SchedulingPlugin> plugins, RandomGenerator random) {
        this.plugins = List.copyOf(plugins);
        this.random = requireNonNull(random, "random is null");
    }

    public Decision decide(PodInfo pod, Snapshot snapshot) {
        if (snapshot.nodes().isEmpty()) {
            return new Decision.Unschedulable(Map.of(), List.of(), "no nodes available to schedule pods", null, false);
        }
        List<Judge> judges = plugins.stream().map(plugin -> plugin.prepare(pod, snapshot)).toList();
        Optional<NodeInfo> promised = snapshot.nominatedNode(pod).flatMap(name -> snapshot.nodes().stream().filter(node -> node.name().equals(name)).findFirst());
        if (promised.isPresent() && refusal(pod, snapshot, promised.get(), judges) == null) {
            return new Decision.Scheduled(promised.get().name(), Map.of(promised.get().name(), 0L));
        }
        int count = snapshot.nodes().size();
        int enough = enough(count);
        List<NodeInfo> feasible = new ArrayList<>();
        Map<String, String> reasons = new LinkedHashMap<>();
        Set<String> rejectedBy = new LinkedHashSet<>();
        List<NodeInfo> resolvable = new ArrayList<>();
        int looked = 0;
        for (; looked < count && feasible.size() < enough; looked++) {
            NodeInfo node = snapshot.nodes().get((searchStart + looked) % count);
            Refusal refusal = refusal(pod, snapshot, node, judges);
            if (refusal == null) {
                feasible.add(node);
            } else {
                rejectedBy.add(refusal.plugin());
                reasons.put(node.name(), refusal.verdict().reason());
                if (refusal.verdict().resolvable()) {
                    resolvable.add(node);
                }
            }
        }
        searchStart = (searchStart + looked) % count;
        if (feasible.isEmpty()) {
            boolean awaitsVictims = PreemptionSearch.awaitsVictims(pod, snapshot);
            Decision.Preemption preemption = awaitsVictims ? null : new PreemptionSearch(plugins).search(pod, snapshot, resolvable);
            return new Decision.Unschedulable(reasons, List.copyOf(rejectedBy), message(count, reasons, preemption, awaitsVictims), preemption, awaitsVictims);
        }
        return choose(feasible, judges);
    }

    private record Refusal(String plugin, Verdict.Rejected verdict) {}

    /**
     * Why a node does not do; null if it does. A node that was promised to pods of at least this one's priority must have room beside them, and also do without
     * them, for they may not come (upstream's filtering with nominated pods).
     */
    private @Nullable Refusal refusal(PodInfo pod, Snapshot snapshot, NodeInfo node, List<Judge> judges) {
        NodeInfo crowded = snapshot.crowded(node, pod);
        if (crowded != node) {
            Snapshot changed = snapshot.withNode(crowded);
            Refusal refusal = refusal(crowded, plugins.stream().map(plugin -> plugin.prepare(pod, changed)).toList());
            if (refusal != null) {
                return refusal;
            }
        }
        return refusal(node, judges);
    }

    private @Nullable Refusal refusal(NodeInfo node, List<Judge> judges) {
        for (int i = 0; i < judges.size(); i++) {
            if (judges.get(i).filter(node) instanceof Verdict.Rejected rejected) {
                return new Refusal(plugins.get(i).name(), rejected);
            }
        }
        return null;
    }

    private Decision choose(List<NodeInfo> feasible, List<Judge> judges) {
        long[] totals = new long[feasible.size()];
        if (feasible.size() > 1) {
            long[] scores = new long[feasible.size()];
            for (int p = 0; p < judges.size(); p++) {
                if (plugins.get(p).weight() == 0) {
                    continue;
                }
                for (int n = 0; n < scores.length; n++) {
                    scores[n] = judges.get(p).score(feasible.get(n));
                }
                judges.get(p).normalize(scores);
                for (int n = 0; n < scores.length; n++) {
                    totals[n] += scores[n] * plugins.get(p).weight();
                }
            }
        }
        int best = 0;
        int ties = 1;
        Map<String, Long> byName = new LinkedHashMap<>();
        for (int n = 0; n < totals.length; n++) {
            byName.put(feasible.get(n).name(), totals[n]);
            if (n == 0) {
                continue;
            }
            if (totals[n] > totals[best]) {
                best = n;
                ties = 1;
            } else if (totals[n] == totals[best] && random.nextInt(++ties) == 0) {
                best = n;
            }
        }
        return new Decision.Scheduled(feasible.get(best).name(), byName);
    }

    /** How many feasible nodes end the search: all of 100, falling from 50 % towards 5 % as clusters grow. */
    static int enough(int nodes) {
        if (nodes < ALWAYS_ENOUGH) {
            return nodes;
        }
        int percent = Math.max(5, 50 - nodes / 125);
        return Math.max(ALWAYS_ENOUGH, nodes * percent / 100);
    }

    private static String message(int nodes, Map<String, String> reasons, Decision.@Nullable Preemption preemption, boolean awaitsVictims) {
        Map<String, Integer> histogram = new TreeMap<>();
        for (String reason : reasons.values()) {
            for (String part : reason.split(", ")) {
                histogram.merge(part, 1, Integer::sum);
            }
        }
        List<String> parts = histogram.entrySet().stream().map(e -> e.getValue() + " " + e.getKey()).sorted().toList();
        String text = "0/" + nodes + " nodes are available: " + String.join(", ", parts) + ".";
        if (awaitsVictims) {
            return text + " preemption: not eligible due to a terminating pod on the nominated node.";
        }
        return preemption != null ? text : text + " preemption: 0/" + nodes + " nodes are available: " + nodes + " No preemption victims found for incoming pod.";
    }
}
