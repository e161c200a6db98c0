package io.jakube.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.NodeSelector;
import io.fabric8.kubernetes.api.model.PreferredSchedulingTerm;
import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.framework.Verdict;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;
import java.util.List;
import java.util.Map;

/** Honours {@code spec.nodeSelector} and node affinity, required and preferred. */
public final class NodeAffinity implements SchedulingPlugin {
    @Override
    public String name() {
        return "NodeAffinity";
    }

    @Override
    public int weight() {
        return 2;
    }

    @Override
    public Judge prepare(PodInfo pod, Snapshot snapshot) {
        Affinity affinity = pod.pod().getSpec().getAffinity();
        io.fabric8.kubernetes.api.model.NodeAffinity nodeAffinity = affinity == null ? null : affinity.getNodeAffinity();
        NodeSelector required = nodeAffinity == null ? null : nodeAffinity.getRequiredDuringSchedulingIgnoredDuringExecution();
        List<PreferredSchedulingTerm> preferred = nodeAffinity == null ? List.of() : NodeSelectors.orEmpty(nodeAffinity.getPreferredDuringSchedulingIgnoredDuringExecution());
        Map<String, String> selector = pod.pod().getSpec().getNodeSelector() == null ? Map.of() : pod.pod().getSpec().getNodeSelector();
        if (required == null && preferred.isEmpty() && selector.isEmpty()) {
            return Judge.INDIFFERENT;
        }
        return new Judge() {
            @Override
            public Verdict filter(NodeInfo node) {
                boolean fits = selector.entrySet().stream().allMatch(e -> e.getValue().equals(node.labels().get(e.getKey()))) && (required == null || NodeSelectors.matches(required, node));
                return fits ? Verdict.FITS : Verdict.unresolvable("node(s) didn't match Pod's node affinity/selector");
            }

            @Override
            public long score(NodeInfo node) {
                return preferred.stream().filter(term -> NodeSelectors.matches(term.getPreference(), node)).mapToLong(PreferredSchedulingTerm::getWeight).sum();
            }

            @Override
            public void normalize(long[] scores) {
                SchedulingPlugin.scaleToHundred(scores, false);
            }
        };
    }
}
