package io.jakube.controller.deployment;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Lister;
import io.jakube.common.selector.LabelSelectors;
import io.jakube.controller.pods.Claims;
import io.jakube.controller.pods.OwnedPods;
import io.jakube.controller.pods.OwnerReferences;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import java.time.InstantSource;
import java.util.List;

/** Rolls Deployments out. */
public final class DeploymentController {
    private final Lister<Deployment> deployments;
    private final Lister<ReplicaSet> replicaSets;
    private final Lister<Pod> pods;
    private final InstantSource clock;

    public DeploymentController(ControllerScope scope) {
        Claims.index(scope, ReplicaSet.class);
        Claims.index(scope, Pod.class);
        deployments = scope.lister(Deployment.class);
        replicaSets = scope.lister(ReplicaSet.class);
        pods = scope.lister(Pod.class);
        clock = scope.clock();
        ReconcileLoop loop = scope.loop("deployment", 5, this::reconcile);
        scope.watchInto(Deployment.class, loop);
        OwnedPods.watchInto(scope, ReplicaSet.class, loop, "apps", "Deployment", deployments, (deployment, set) -> LabelSelectors.matches(deployment.getSpec().getSelector(), set.getMetadata().getLabels()));
        scope.watch(Pod.class, new EventHandler<Pod>() {
            @Override
            public void onAdd(Pod pod) {}

            @Override
            public void onUpdate(Pod old, Pod pod) {}

            @Override
            public void onDelete(Pod last) {
                // Only Recreate waits for pods themselves; everything else follows from the replica sets' status.
                OwnerReferences.controllerName(last, "apps", "ReplicaSet")
                        .flatMap(name -> replicaSets.get(last.getMetadata().getNamespace(), name))
                        .flatMap(set -> OwnerReferences.controllerName(set, "apps", "Deployment"))
                        .map(name -> new ObjectKey(last.getMetadata().getNamespace(), name))
                        .filter(key -> deployments.get(key).filter(Scaling::recreates).isPresent())
                        .ifPresent(loop::add);
            }
        });
    }

    private Plan reconcile(ObjectKey key) {
        return deployments.get(key).map(deployment -> DeploymentDecision.decide(deployment, Claims.candidates(replicaSets, deployment), podsOf(deployment), clock.instant())).orElse(Plan.NOTHING);
    }

    private List<Pod> podsOf(Deployment deployment) {
        return Scaling.recreates(deployment) ? Claims.owned(replicaSets, deployment).stream().flatMap(set -> Claims.owned(pods, set).stream()).toList() : List.of();
    }
}
