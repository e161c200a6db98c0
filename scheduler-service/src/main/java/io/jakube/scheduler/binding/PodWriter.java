package io.jakube.scheduler.binding;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.scheduler.snapshot.PodInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The writes scheduling makes. Implementations throw {@link io.jakube.common.status.ApiException} or {@link java.io.UncheckedIOException}. Thread-safe. */
public interface PodWriter {
    /** Binds a pod to a node. */
    void bind(Pod pod, String node);

    /** Notes in the pod's status that no node fits. @param nominatedNode node where room is being made; empty clears the field, null leaves it as it is */
    void reportUnschedulable(Pod pod, String message, @Nullable String nominatedNode);

    /** Reserves a volume for a claim; the volume controller does the rest. */
    void bindVolume(PersistentVolume volume, PersistentVolumeClaim claim);

    /** Asks for a claim's volume to be provisioned where a node reaches it. */
    void selectNode(PersistentVolumeClaim claim, String node);

    /** Takes back the promise of a node. */
    void withdrawNomination(Pod pod);

    /** Evicts pods for the sake of one of higher priority. */
    void preempt(PodInfo beneficiary, List<PodInfo> victims);
}
