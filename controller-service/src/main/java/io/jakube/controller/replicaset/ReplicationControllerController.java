package io.jakube.controller.replicaset;

import static io.jakube.controller.pods.Numbers.orZero;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ReplicationController;
import io.fabric8.kubernetes.api.model.ReplicationControllerBuilder;
import io.fabric8.kubernetes.api.model.ReplicationControllerCondition;
import io.fabric8.kubernetes.api.model.ReplicationControllerConditionBuilder;
import io.fabric8.kubernetes.api.model.ReplicationControllerStatus;
import io.fabric8.kubernetes.api.model.ReplicationControllerStatusBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetConditionBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatusBuilder;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.Lister;
import io.jakube.common.selector.LabelSelectors;
import io.jakube.controller.pods.Claims;
import io.jakube.controller.pods.OwnedPods;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;

/** ReplicationControllers, the older form of ReplicaSets, by the same decision. */
public final class ReplicationControllerController {
    private final Lister<ReplicationController> owners;
    private final Lister<Pod> pods;
    private final InstantSource clock;

    public ReplicationControllerController(ControllerScope scope) {
        Claims.index(scope, Pod.class);
        owners = scope.lister(ReplicationController.class);
        pods = scope.lister(Pod.class);
        clock = scope.clock();
        ReconcileLoop loop = scope.loop("replicationcontroller", 2, this::reconcile);
        scope.watchInto(ReplicationController.class, loop);
        OwnedPods.watchInto(scope, loop, "", "ReplicationController", owners, ReplicationControllerController::matches);
    }

    private Plan reconcile(ObjectKey key) {
        return owners.get(key)
                .map(rc -> ReplicaSetDecision.decide(owner(rc), Claims.candidates(pods, rc), ReplicaSetController.podsByNode(pods, List.of(rc)), clock.instant()))
                .orElse(Plan.NOTHING);
    }

    private static boolean matches(ReplicationController rc, Pod pod) {
        Map<String, String> selector = rc.getSpec().getSelector();
        return selector != null && !selector.isEmpty() && LabelSelectors.containsAll(pod.getMetadata().getLabels(), selector);
    }

    private static ReplicaOwner owner(ReplicationController rc) {
        return new ReplicaOwner(rc,
                rc.getSpec().getReplicas() == null ? 1 : rc.getSpec().getReplicas(),
                pod -> matches(rc, pod),
                rc.getSpec().getTemplate(),
                orZero(rc.getSpec().getMinReadySeconds()),
                toReplicaSet(rc.getStatus()),
                status -> new ReplicationControllerBuilder(rc).withStatus(fromReplicaSet(status)).build());
    }

    private static ReplicaSetStatus toReplicaSet(ReplicationControllerStatus status) {
        if (status == null) {
            return new ReplicaSetStatus();
        }
        return new ReplicaSetStatusBuilder()
                .withReplicas(status.getReplicas())
                .withFullyLabeledReplicas(status.getFullyLabeledReplicas())
                .withReadyReplicas(status.getReadyReplicas())
                .withAvailableReplicas(status.getAvailableReplicas())
                .withObservedGeneration(status.getObservedGeneration())
                .withConditions(status.getConditions().stream().map(c -> new ReplicaSetConditionBuilder().withType(c.getType()).withStatus(c.getStatus())
                        .withReason(c.getReason()).withMessage(c.getMessage()).withLastTransitionTime(c.getLastTransitionTime()).build()).toList())
                .build();
    }

    private static ReplicationControllerStatus fromReplicaSet(ReplicaSetStatus status) {
        List<ReplicationControllerCondition> conditions = status.getConditions().stream().map(c -> new ReplicationControllerConditionBuilder().withType(c.getType())
                .withStatus(c.getStatus()).withReason(c.getReason()).withMessage(c.getMessage()).withLastTransitionTime(c.getLastTransitionTime()).build()).toList();
        return new ReplicationControllerStatusBuilder()
                .withReplicas(status.getReplicas())
                .withFullyLabeledReplicas(status.getFullyLabeledReplicas())
                .withReadyReplicas(status.getReadyReplicas())
                .withAvailableReplicas(status.getAvailableReplicas())
                .withObservedGeneration(status.getObservedGeneration())
                .withConditions(conditions)
                .build();
    }
}
