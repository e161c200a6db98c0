package io.jakube.controller.statefulset;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.jakube.controller.history.RevisionHistory;
import io.jakube.controller.pods.OwnerReferences;
import io.jakube.controller.pods.PodTemplates;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Identity and storage of a stateful set's pods (Kubernetes documentation, "StatefulSets"). */
final class StatefulPods {
    private static final String POD_NAME = "statefulset.kubernetes.io/pod-name";
    private static final String POD_INDEX = "apps.kubernetes.io/pod-index";

    private StatefulPods() {}

    /** The ordinal in a pod's name; -1 if the name is not one of the set's. */
    static int ordinal(StatefulSet set, HasMetadata pod) {
        String prefix = set.getMetadata().getName() + "-";
        String name = pod.getMetadata().getName();
        if (!name.startsWith(prefix)) {
            return -1;
        }
        String number = name.substring(prefix.length());
        return number.length() <= 9 && number.matches("0|[1-9][0-9]*") ? Integer.parseInt(number) : -1;
    }

    static List<PersistentVolumeClaim> templates(StatefulSet set) {
        return set.getSpec().getVolumeClaimTemplates() == null ? List.of() : set.getSpec().getVolumeClaimTemplates();
    }

    static String claimName(StatefulSet set, PersistentVolumeClaim template, int ordinal) {
        return template.getMetadata().getName() + "-" + set.getMetadata().getName() + "-" + ordinal;
    }

    static boolean deletesClaims(StatefulSet set, boolean whenScaled) {
        var policy = set.getSpec().getPersistentVolumeClaimRetentionPolicy();
        return policy != null && "Delete".equals(whenScaled ? policy.getWhenScaled() : policy.getWhenDeleted());
    }

    static PersistentVolumeClaim claim(StatefulSet set, PersistentVolumeClaim template, int ordinal) {
        Map<String, String> labels = new HashMap<>(template.getMetadata().getLabels() == null ? Map.of() : template.getMetadata().getLabels());
        if (set.getSpec().getSelector().getMatchLabels() != null) {
            labels.putAll(set.getSpec().getSelector().getMatchLabels());
        }
        PersistentVolumeClaimBuilder claim = new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withNamespace(set.getMetadata().getNamespace())
                .withName(claimName(set, template, ordinal))
                .withLabels(labels)
                .withAnnotations(template.getMetadata().getAnnotations())
                .endMetadata()
                .withSpec(template.getSpec());
        if (deletesClaims(set, false)) {
            claim.editMetadata().addToOwnerReferences(OwnerReferences.toController(set)).endMetadata();
        }
        return claim.build();
    }

    /** @param template of the pod's revision @param revision name of that revision */
    static Pod pod(StatefulSet set, PodTemplateSpec template, String revision, int ordinal) {
        String name = set.getMetadata().getName() + "-" + ordinal;
        Pod pod = PodTemplates.podOf(template, set);
        List<Volume> volumes = new ArrayList<>();
        List<String> claimed = new ArrayList<>();
        for (PersistentVolumeClaim claim : templates(set)) {
            claimed.add(claim.getMetadata().getName());
            volumes.add(new VolumeBuilder().withName(claim.getMetadata().getName()).withNewPersistentVolumeClaim().withClaimName(claimName(set, claim, ordinal)).withReadOnly(false).endPersistentVolumeClaim().build());
        }
        if (pod.getSpec().getVolumes() != null) {
            pod.getSpec().getVolumes().stream().filter(v -> !claimed.contains(v.getName())).forEach(volumes::add);
        }
        return new PodBuilder(pod)
                .editMetadata()
                .withGenerateName(null)
                .withName(name)
                .addToLabels(POD_NAME, name)
                .addToLabels(POD_INDEX, String.valueOf(ordinal))
                .addToLabels(RevisionHistory.LABEL, revision)
                .endMetadata()
                .editSpec()
                .withHostname(name)
                .withSubdomain(set.getSpec().getServiceName())
                .withVolumes(volumes)
                .endSpec()
                .build();
    }

    static String revision(Pod pod) {
        return pod.getMetadata().getLabels() == null ? "" : pod.getMetadata().getLabels().getOrDefault(RevisionHistory.LABEL, "");
    }
}
