package io.jakube.controller.disruption;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Lister;
import io.jakube.common.selector.LabelSelectors;
import io.jakube.controller.pods.OwnerReferences;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/** Keeps the status of PodDisruptionBudgets, by which the API server grants or refuses evictions. */
public final class DisruptionController {
    private final Lister<PodDisruptionBudget> budgets;
    private final Lister<Pod> pods;
    private final Lister<ReplicaSet> replicaSets;
    private final Lister<Deployment> deployments;
    private final Lister<StatefulSet> statefulSets;
    private final Lister<ReplicationController> replicationControllers;
    private final InstantSource clock;

    public DisruptionController(ControllerScope scope) {
        budgets = scope.lister(PodDisruptionBudget.class);
        pods = scope.lister(Pod.class);
        replicaSets = scope.lister(ReplicaSet.class);
        deployments = scope.lister(Deployment.class);
        statefulSets = scope.lister(StatefulSet.class);
        replicationControllers = scope.lister(ReplicationController.class);
        clock = scope.clock();
        ReconcileLoop loop = scope.loop("disruption", 2, this::reconcile);
        scope.watchInto(PodDisruptionBudget.class, loop);
        scope.watch(Pod.class, new EventHandler<Pod>() {
            @Override
            public void onAdd(Pod pod) {
                wake(pod);
            }

            @Override
            public void onUpdate(Pod old, Pod pod) {
                if (PodStates.isReady(old) != PodStates.isReady(pod) || PodStates.isTerminating(old) != PodStates.isTerminating(pod)
                        || PodStates.isFinished(old) != PodStates.isFinished(pod) || !Objects.equals(old.getMetadata().getLabels(), pod.getMetadata().getLabels())) {
                    wake(old);
                    wake(pod);
                }
            }

            @Override
            public void onDelete(Pod last) {
                wake(last);
            }

            private void wake(Pod pod) {
                for (PodDisruptionBudget budget : budgets.namespace(pod.getMetadata().getNamespace())) {
                    if (selects(budget, pod)) {
                        loop.add(ControllerScope.keyOf(budget));
                    }
                }
            }
        });
        for (Class<? extends HasMetadata> type : List.<Class<? extends HasMetadata>>of(Deployment.class, ReplicaSet.class, StatefulSet.class, ReplicationController.class)) {
            watchScale(scope, type, loop);
        }
    }

    private <T extends HasMetadata> void watchScale(ControllerScope scope, Class<T> type, ReconcileLoop loop) {
        scope.watch(type, new EventHandler<T>() {
            @Override
            public void onAdd(T object) {}

            @Override
            public void onUpdate(T old, T object) {
                if (!replicas(old).equals(replicas(object))) {
                    budgets.namespace(object.getMetadata().getNamespace()).forEach(budget -> loop.add(ControllerScope.keyOf(budget)));
                }
            }

            @Override
            public void onDelete(T last) {}
        });
    }

    private static boolean selects(PodDisruptionBudget budget, Pod pod) {
        return LabelSelectors.matches(budget.getSpec().getSelector(), pod.getMetadata().getLabels());
    }

    private Plan reconcile(ObjectKey key) {
        PodDisruptionBudget budget = budgets.get(key).orElse(null);
        if (budget == null || budget.getMetadata().getDeletionTimestamp() != null) {
            return Plan.NOTHING;
        }
        List<Pod> selected = pods.namespace(key.namespace()).stream().filter(pod -> selects(budget, pod) && !PodStates.isFinished(pod)).toList();
        return DisruptionDecision.decide(budget, selected, scale(selected), clock.instant());
    }

    private OptionalInt scale(List<Pod> selected) {
        Map<String, Integer> byController = new HashMap<>();
        for (Pod pod : selected) {
            Optional<OwnerReference> manager = OwnerReferences.controllerOf(pod);
            Optional<HasMetadata> controller = manager.flatMap(reference -> find(pod.getMetadata().getNamespace(), reference));
            if (controller.isEmpty()) {
                return OptionalInt.empty();
            }
            byController.put(controller.get().getMetadata().getUid(), replicas(controller.get()).orElse(1));
        }
        return OptionalInt.of(byController.values().stream().mapToInt(Integer::intValue).sum());
    }

    private Optional<HasMetadata> find(String namespace, OwnerReference reference) {
        Optional<? extends HasMetadata> found = switch (reference.getKind()) {
            case "ReplicaSet" -> replicaSets.get(namespace, reference.getName());
            case "StatefulSet" -> statefulSets.get(namespace, reference.getName());
            case "ReplicationController" -> replicationControllers.get(namespace, reference.getName());
            default -> Optional.empty();
        };
        Optional<HasMetadata> controller = found.filter(o -> o.getMetadata().getUid().equals(reference.getUid())).map(o -> o);
        // A replica set's own size moves during a rollout; its deployment's is what is wanted.
        return controller.map(o -> OwnerReferences.controllerName(o, "apps", "Deployment").flatMap(name -> deployments.get(namespace, name)).<HasMetadata>map(d -> d).orElse(o));
    }

    private static Optional<Integer> replicas(HasMetadata object) {
        return Optional.ofNullable(switch (object) {
            case Deployment d -> d.getSpec().getReplicas();
            case ReplicaSet s -> s.getSpec().getReplicas();
            case StatefulSet s -> s.getSpec().getReplicas();
            case ReplicationController c -> c.getSpec().getReplicas();
            default -> null;
        });
    }
}
