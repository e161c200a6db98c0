package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All that a pod's status is computed from.
 *
 * @param previous the status written or read last
 * @param reasons why containers that should run do not, by container name
 * @param hooksRunning names of containers whose start hook has not ended
 * @param ending true once the pod runs no containers any more and will not again, or is being stopped
 * @param failure set when the agent itself ended the pod
 * @param hostIps the node's addresses, the preferred one first
 * @param startTime when the agent first saw the pod
 */
public record PodStatusInput(
        Pod pod,
        PodStatus previous,
        RuntimePod runtime,
        ProbeView probes,
        Map<String, WaitingReason> reasons,
        Set<String> hooksRunning,
        boolean ending,
        Optional<WaitingReason> failure,
        List<String> hostIps,
        Instant startTime,
        Instant now) {}
