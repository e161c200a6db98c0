package io.jakube.controller.volume;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.jakube.common.volume.VolumeMatch;
import io.jakube.controller.pods.Times;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.Write;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Binds claims to volumes that exist already (Kubernetes documentation, "Persistent Volumes", static provisioning). Binding is two references, the
 * volume's to the claim first: it alone decides, so a crash in between is finished by the next step. Pure.
 */
final class VolumeBinding {
    private static final String BIND_COMPLETED = "pv.kubernetes.io/bind-completed";
    private static final String BOUND_BY_CONTROLLER = "pv.kubernetes.io/bound-by-controller";

    private VolumeBinding() {}

    /**
     * @param waits whether the claim's class wants it bound only when a pod that uses it has been given a node: then the scheduler chooses the volume, or asks a
     *     provisioner for one
     */
    static Plan decideClaim(PersistentVolumeClaim claim, Collection<PersistentVolume> volumes, boolean waits) {
        if (claim.getMetadata().getDeletionTimestamp() != null) {
            return Plan.NOTHING;
        }
        String named = claim.getSpec().getVolumeName();
        Optional<PersistentVolume> volume = named != null && !named.isEmpty()
                ? volumes.stream().filter(v -> v.getMetadata().getName().equals(named)).findFirst()
                : volumes.stream().filter(v -> refersTo(v, claim)).findFirst().or(() -> waits ? Optional.empty() : VolumeMatch.smallest(claim, volumes));
        if (volume.isEmpty()) {
            String phase = isCompleted(claim) ? "Lost" : "Pending";
            return phase(claim, phase);
        }
        PersistentVolume chosen = volume.get();
        if (chosen.getSpec().getClaimRef() != null && !refersTo(chosen, claim)) {
            return phase(claim, isCompleted(claim) ? "Lost" : "Pending");
        }
        if (chosen.getSpec().getClaimRef() == null || chosen.getSpec().getClaimRef().getUid() == null) {
            return Plan.of(new Write.Update(new PersistentVolumeBuilder(chosen).editMetadata().addToAnnotations(BOUND_BY_CONTROLLER, "yes").endMetadata()
                    .editSpec().withClaimRef(reference(claim)).endSpec().build()));
        }
        if (named == null || named.isEmpty() || !isCompleted(claim)) {
            PersistentVolumeClaimBuilder bound = new PersistentVolumeClaimBuilder(claim).editMetadata().addToAnnotations(BIND_COMPLETED, "yes").endMetadata()
                    .editSpec().withVolumeName(chosen.getMetadata().getName()).endSpec();
            if (named == null || named.isEmpty()) {
                bound.editMetadata().addToAnnotations(BOUND_BY_CONTROLLER, "yes").endMetadata();
            }
            return Plan.of(new Write.Update(bound.build()));
        }
        PersistentVolumeClaim status = new PersistentVolumeClaimBuilder(claim).editOrNewStatus().withPhase("Bound").withAccessModes(chosen.getSpec().getAccessModes())
                .withCapacity(chosen.getSpec().getCapacity()).endStatus().build();
        return status.getStatus().equals(claim.getStatus()) ? Plan.NOTHING : Plan.of(new Write.UpdateStatus(status));
    }

    private static Plan phase(PersistentVolumeClaim claim, String phase) {
        if (claim.getStatus() != null && phase.equals(claim.getStatus().getPhase())) {
            return Plan.NOTHING;
        }
        return Plan.of(new Write.UpdateStatus(new PersistentVolumeClaimBuilder(claim).editOrNewStatus().withPhase(phase).endStatus().build()));
    }

    private static boolean isCompleted(PersistentVolumeClaim claim) {
        return claim.getMetadata().getAnnotations() != null && claim.getMetadata().getAnnotations().containsKey(BIND_COMPLETED);
    }

    private static boolean refersTo(PersistentVolume volume, PersistentVolumeClaim claim) {
        ObjectReference reference = volume.getSpec().getClaimRef();
        return reference != null && claim.getMetadata().getName().equals(reference.getName()) && claim.getMetadata().getNamespace().equals(reference.getNamespace())
                && (reference.getUid() == null || reference.getUid().isEmpty() || reference.getUid().equals(claim.getMetadata().getUid()));
    }

    private static ObjectReference reference(PersistentVolumeClaim claim) {
        return new ObjectReferenceBuilder().withApiVersion("v1").withKind("PersistentVolumeClaim").withNamespace(claim.getMetadata().getNamespace())
                .withName(claim.getMetadata().getName()).withUid(claim.getMetadata().getUid()).withResourceVersion(claim.getMetadata().getResourceVersion()).build();
    }

    /** @param claim the one the volume refers to by name, null if there is none */
    static Plan decideVolume(PersistentVolume volume, @Nullable PersistentVolumeClaim claim, Instant now) {
        ObjectReference reference = volume.getSpec().getClaimRef();
        if (reference == null) {
            return phase(volume, "Available", "", now);
        }
        boolean uidKnown = reference.getUid() != null && !reference.getUid().isEmpty();
        if (!uidKnown) {
            return phase(volume, "Available", "", now);
        }
        if (claim != null && claim.getMetadata().getUid().equals(reference.getUid())) {
            return phase(volume, "Bound", "", now);
        }
        if ("Delete".equals(volume.getSpec().getPersistentVolumeReclaimPolicy())) {
            return phase(volume, "Failed", "Error getting deleter volume plugin for volume \"" + volume.getMetadata().getName() + "\": no deletable volume plugin matched", now);
        }
        return phase(volume, "Released", "", now);
    }

    private static Plan phase(PersistentVolume volume, String phase, String message, Instant now) {
        if (volume.getStatus() != null && phase.equals(volume.getStatus().getPhase())) {
            return Plan.NOTHING;
        }
        return Plan.of(new Write.UpdateStatus(new PersistentVolumeBuilder(volume).editOrNewStatus().withPhase(phase).withMessage(message.isEmpty() ? null : message)
                .withLastPhaseTransitionTime(Times.format(now)).endStatus().build()));
    }

    /** Takes a protecting finalizer off a claim. */
    static Plan unprotect(PersistentVolumeClaim claim, String finalizer) {
        return Plan.of(new Write.Update(new PersistentVolumeClaimBuilder(claim).editMetadata()
                .withFinalizers(remaining(claim.getMetadata().getFinalizers(), finalizer)).endMetadata().build()));
    }

    /** Takes a protecting finalizer off a volume. */
    static Plan unprotect(PersistentVolume volume, String finalizer) {
        return Plan.of(new Write.Update(new PersistentVolumeBuilder(volume).editMetadata()
                .withFinalizers(remaining(volume.getMetadata().getFinalizers(), finalizer)).endMetadata().build()));
    }

    private static List<String> remaining(List<String> finalizers, String finalizer) {
        return finalizers.stream().filter(f -> !f.equals(finalizer)).toList();
    }
}
