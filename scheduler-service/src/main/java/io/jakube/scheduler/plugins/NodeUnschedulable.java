package io.jakube.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Taint;
import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.framework.Verdict;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;

/** Keeps pods off cordoned nodes unless they tolerate {@code node.kubernetes.io/unschedulable}. */
public final class NodeUnschedulable implements SchedulingPlugin {
    private static final Taint CORDON = taint();

    private static Taint taint() {
        Taint taint = new Taint();
        taint.setKey("node.kubernetes.io/unschedulable");
        taint.setEffect("NoSchedule");
        return taint;
    }

    @Override
    public String name() {
        return "NodeUnschedulable";
    }

    @Override
    public Judge prepare(PodInfo pod, Snapshot snapshot) {
        boolean tolerated = Tolerations.of(pod.pod()).tolerate(CORDON);
        return new Judge() {
            @Override
            public Verdict filter(NodeInfo node) {
                boolean cordoned = node.node().getSpec() != null && Boolean.TRUE.equals(node.node().getSpec().getUnschedulable());
                return cordoned && !tolerated ? Verdict.unresolvable("node(s) were unschedulable") : Verdict.FITS;
            }
        };
    }
}
