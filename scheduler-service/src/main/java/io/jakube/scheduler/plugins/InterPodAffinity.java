package io.jakube.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.LabelSelectorRequirement;
import io.fabric8.kubernetes.api.model.PodAffinityTerm;
import io.fabric8.kubernetes.api.model.WeightedPodAffinityTerm;
import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.framework.Verdict;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Pod affinity and anti-affinity, of the pod itself and of the pods that run. One pass over all pods per cycle, and none at all where neither the pod nor any
 * running pod has such terms.
 */
public final class InterPodAffinity implements SchedulingPlugin {
    /** A topology domain. */
    private record Domain(String key, String value) {}

    @Override
    public String name() {
        return "InterPodAffinity";
    }

    @Override
    public int weight() {
        return 2;
    }

    @Override
    public Judge prepare(PodInfo pod, Snapshot snapshot) {
        Affinity affinity = pod.pod().getSpec().getAffinity();
        List<WeightedPodAffinityTerm> attract =
                affinity == null || affinity.getPodAffinity() == null ? List.of() : NodeSelectors.orEmpty(affinity.getPodAffinity().getPreferredDuringSchedulingIgnoredDuringExecution());
        List<WeightedPodAffinityTerm> repel =
                affinity == null || affinity.getPodAntiAffinity() == null ? List.of() : NodeSelectors.orEmpty(affinity.getPodAntiAffinity().getPreferredDuringSchedulingIgnoredDuringExecution());

        Set<Domain> refusedByOthers = new HashSet<>();
        Set<Domain> avoided = new HashSet<>();
        Map<PodAffinityTerm, Set<String>> satisfied = new HashMap<>();
        pod.requiredAffinity().forEach(term -> satisfied.put(term, new HashSet<>()));
        Map<Domain, Long> attraction = new HashMap<>();
        boolean affinityFoundAny = false;
        boolean looksAtPods = !pod.requiredAffinity().isEmpty() || !pod.requiredAntiAffinity().isEmpty() || !attract.isEmpty() || !repel.isEmpty();
        for (NodeInfo node : snapshot.nodes()) {
            for (PodInfo other : node.pods()) {
                for (PodAffinityTerm term : other.requiredAntiAffinity()) {
                    if (matches(term, other, pod, snapshot)) {
                        add(refusedByOthers, term, node);
                    }
                }
                scoreTermsOf(other, pod, node, snapshot, attraction);
                if (!looksAtPods) {
                    continue;
                }
                for (PodAffinityTerm term : pod.requiredAntiAffinity()) {
                    if (matches(term, pod, other, snapshot)) {
                        add(avoided, term, node);
                    }
                }
                for (PodAffinityTerm term : pod.requiredAffinity()) {
                    String value = node.labels().get(term.getTopologyKey());
                    if (value != null && matches(term, pod, other, snapshot)) {
                        satisfied.get(term).add(value);
                        affinityFoundAny = true;
                    }
                }
                attract.forEach(term -> weigh(term.getPodAffinityTerm(), term.getWeight(), pod, other, node, snapshot, attraction));
                repel.forEach(term -> weigh(term.getPodAffinityTerm(), -term.getWeight(), pod, other, node, snapshot, attraction));
            }
        }
        // The first pod of a group that wants its own kind beside it may go anywhere the topology key exists.
        boolean firstOfItsKind = !affinityFoundAny && !pod.requiredAffinity().isEmpty() && pod.requiredAffinity().stream().allMatch(term -> matches(term, pod, pod, snapshot));
        return new Judge() {
            @Override
            public Verdict filter(NodeInfo node) {
                for (PodAffinityTerm term : pod.requiredAffinity()) {
                    String value = node.labels().get(term.getTopologyKey());
                    if (value == null || (!firstOfItsKind && !satisfied.get(term).contains(value))) {
                        return Verdict.unresolvable("node(s) didn't match pod affinity rules");
                    }
                }
                for (PodAffinityTerm term : pod.requiredAntiAffinity()) {
                    String value = node.labels().get(term.getTopologyKey());
                    if (value != null && avoided.contains(new Domain(term.getTopologyKey(), value))) {
                        return Verdict.unschedulable("node(s) didn't match pod anti-affinity rules");
                    }
                }
                for (Domain domain : refusedByOthers) {
                    if (domain.value().equals(node.labels().get(domain.key()))) {
                        return Verdict.unschedulable("node(s) didn't satisfy existing pods anti-affinity rules");
                    }
                }
                return Verdict.FITS;
            }

            @Override
            public long score(NodeInfo node) {
                long sum = 0;
                for (var entry : attraction.entrySet()) {
                    if (entry.getKey().value().equals(node.labels().get(entry.getKey().key()))) {
                        sum += entry.getValue();
                    }
                }
                return sum;
            }

            @Override
            public void normalize(long[] scores) {
                long min = Long.MAX_VALUE;
                long max = Long.MIN_VALUE;
                for (long score : scores) {
                    min = Math.min(min, score);
                    max = Math.max(max, score);
                }
                for (int i = 0; i < scores.length; i++) {
                    scores[i] = max == min ? 0 : 100 * (scores[i] - min) / (max - min);
                }
            }
        };
    }

    /** Preferred terms of running pods pull or push the new one, too; their required affinity pulls with weight 1. */
    private static void scoreTermsOf(PodInfo other, PodInfo pod, NodeInfo node, Snapshot snapshot, Map<Domain, Long> attraction) {
        Affinity affinity = other.pod().getSpec().getAffinity();
        if (affinity == null) {
            return;
        }
        if (affinity.getPodAffinity() != null) {
            NodeSelectors.orEmpty(affinity.getPodAffinity().getPreferredDuringSchedulingIgnoredDuringExecution())
                    .forEach(term -> weigh(term.getPodAffinityTerm(), term.getWeight(), other, pod, node, snapshot, attraction));
            other.requiredAffinity().forEach(term -> weigh(term, 1, other, pod, node, snapshot, attraction));
        }
        if (affinity.getPodAntiAffinity() != null) {
            NodeSelectors.orEmpty(affinity.getPodAntiAffinity().getPreferredDuringSchedulingIgnoredDuringExecution())
                    .forEach(term -> weigh(term.getPodAffinityTerm(), -term.getWeight(), other, pod, node, snapshot, attraction));
        }
    }

    private static void weigh(PodAffinityTerm term, long weight, PodInfo owner, PodInfo target, NodeInfo node, Snapshot snapshot, Map<Domain, Long> attraction) {
        String value = node.labels().get(term.getTopologyKey());
        if (value != null && matches(term, owner, target, snapshot)) {
            attraction.merge(new Domain(term.getTopologyKey(), value), weight, Long::sum);
        }
    }

    private static void add(Set<Domain> domains, PodAffinityTerm term, NodeInfo node) {
        String value = node.labels().get(term.getTopologyKey());
        if (value != null) {
            domains.add(new Domain(term.getTopologyKey(), value));
        }
    }

    private static boolean matches(PodAffinityTerm term, PodInfo owner, PodInfo target, Snapshot snapshot) {
        return inNamespaces(term, owner, target, snapshot) && LabelSelectors.matches(selector(term, owner), target.labels());
    }

    private static boolean inNamespaces(PodAffinityTerm term, PodInfo owner, PodInfo target, Snapshot snapshot) {
        List<String> named = NodeSelectors.orEmpty(term.getNamespaces());
        if (named.isEmpty() && term.getNamespaceSelector() == null) {
            return target.namespace().equals(owner.namespace());
        }
        return named.contains(target.namespace()) || LabelSelectors.matches(term.getNamespaceSelector(), snapshot.namespaceLabels().getOrDefault(target.namespace(), Map.of()));
    }

    private static LabelSelector selector(PodAffinityTerm term, PodInfo owner) {
        List<String> match = NodeSelectors.orEmpty(term.getMatchLabelKeys());
        List<String> mismatch = NodeSelectors.orEmpty(term.getMismatchLabelKeys());
        if ((match.isEmpty() && mismatch.isEmpty()) || term.getLabelSelector() == null) {
            return term.getLabelSelector();
        }
        LabelSelectorBuilder builder = new LabelSelectorBuilder(term.getLabelSelector());
        match.stream().filter(owner.labels()::containsKey).forEach(key -> builder.addToMatchExpressions(new LabelSelectorRequirement(key, "In", List.of(owner.labels().get(key)))));
        mismatch.stream().filter(owner.labels()::containsKey).forEach(key -> builder.addToMatchExpressions(new LabelSelectorRequirement(key, "NotIn", List.of(owner.labels().get(key)))));
        return builder.build();
    }
}
