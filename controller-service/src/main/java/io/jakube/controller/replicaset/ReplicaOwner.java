package io.jakube.controller.replicaset;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apps.ReplicaSetStatus;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What ReplicaSet and ReplicationController have in common.
 *
 * @param object the object itself
 * @param replicas wanted pods
 * @param matches its selector
 * @param template for new pods
 * @param minReadySeconds how long a pod is ready before it counts as available
 * @param status what it says now
 * @param withStatus the object with another status, for writing it
 */
public record ReplicaOwner(
        HasMetadata object,
        int replicas,
        Predicate<Pod> matches,
        PodTemplateSpec template,
        int minReadySeconds,
        ReplicaSetStatus status,
        Function<ReplicaSetStatus, HasMetadata> withStatus) {}
