package io.jakube.scheduler.plugins;

import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.framework.Verdict;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.ResourceList;
import io.jakube.scheduler.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;

/** Requests must fit into what is allocatable; nodes with more left over score higher (LeastAllocated over cpu and memory). */
public final class NodeResourcesFit implements SchedulingPlugin {
    @Override
    public String name() {
        return "NodeResourcesFit";
    }

    @Override
    public int weight() {
        return 1;
    }

    @Override
    public Judge prepare(PodInfo pod, Snapshot snapshot) {
        return new Judge() {
            @Override
            public Verdict filter(NodeInfo node) {
                List<String> reasons = new ArrayList<>();
                boolean resolvable = true;
                if (node.pods().size() + 1 > node.allocatable().get(ResourceList.PODS)) {
                    reasons.add("Too many pods");
                }
                for (var request : pod.requests().amounts().entrySet()) {
                    long wanted = request.getValue();
                    long capacity = node.allocatable().get(request.getKey());
                    if (wanted > 0 && wanted > capacity - node.requested().get(request.getKey())) {
                        reasons.add("Insufficient " + request.getKey());
                        resolvable &= wanted <= capacity;
                    }
                }
                reasons.sort(null);
                return reasons.isEmpty() ? Verdict.FITS : new Verdict.Rejected(String.join(", ", reasons), resolvable);
            }

            @Override
            public long score(NodeInfo node) {
                return (free(node, ResourceList.CPU) + free(node, ResourceList.MEMORY)) / 2;
            }

            private long free(NodeInfo node, String resource) {
                long capacity = node.allocatable().get(resource);
                long used = node.nonZeroRequested().get(resource) + pod.nonZeroRequests().get(resource);
                return capacity == 0 || used > capacity ? 0 : (capacity - used) * 100 / capacity;
            }
        };
    }
}
