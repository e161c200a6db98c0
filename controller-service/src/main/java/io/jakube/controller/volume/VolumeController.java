package io.jakube.controller.volume;

import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Lister;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/** Binds persistent volumes and claims, and keeps those in use from vanishing (finalizers {@code pvc-protection} and {@code pv-protection}). */
public final class VolumeController {
    private static final String CLAIM_PROTECTION = "kubernetes.io/pvc-protection";
    private static final String VOLUME_PROTECTION = "kubernetes.io/pv-protection";
    private static final String BY_CLAIM = "claim";

    private final Lister<PersistentVolume> volumes;
    private final Lister<PersistentVolumeClaim> claims;
    private final Lister<StorageClass> classes;
    private final Lister<Pod> pods;
    private final InstantSource clock;

    public VolumeController(ControllerScope scope) {
        scope.index(Pod.class, BY_CLAIM, VolumeController::claimsOf);
        volumes = scope.lister(PersistentVolume.class);
        claims = scope.lister(PersistentVolumeClaim.class);
        classes = scope.lister(StorageClass.class);
        pods = scope.lister(Pod.class);
        clock = scope.clock();
        ReconcileLoop claimLoop = scope.loop("persistentvolumeclaim-binder", 1, this::reconcileClaim);
        ReconcileLoop volumeLoop = scope.loop("persistentvolume-binder", 1, this::reconcileVolume);
        scope.watchEach(PersistentVolumeClaim.class, claim -> {
            claimLoop.add(ControllerScope.keyOf(claim));
            volumes.list().stream().filter(v -> refersTo(v, claim)).forEach(v -> volumeLoop.add(ControllerScope.keyOf(v)));
        });
        scope.watchEach(PersistentVolume.class, volume -> {
            volumeLoop.add(ControllerScope.keyOf(volume));
            ObjectReference reference = volume.getSpec().getClaimRef();
            if (reference != null) {
                claimLoop.add(new ObjectKey(reference.getNamespace(), reference.getName()));
            } else {
                claims.list().stream().filter(c -> c.getSpec().getVolumeName() == null || c.getSpec().getVolumeName().equals(volume.getMetadata().getName()))
                        .forEach(c -> claimLoop.add(ControllerScope.keyOf(c)));
            }
        });
        scope.watch(Pod.class, new EventHandler<Pod>() {
            @Override
            public void onAdd(Pod pod) {}

            @Override
            public void onUpdate(Pod old, Pod pod) {
                if (PodStates.isFinished(pod) != PodStates.isFinished(old)) {
                    onDelete(pod);
                }
            }

            @Override
            public void onDelete(Pod last) {
                claimsOf(last).forEach(key -> claimLoop.add(new ObjectKey(last.getMetadata().getNamespace(), key.substring(key.indexOf('/') + 1))));
            }
        });
    }

    private static boolean refersTo(PersistentVolume volume, PersistentVolumeClaim claim) {
        ObjectReference reference = volume.getSpec().getClaimRef();
        return reference != null && claim.getMetadata().getNamespace().equals(reference.getNamespace()) && claim.getMetadata().getName().equals(reference.getName());
    }

    private static List<String> claimsOf(Pod pod) {
        List<Volume> mounted = pod.getSpec().getVolumes();
        return mounted == null || mounted.isEmpty() ? List.of() : mounted.stream().map(v -> {
            if (v.getPersistentVolumeClaim() != null) {
                return v.getPersistentVolumeClaim().getClaimName();
            }
            return v.getEphemeral() == null ? null : pod.getMetadata().getName() + "-" + v.getName();
        }).filter(Objects::nonNull).map(name -> pod.getMetadata().getNamespace() + "/" + name).toList();
    }

    private Plan reconcileClaim(ObjectKey key) {
        PersistentVolumeClaim claim = claims.get(key).orElse(null);
        if (claim == null) {
            return Plan.NOTHING;
        }
        if (claim.getMetadata().getDeletionTimestamp() != null) {
            boolean used = pods.byIndex(BY_CLAIM, key.toString()).stream().anyMatch(pod -> !PodStates.isFinished(pod));
            boolean isProtected = claim.getMetadata().getFinalizers() != null && claim.getMetadata().getFinalizers().contains(CLAIM_PROTECTION);
            return isProtected && !used ? VolumeBinding.unprotect(claim, CLAIM_PROTECTION) : Plan.NOTHING;
        }
        return VolumeBinding.decideClaim(claim, volumes.list(), waits(claim));
    }

    private boolean waits(PersistentVolumeClaim claim) {
        String name = claim.getSpec().getStorageClassName();
        return name != null && classes.get("", name).filter(c -> "WaitForFirstConsumer".equals(c.getVolumeBindingMode())).isPresent();
    }

    private Plan reconcileVolume(ObjectKey key) {
        PersistentVolume volume = volumes.get(key).orElse(null);
        if (volume == null) {
            return Plan.NOTHING;
        }
        ObjectReference reference = volume.getSpec().getClaimRef();
        PersistentVolumeClaim claim = reference == null ? null : claims.get(reference.getNamespace(), reference.getName()).orElse(null);
        if (volume.getMetadata().getDeletionTimestamp() != null) {
            boolean bound = claim != null && reference != null && claim.getMetadata().getUid().equals(reference.getUid());
            boolean isProtected = volume.getMetadata().getFinalizers() != null && volume.getMetadata().getFinalizers().contains(VOLUME_PROTECTION);
            return isProtected && !bound ? VolumeBinding.unprotect(volume, VOLUME_PROTECTION) : Plan.NOTHING;
        }
        return VolumeBinding.decideVolume(volume, claim, clock.instant());
    }
}
