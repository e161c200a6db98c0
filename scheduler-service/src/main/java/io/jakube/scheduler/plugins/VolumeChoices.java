package io.jakube.scheduler.plugins;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.jakube.common.volume.VolumeMatch;
import io.jakube.scheduler.snapshot.NodeInfo;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a pod's claims that wait for their first consumer get on a node (Kubernetes documentation, "Storage Classes", Volume Binding Mode). Pure. */
public final class VolumeChoices {
    private VolumeChoices() {}

    /** @param volume null where a provisioner is to make one for the chosen node */
    public record Choice(PersistentVolumeClaim claim, @Nullable PersistentVolume volume) {}

    /** Empty where some claim can have nothing on the node. */
    public static Optional<List<Choice>> on(NodeInfo node, PodInfo pod, Snapshot snapshot) {
        List<Choice> choices = new ArrayList<>();
        List<PersistentVolume> free = null;
        for (Snapshot.Claim claim : claims(pod, snapshot)) {
            PersistentVolumeClaim object = claim.object();
            if (object == null || !claim.volumeName().isEmpty() || !claim.waitsForConsumer()) {
                continue;
            }
            if (free == null) {
                free = reachable(node, snapshot);
            }
            Optional<PersistentVolume> suited = VolumeMatch.smallest(object, free);
            if (suited.isEmpty() && !claim.provisioned()) {
                return Optional.empty();
            }
            suited.ifPresent(free::remove);
            choices.add(new Choice(object, suited.orElse(null)));
        }
        return Optional.of(choices);
    }

    /** Name of the claim a volume of a pod uses; empty for volumes of other kinds. */
    static Optional<String> claimName(Pod pod, Volume volume) {
        if (volume.getPersistentVolumeClaim() != null) {
            return Optional.of(volume.getPersistentVolumeClaim().getClaimName());
        }
        return volume.getEphemeral() == null ? Optional.empty() : Optional.of(pod.getMetadata().getName() + "-" + volume.getName());
    }

    private static List<Snapshot.Claim> claims(PodInfo pod, Snapshot snapshot) {
        List<Snapshot.Claim> claims = new ArrayList<>();
        for (Volume volume : NodeSelectors.orEmpty(pod.pod().getSpec().getVolumes())) {
            claimName(pod.pod(), volume).map(name -> snapshot.claims().get(pod.namespace() + "/" + name)).ifPresent(claims::add);
        }
        return claims;
    }

    private static List<PersistentVolume> reachable(NodeInfo node, Snapshot snapshot) {
        List<PersistentVolume> free = new ArrayList<>();
        for (Snapshot.Volume volume : snapshot.volumes().values()) {
            if (volume.free() != null && (volume.nodeAffinity() == null || NodeSelectors.matches(volume.nodeAffinity(), node))) {
                free.add(volume.free());
            }
        }
        return free;
    }
}
