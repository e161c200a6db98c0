package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What to do next for a pod that is wanted.
 *
 * @param sandboxAttempt number of the sandbox to create, after stopping older ones; empty if the pod has one or needs none
 * @param starts containers to start, in order
 * @param kills containers to stop
 */
public record PodPlan(Optional<Integer> sandboxAttempt, List<Container> starts, List<Kill> kills) {
    static final PodPlan NOTHING = new PodPlan(Optional.empty(), List.of(), List.of());

    /**
     * One container to stop.
     *
     * @param message for the event
     * @param grace instead of the pod's own, if a probe has one
     */
    public record Kill(ContainerRecord container, Container spec, String message, Optional<Duration> grace) {}
}
