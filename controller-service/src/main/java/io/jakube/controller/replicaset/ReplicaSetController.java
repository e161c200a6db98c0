package io.jakube.controller.replicaset;

import static io.jakube.controller.pods.Numbers.orZero;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetBuilder;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.Lister;
import io.jakube.common.selector.LabelSelectors;
import io.jakube.controller.pods.Claims;
import io.jakube.controller.pods.OwnedPods;
import io.jakube.controller.pods.OwnerReferences;
import io.jakube.controller.pods.PodStates;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/** Keeps the number of pods that ReplicaSets ask for. */
public final class ReplicaSetController {
    private final Lister<ReplicaSet> replicaSets;
    private final Lister<Pod> pods;
    private final InstantSource clock;

    public ReplicaSetController(ControllerScope scope) {
        Claims.index(scope, Pod.class);
        Claims.index(scope, ReplicaSet.class);
        replicaSets = scope.lister(ReplicaSet.class);
        pods = scope.lister(Pod.class);
        clock = scope.clock();
        ReconcileLoop loop = scope.loop("replicaset", 5, this::reconcile);
        scope.watchInto(ReplicaSet.class, loop);
        OwnedPods.watchInto(scope, loop, "apps", "ReplicaSet", replicaSets, (set, pod) -> LabelSelectors.matches(set.getSpec().getSelector(), pod.getMetadata().getLabels()));
    }

    private Plan reconcile(ObjectKey key) {
        return replicaSets.get(key).map(set -> ReplicaSetDecision.decide(owner(set), Claims.candidates(pods, set), siblingsByNode(set), clock.instant())).orElse(Plan.NOTHING);
    }

    static ReplicaOwner owner(ReplicaSet set) {
        return new ReplicaOwner(set,
                set.getSpec().getReplicas() == null ? 1 : set.getSpec().getReplicas(),
                pod -> LabelSelectors.matches(set.getSpec().getSelector(), pod.getMetadata().getLabels()),
                set.getSpec().getTemplate(),
                orZero(set.getSpec().getMinReadySeconds()),
                set.getStatus() == null ? new ReplicaSetStatus() : set.getStatus(),
                status -> new ReplicaSetBuilder(set).withStatus(status).build());
    }

    private Map<String, Long> siblingsByNode(ReplicaSet set) {
        List<ReplicaSet> related = OwnerReferences.controllerOf(set)
                .map(manager -> replicaSets.namespace(set.getMetadata().getNamespace()).stream()
                        .filter(other -> OwnerReferences.controllerOf(other).filter(r -> r.getUid().equals(manager.getUid())).isPresent()).toList())
                .orElse(List.of(set));
        return podsByNode(pods, related);
    }

    /** Active pods of some owners by node. */
    static Map<String, Long> podsByNode(Lister<Pod> pods, List<? extends HasMetadata> owners) {
        return owners.stream().flatMap(owner -> Claims.owned(pods, owner).stream()).filter(PodStates::isActive)
                .map(pod -> pod.getSpec().getNodeName()).filter(Objects::nonNull).collect(Collectors.groupingBy(node -> node, Collectors.counting()));
    }
}
