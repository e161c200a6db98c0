package io.jakube.scheduler;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Pods and nodes for scheduling tests. */
public final class Pods {
    private Pods() {}

    public static PodBuilder pod(String name) {
        return new PodBuilder()
                .withNewMetadata().withName(name).withNamespace("default").withUid("uid-" + name).endMetadata()
                .withNewSpec().withSchedulerName(Scheduler.NAME).addNewContainer().withName("c").withImage("app").endContainer().endSpec();
    }

    public static Pod requesting(String name, String cpu, String memory) {
        return pod(name).editSpec().editFirstContainer().withNewResources()
                .addToRequests("cpu", new Quantity(cpu)).addToRequests("memory", new Quantity(memory))
                .endResources().endContainer().endSpec().build();
    }

    public static NodeBuilder node(String name) {
        return new NodeBuilder()
                .withNewMetadata().withName(name).addToLabels("kubernetes.io/hostname", name).endMetadata()
                .withNewSpec().endSpec()
                .withNewStatus()
                .addToAllocatable(Map.of("cpu", new Quantity("2"), "memory", new Quantity("4Gi"), "pods", new Quantity("110")))
                .endStatus();
    }

    public static NodeInfo with(Node node, Pod... pods) {
        List<PodInfo> infos = new ArrayList<>();
        for (Pod pod : pods) {
            infos.add(PodInfo.of(pod));
        }
        return NodeInfo.of(node, infos);
    }

    public static Snapshot cluster(NodeInfo... nodes) {
        return Snapshot.of(List.of(nodes));
    }
}
