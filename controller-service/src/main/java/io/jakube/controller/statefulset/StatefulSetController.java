package io.jakube.controller.statefulset;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.Lister;
import io.jakube.common.selector.LabelSelectors;
import io.jakube.controller.pods.Claims;
import io.jakube.controller.pods.OwnedPods;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import java.time.InstantSource;

/** Keeps the pods of StatefulSets. */
public final class StatefulSetController {
    private final Lister<StatefulSet> sets;
    private final Lister<Pod> pods;
    private final Lister<PersistentVolumeClaim> claims;
    private final Lister<ControllerRevision> revisions;
    private final InstantSource clock;

    public StatefulSetController(ControllerScope scope) {
        Claims.index(scope, Pod.class);
        Claims.index(scope, ControllerRevision.class);
        sets = scope.lister(StatefulSet.class);
        pods = scope.lister(Pod.class);
        claims = scope.lister(PersistentVolumeClaim.class);
        revisions = scope.lister(ControllerRevision.class);
        clock = scope.clock();
        ReconcileLoop loop = scope.loop("statefulset", 5, this::reconcile);
        scope.watchInto(StatefulSet.class, loop);
        OwnedPods.watchInto(scope, loop, "apps", "StatefulSet", sets, StatefulSetController::matches);
        OwnedPods.watchInto(scope, ControllerRevision.class, loop, "apps", "StatefulSet", sets, (set, revision) -> false);
    }

    private static boolean matches(StatefulSet set, Pod pod) {
        return StatefulPods.ordinal(set, pod) >= 0 && LabelSelectors.matches(set.getSpec().getSelector(), pod.getMetadata().getLabels());
    }

    private Plan reconcile(ObjectKey key) {
        StatefulSet set = sets.get(key).orElse(null);
        if (set == null) {
            return Plan.NOTHING;
        }
        Claims<Pod> owned = Claims.of(set, Claims.candidates(pods, set), pod -> matches(set, pod));
        return StatefulSetDecision.decide(set, Claims.owned(revisions, set), owned, name -> claims.get(key.namespace(), name).orElse(null), clock.instant());
    }
}
