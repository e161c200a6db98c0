package io.jakube.controller.daemonset;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ControllerRevision;
import io.fabric8.kubernetes.api.model.apps.DaemonSet;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Lister;
import io.jakube.common.selector.LabelSelectors;
import io.jakube.controller.pods.Claims;
import io.jakube.controller.pods.OwnedPods;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import java.time.InstantSource;
import java.util.Objects;

/** Keeps a pod of each DaemonSet on every node it is meant for. */
public final class DaemonSetController {
    private final Lister<DaemonSet> sets;
    private final Lister<Pod> pods;
    private final Lister<Node> nodes;
    private final Lister<ControllerRevision> revisions;
    private final InstantSource clock;

    public DaemonSetController(ControllerScope scope) {
        Claims.index(scope, Pod.class);
        Claims.index(scope, ControllerRevision.class);
        sets = scope.lister(DaemonSet.class);
        pods = scope.lister(Pod.class);
        nodes = scope.lister(Node.class);
        revisions = scope.lister(ControllerRevision.class);
        clock = scope.clock();
        ReconcileLoop loop = scope.loop("daemonset", 2, this::reconcile);
        scope.watchInto(DaemonSet.class, loop);
        OwnedPods.watchInto(scope, loop, "apps", "DaemonSet", sets, (set, pod) -> LabelSelectors.matches(set.getSpec().getSelector(), pod.getMetadata().getLabels()));
        OwnedPods.watchInto(scope, ControllerRevision.class, loop, "apps", "DaemonSet", sets, (set, revision) -> false);
        scope.watch(Node.class, new EventHandler<Node>() {
            @Override
            public void onAdd(Node node) {
                wakeAll();
            }

            @Override
            public void onUpdate(Node old, Node node) {
                if (!Objects.equals(old.getMetadata().getLabels(), node.getMetadata().getLabels()) || !Objects.equals(old.getSpec(), node.getSpec())) {
                    wakeAll();
                }
            }

            @Override
            public void onDelete(Node last) {
                wakeAll();
            }

            private void wakeAll() {
                sets.list().forEach(set -> loop.add(ControllerScope.keyOf(set)));
            }
        });
    }

    private Plan reconcile(ObjectKey key) {
        DaemonSet set = sets.get(key).orElse(null);
        if (set == null) {
            return Plan.NOTHING;
        }
        Claims<Pod> claims = Claims.of(set, Claims.candidates(pods, set), pod -> LabelSelectors.matches(set.getSpec().getSelector(), pod.getMetadata().getLabels()));
        return DaemonSetDecision.decide(set, Claims.owned(revisions, set), claims, nodes.list(), clock.instant());
    }
}
