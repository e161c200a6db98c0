package io.jakube.scheduler.plugins;

import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.framework.Verdict;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;

/** Keeps a pod that names its node off all others. */
public final class NodeName implements SchedulingPlugin {
    @Override
    public String name() {
        return "NodeName";
    }

    @Override
    public Judge prepare(PodInfo pod, Snapshot snapshot) {
        String wanted = pod.pod().getSpec().getNodeName();
        if (wanted == null || wanted.isEmpty()) {
            return Judge.INDIFFERENT;
        }
        return new Judge() {
            @Override
            public Verdict filter(NodeInfo node) {
                return node.name().equals(wanted) ? Verdict.FITS : Verdict.unresolvable("node(s) didn't match the requested node name");
            }
        };
    }
}
