package io.jakube.scheduler.plugins;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.framework.Verdict;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Spreads pods over topology domains (KEP-895, KEP-3022, KEP-3094, KEP-3243). A pod with a controller and without constraints of its own is spread
 * softly over hosts and zones, its siblings being the pods of the same controller.
 */
public final class PodTopologySpread implements SchedulingPlugin {
    private static final String HOSTNAME = "kubernetes.io/hostname";
    private static final String ZONE = "topology.kubernetes.io/zone";

    /**
     * One constraint made ready.
     *
     * @param counts matching pods by domain, domains without any included
     */
    private record Constraint(String topologyKey, int maxSkew, int minDomains, boolean hard, boolean selfMatch, Map<String, Integer> counts, int minimum) {}

    @Override
    public String name() {
        return "PodTopologySpread";
    }

    @Override
    public int weight() {
        return 2;
    }

    @Override
    public Judge prepare(PodInfo pod, Snapshot snapshot) {
        List<TopologySpreadConstraint> declared = NodeSelectors.orEmpty(pod.pod().getSpec().getTopologySpreadConstraints());
        if (declared.isEmpty()) {
            declared = defaults(pod.pod());
        }
        if (declared.isEmpty()) {
            return Judge.INDIFFERENT;
        }
        Judge affinity = new NodeAffinity().prepare(pod, snapshot);
        Judge taints = new TaintToleration().prepare(pod, snapshot);
        List<Constraint> constraints = new ArrayList<>();
        for (TopologySpreadConstraint constraint : declared) {
            constraints.add(count(constraint, pod, snapshot, affinity, taints));
        }
        return new Judge() {
            @Override
            public Verdict filter(NodeInfo node) {
                for (Constraint constraint : constraints) {
                    if (!constraint.hard) {
                        continue;
                    }
                    String domain = node.labels().get(constraint.topologyKey);
                    if (domain == null) {
                        return Verdict.unresolvable("node(s) didn't match pod topology spread constraints (missing required label)");
                    }
                    int minimum = constraint.counts.size() < constraint.minDomains ? 0 : constraint.minimum;
                    int skew = constraint.counts.getOrDefault(domain, 0) + (constraint.selfMatch ? 1 : 0) - minimum;
                    if (skew > constraint.maxSkew) {
                        return Verdict.unschedulable("node(s) didn't match pod topology spread constraints");
                    }
                }
                return Verdict.FITS;
            }

            @Override
            public long score(NodeInfo node) {
                double load = 0;
                for (Constraint constraint : constraints) {
                    String domain = node.labels().get(constraint.topologyKey);
                    if (!constraint.hard && domain != null) {
                        // Few domains make each pod in them weigh more, so that zones matter beside many hosts.
                        load += constraint.counts.getOrDefault(domain, 0) * Math.log(constraint.counts.size() + 2.0) + (constraint.maxSkew - 1);
                    }
                }
                return Math.round(load * 100);
            }

            @Override
            public void normalize(long[] scores) {
                SchedulingPlugin.scaleToHundred(scores, true);
            }
        };
    }

    private static Constraint count(TopologySpreadConstraint declared, PodInfo pod, Snapshot snapshot, Judge affinity, Judge taints) {
        LabelSelector selector = withMatchLabelKeys(declared, pod);
        boolean honourAffinity = !"Ignore".equals(declared.getNodeAffinityPolicy());
        boolean honourTaints = "Honor".equals(declared.getNodeTaintsPolicy());
        Map<String, Integer> counts = new HashMap<>();
        for (NodeInfo node : snapshot.nodes()) {
            String domain = node.labels().get(declared.getTopologyKey());
            if (domain == null || (honourAffinity && affinity.filter(node) != Verdict.FITS) || (honourTaints && taints.filter(node) != Verdict.FITS)) {
                continue;
            }
            int matching = 0;
            for (PodInfo other : node.pods()) {
                if (!other.terminating() && other.namespace().equals(pod.namespace()) && LabelSelectors.matches(selector, other.labels())) {
                    matching++;
                }
            }
            counts.merge(domain, matching, Integer::sum);
        }
        int minimum = counts.values().stream().mapToInt(Integer::intValue).min().orElse(0);
        return new Constraint(
                declared.getTopologyKey(),
                declared.getMaxSkew() == null ? 1 : declared.getMaxSkew(),
                declared.getMinDomains() == null ? 1 : declared.getMinDomains(),
                "DoNotSchedule".equals(declared.getWhenUnsatisfiable()),
                LabelSelectors.matches(selector, pod.labels()),
                counts,
                minimum);
    }

    private static LabelSelector withMatchLabelKeys(TopologySpreadConstraint declared, PodInfo pod) {
        List<String> keys = NodeSelectors.orEmpty(declared.getMatchLabelKeys());
        if (keys.isEmpty() || declared.getLabelSelector() == null) {
            return declared.getLabelSelector();
        }
        LabelSelectorBuilder builder = new LabelSelectorBuilder(declared.getLabelSelector());
        for (String key : keys) {
            String value = pod.labels().get(key);
            if (value != null) {
                builder.addToMatchLabels(key, value);
            }
        }
        return builder.build();
    }

    /** Labels that differ between the pods of one controller and so cannot select them. */
    private static final Set<String> OF_ONE_POD = Set.of("statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index", "batch.kubernetes.io/job-completion-index");

    private static List<TopologySpreadConstraint> defaults(Pod pod) {
        boolean controlled = NodeSelectors.orEmpty(pod.getMetadata().getOwnerReferences()).stream().anyMatch(o -> Boolean.TRUE.equals(o.getController()));
        Map<String, String> labels = pod.getMetadata().getLabels() == null ? new HashMap<>() : new HashMap<>(pod.getMetadata().getLabels());
        labels.keySet().removeAll(new HashSet<>(OF_ONE_POD));
        if (!controlled || labels.isEmpty()) {
            return List.of();
        }
        return List.of(soft(HOSTNAME, 3, labels), soft(ZONE, 5, labels));
    }

    private static TopologySpreadConstraint soft(String key, int maxSkew, Map<String, String> labels) {
        TopologySpreadConstraint constraint = new TopologySpreadConstraint();
        constraint.setTopologyKey(key);
        constraint.setMaxSkew(maxSkew);
        constraint.setWhenUnsatisfiable("ScheduleAnyway");
        constraint.setLabelSelector(new LabelSelectorBuilder().withMatchLabels(labels).build());
        return constraint;
    }
}
