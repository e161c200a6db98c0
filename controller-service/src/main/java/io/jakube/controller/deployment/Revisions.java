package io.jakube.controller.deployment;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.PodTemplateSpecBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Revisions of a deployment: replica sets with a number, a template hash and annotations that {@code kubectl rollout} reads. */
final class Revisions {
    static final String HASH_LABEL = "pod-template-hash";
    static final String REVISION = "deployment.kubernetes.io/revision";
    static final String HISTORY = "deployment.kubernetes.io/revision-history";
    static final String DESIRED = "deployment.kubernetes.io/desired-replicas";
    static final String MAX = "deployment.kubernetes.io/max-replicas";
    private static final Set<String> NOT_COPIED = Set.of("kubectl.kubernetes.io/last-applied-configuration", REVISION, HISTORY, DESIRED, MAX, "deprecated.deployment.rollback.to");
    private static final int HISTORY_LIMIT = 2000;

    static final Comparator<ReplicaSet> OLDEST_FIRST = Comparator.<ReplicaSet, String>comparing(s -> String.valueOf(s.getMetadata().getCreationTimestamp()))
            .thenComparing(s -> s.getMetadata().getName());

    private Revisions() {}

    static Map<String, String> annotations(HasMetadata object) {
        Map<String, String> annotations = object.getMetadata().getAnnotations();
        return annotations == null ? Map.of() : annotations;
    }

    static long of(HasMetadata object) {
        try {
            return Long.parseLong(annotations(object).getOrDefault(REVISION, "0"));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** The replica set that has the deployment's template; of several the oldest, so that one decision leads to the next. */
    static Optional<ReplicaSet> current(Deployment deployment, List<ReplicaSet> sets) {
        return sets.stream().sorted(OLDEST_FIRST).filter(set -> sameTemplate(deployment.getSpec().getTemplate(), set.getSpec().getTemplate())).findFirst();
    }

    static boolean sameTemplate(PodTemplateSpec one, PodTemplateSpec other) {
        return withoutHash(one).equals(withoutHash(other));
    }

    private static PodTemplateSpec withoutHash(PodTemplateSpec template) {
        return new PodTemplateSpecBuilder(template).editOrNewMetadata().removeFromLabels(HASH_LABEL).endMetadata().build();
    }

    /** Annotations of the current replica set: those of the deployment, and the revision with its history. */
    static Map<String, String> forCurrent(Deployment deployment, Map<String, String> existing, long revision) {
        Map<String, String> result = new HashMap<>(existing);
        annotations(deployment).forEach((key, value) -> {
            if (!NOT_COPIED.contains(key)) {
                result.put(key, value);
            }
        });
        String old = existing.get(REVISION);
        long oldRevision = old == null ? 0 : Long.parseLong(old);
        if (oldRevision < revision) {
            result.put(REVISION, String.valueOf(revision));
            if (oldRevision > 0) {
                String history = existing.get(HISTORY);
                String longer = history == null || history.isEmpty() ? old : history + "," + old;
                while (longer.length() > HISTORY_LIMIT && longer.indexOf(',') > 0) {
                    longer = longer.substring(longer.indexOf(',') + 1);
                }
                result.put(HISTORY, longer);
            }
        }
        return result;
    }
}
