package io.jakube.scheduler.plugins;

import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.framework.Verdict;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;

/** Refuses nodes where a host port the pod wants is taken. */
public final class NodePorts implements SchedulingPlugin {
    @Override
    public String name() {
        return "NodePorts";
    }

    @Override
    public Judge prepare(PodInfo pod, Snapshot snapshot) {
        if (pod.hostPorts().isEmpty()) {
            return Judge.INDIFFERENT;
        }
        return new Judge() {
            @Override
            public Verdict filter(NodeInfo node) {
                boolean taken = node.pods().stream().flatMap(p -> p.hostPorts().stream()).anyMatch(used -> pod.hostPorts().stream().anyMatch(used::collidesWith));
                return taken ? Verdict.unschedulable("node(s) didn't have free ports for the requested pod ports") : Verdict.FITS;
            }
        };
    }
}
