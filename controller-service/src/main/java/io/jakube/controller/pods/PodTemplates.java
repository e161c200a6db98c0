package io.jakube.controller.pods;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;

/** Pods from templates. */
public final class PodTemplates {
    private PodTemplates() {}

    /** A new pod with a generated name, managed by {@code owner}. */
    public static Pod podOf(PodTemplateSpec template, HasMetadata owner) {
        ObjectMeta meta = template.getMetadata() == null ? new ObjectMeta() : template.getMetadata();
        return new PodBuilder()
                .withNewMetadata()
                .withGenerateName(owner.getMetadata().getName() + "-")
                .withNamespace(owner.getMetadata().getNamespace())
                .withLabels(meta.getLabels())
                .withAnnotations(meta.getAnnotations())
                .withFinalizers(meta.getFinalizers())
                .withOwnerReferences(OwnerReferences.toController(owner))
                .endMetadata()
                .withSpec(template.getSpec())
                .build();
    }
}
