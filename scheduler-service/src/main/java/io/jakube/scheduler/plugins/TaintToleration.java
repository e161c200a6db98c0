package io.jakube.scheduler.plugins;

import io.fabric8.kubernetes.api.model.Taint;
import io.jakube.scheduler.framework.SchedulingPlugin;
import io.jakube.scheduler.framework.Verdict;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;

/** Refuses nodes with untolerated NoSchedule or NoExecute taints, and prefers nodes with fewer untolerated PreferNoSchedule taints. */
public final class TaintToleration implements SchedulingPlugin {
    @Override
    public String name() {
        return "TaintToleration";
    }

    @Override
    public int weight() {
        return 3;
    }

    @Override
    public Judge prepare(PodInfo pod, Snapshot snapshot) {
        Tolerations tolerations = Tolerations.of(pod.pod());
        return new Judge() {
            @Override
            public Verdict filter(NodeInfo node) {
                for (Taint taint : node.taints()) {
                    if (!"PreferNoSchedule".equals(taint.getEffect()) && !tolerations.tolerate(taint)) {
                        return Verdict.unresolvable("node(s) had untolerated taint {" + taint.getKey() + ": " + (taint.getValue() == null ? "" : taint.getValue()) + "}");
                    }
                }
                return Verdict.FITS;
            }

            @Override
            public long score(NodeInfo node) {
                return node.taints().stream().filter(t -> "PreferNoSchedule".equals(t.getEffect()) && !tolerations.tolerate(t)).count();
            }

            @Override
            public void normalize(long[] scores) {
                SchedulingPlugin.scaleToHundred(scores, true);
            }
        };
    }
}
