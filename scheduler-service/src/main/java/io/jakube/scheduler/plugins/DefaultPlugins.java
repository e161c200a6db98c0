package io.jakube.scheduler.plugins;

import io.jakube.scheduler.framework.SchedulingPlugin;
import java.util.List;

/** The plugins of the default profile, cheap filters first. */
public final class DefaultPlugins {
    private DefaultPlugins() {}

    public static List<SchedulingPlugin> all() {
        return List.of(
                new NodeUnschedulable(),
                new NodeName(),
                new TaintToleration(),
                new NodeAffinity(),
                new NodePorts(),
                new NodeResourcesFit(),
                new VolumeBinding(),
                new PodTopologySpread(),
                new InterPodAffinity(),
                new NodeResourcesBalancedAllocation(),
                new ImageLocality());
    }
}
