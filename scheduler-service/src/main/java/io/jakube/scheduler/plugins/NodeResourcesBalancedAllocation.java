package io.jakube.scheduler.plugins;

import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.ResourceList;
import io.jakube.scheduler.snapshot.Snapshot;

/** Prefers nodes whose cpu and memory would be used to similar degrees. */
public final class NodeResourcesBalancedAllocation implements SchedulingPlugin {
    @Override
    public String name() {
        return "NodeResourcesBalancedAllocation";
    }

    @Override
    public int weight() {
        return 1;
    }

    @Override
    public Judge prepare(PodInfo pod, Snapshot snapshot) {
        if (pod.requests().get(ResourceList.CPU) == 0 && pod.requests().get(ResourceList.MEMORY) == 0) {
            return Judge.INDIFFERENT;
        }
        return new Judge() {
            @Override
            public long score(NodeInfo node) {
                // With two resources the standard deviation is half the distance between the two used fractions.
                return Math.round((1 - Math.abs(used(node, ResourceList.CPU) - used(node, ResourceList.MEMORY)) / 2) * 100);
            }

            private double used(NodeInfo node, String resource) {
                long capacity = node.allocatable().get(resource);
                return capacity == 0 ? 1 : Math.min(1, (double) (node.requested().get(resource) + pod.requests().get(resource)) / capacity);
            }
        };
    }
}
