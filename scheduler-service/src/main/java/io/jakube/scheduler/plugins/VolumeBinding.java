package io.jakube.scheduler.plugins;

import io.fabric8.kubernetes.api.model.NodeSelector;
import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.framework.Verdict;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;

/** Claims must exist and be bound, and their volumes must be reachable from the node; those that wait for their first consumer must find one there, or be provisioned. */
public final class VolumeBinding implements SchedulingPlugin {
    @Override
    public String name() {
        return "VolumeBinding";
    }

    @Override
    public Judge prepare(PodInfo pod, Snapshot snapshot) {
        List<NodeSelector> reachable = new ArrayList<>();
        String problem = null;
        boolean waiting = false;
        for (var volume : NodeSelectors.orEmpty(pod.pod().getSpec().getVolumes())) {
            String claimName = VolumeChoices.claimName(pod.pod(), volume).orElse(null);
            if (claimName == null) {
                continue;
            }
            Snapshot.Claim claim = snapshot.claims().get(pod.namespace() + "/" + claimName);
            if (claim == null) {
                problem = "persistentvolumeclaim \"" + claimName + "\" not found";
            } else if (claim.volumeName().isEmpty()) {
                if (!claim.waitsForConsumer()) {
                    problem = "pod has unbound immediate PersistentVolumeClaims";
                }
                waiting |= claim.object() != null;
            } else {
                Snapshot.Volume bound = snapshot.volumes().get(claim.volumeName());
                if (bound == null) {
                    problem = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";
                } else if (bound.nodeAffinity() != null) {
                    reachable.add(bound.nodeAffinity());
                }
            }
        }
        if (problem == null && reachable.isEmpty() && !waiting) {
            return Judge.INDIFFERENT;
        }
        String reason = problem;
        boolean chooses = waiting;
        return new Judge() {
            @Override
            public Verdict filter(NodeInfo node) {
                if (reason != null) {
                    return Verdict.unresolvable(reason);
                }
                if (!reachable.stream().allMatch(selector -> NodeSelectors.matches(selector, node))) {
                    return Verdict.unresolvable("node(s) didn't match PersistentVolume's node affinity");
                }
                return !chooses || VolumeChoices.on(node, pod, snapshot).isPresent() ? Verdict.FITS : Verdict.unresolvable("node(s) didn't find available persistent volumes to bind");
            }
        };
    }
}
