package io.jakube.scheduler.plugins;

import io.fabric8.kubernetes.api.model.NodeSelector;
import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.framework.Verdict;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;

/** Claims must exist and be bound (or wait for their first consumer), and their volumes must be reachable from the node. */
public final class VolumeBinding implements SchedulingPlugin {
    @Override
    public String name() {
        return "VolumeBinding";
    }

    @Override
    public Judge prepare(PodInfo pod, Snapshot snapshot) {
        List<NodeSelector> reachable = new ArrayList<>();
        String problem = null;
        for (var volume : NodeSelectors.orEmpty(pod.pod().getSpec().getVolumes())) {
            String claimName = volume.getPersistentVolumeClaim() != null
                    ? volume.getPersistentVolumeClaim().getClaimName()
                    : volume.getEphemeral() != null ? pod.pod().getMetadata().getName() + "-" + volume.getName() : null;
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
            } else {
                Snapshot.Volume bound = snapshot.volumes().get(claim.volumeName());
                if (bound == null) {
                    problem = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";
                } else if (bound.nodeAffinity() != null) {
                    reachable.add(bound.nodeAffinity());
                }
            }
        }
        if (problem == null && reachable.isEmpty()) {
            return Judge.INDIFFERENT;
        }
        String reason = problem;
        return new Judge() {
            @Override
            public Verdict filter(NodeInfo node) {
                if (reason != null) {
                    return Verdict.unresolvable(reason);
                }
                return reachable.stream().allMatch(selector -> NodeSelectors.matches(selector, node))
                        ? Verdict.FITS
                        : Verdict.unresolvable("node(s) didn't match PersistentVolume's node affinity");
            }
        };
    }
}
