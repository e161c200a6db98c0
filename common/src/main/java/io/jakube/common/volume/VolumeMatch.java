package io.jakube.common.volume;

import static java.util.Objects.requireNonNullElse;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Quantity;
import io.jakube.common.selector.LabelSelectors;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which volumes satisfy a claim (Kubernetes documentation, "Persistent Volumes", Binding): for the controller that binds, and the scheduler that chooses. */
public final class VolumeMatch {
    private VolumeMatch() {}

    /** The smallest free volume that satisfies a claim; the first by name among equals. */
    public static Optional<PersistentVolume> smallest(PersistentVolumeClaim claim, Collection<PersistentVolume> volumes) {
        return volumes.stream()
                .filter(volume -> satisfies(volume, claim))
                .min(Comparator.<PersistentVolume, BigDecimal>comparing(volume -> size(capacity(volume))).thenComparing(volume -> volume.getMetadata().getName()));
    }

    private static boolean satisfies(PersistentVolume volume, PersistentVolumeClaim claim) {
        var spec = volume.getSpec();
        var wanted = claim.getSpec();
        boolean free = spec.getClaimRef() == null && volume.getMetadata().getDeletionTimestamp() == null
                && (volume.getStatus() == null || volume.getStatus().getPhase() == null || volume.getStatus().getPhase().equals("Available"));
        return free
                && requireNonNullElse(spec.getStorageClassName(), "").equals(requireNonNullElse(wanted.getStorageClassName(), ""))
                && requireNonNullElse(spec.getVolumeMode(), "Filesystem").equals(requireNonNullElse(wanted.getVolumeMode(), "Filesystem"))
                && spec.getAccessModes().containsAll(wanted.getAccessModes())
                && (wanted.getSelector() == null || LabelSelectors.matches(wanted.getSelector(), volume.getMetadata().getLabels()))
                && size(capacity(volume)).compareTo(size(request(claim))) >= 0;
    }

    private static @Nullable Quantity request(PersistentVolumeClaim claim) {
        var resources = claim.getSpec().getResources();
        return resources == null || resources.getRequests() == null ? null : resources.getRequests().get("storage");
    }

    private static @Nullable Quantity capacity(PersistentVolume volume) {
        return volume.getSpec().getCapacity() == null ? null : volume.getSpec().getCapacity().get("storage");
    }

    private static BigDecimal size(@Nullable Quantity quantity) {
        return quantity == null ? BigDecimal.ZERO : Quantity.getAmountInBytes(quantity);
    }
}
