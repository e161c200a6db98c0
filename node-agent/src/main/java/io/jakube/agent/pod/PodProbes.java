package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.jakube.agent.probe.ContainerProbes;
import io.jakube.agent.probe.Handlers;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The probes of one pod's running containers. Used by the pod's loop only. */
final class PodProbes implements ProbeView, AutoCloseable {
    private final Handlers handlers;
    private final PodEvents events;
    private final Runnable changed;
    private final Map<String, ContainerProbes> running = new HashMap<>();

    PodProbes(PodServices services, Runnable changed) {
        this.handlers = services.handlers();
        this.events = services.events();
        this.changed = changed;
    }

    /**
     * Begins and ends probing as containers come and go. A container that was ready by the status of an earlier agent stays so until a probe
     * says otherwise.
     */
    void follow(Pod pod, RuntimePod runtime, PodStatus status, String podIp, Set<String> hooksRunning) {
        Set<String> present = new HashSet<>();
        runtime.running().forEach(record -> {
            present.add(record.id());
            Optional<Container> container = PodSpecs.find(pod.getSpec(), record.name());
            if (!running.containsKey(record.id()) && container.isPresent() && !hooksRunning.contains(record.name())) {
                Container spec = container.get();
                ContainerProbes.Before before = known(status, record.id())
                        .map(s -> new ContainerProbes.Before(Boolean.TRUE.equals(s.getStarted()), Boolean.TRUE.equals(s.getReady())))
                        .orElse(ContainerProbes.Before.NOTHING);
                running.put(record.id(), new ContainerProbes(
                        spec,
                        probe -> handlers.probe(probe, spec, record.id(), podIp),
                        record.startedAt(),
                        before,
                        changed,
                        message -> events.warning(pod, spec, "Unhealthy", message)));
            }
        });
        running.entrySet().removeIf(entry -> {
            boolean gone = !present.contains(entry.getKey());
            if (gone) {
                entry.getValue().close();
            }
            return gone;
        });
    }

    @Override
    public boolean started(String containerId) {
        ContainerProbes probes = running.get(containerId);
        return probes != null && probes.started();
    }

    @Override
    public boolean ready(String containerId) {
        ContainerProbes probes = running.get(containerId);
        return probes != null && probes.ready();
    }

    @Override
    public boolean livenessFailed(String containerId) {
        ContainerProbes probes = running.get(containerId);
        return probes != null && probes.livenessFailed();
    }

    @Override
    public boolean startupFailed(String containerId) {
        ContainerProbes probes = running.get(containerId);
        return probes != null && probes.startupFailed();
    }

    @Override
    public void close() {
        running.values().forEach(ContainerProbes::close);
        running.clear();
    }

    private static Optional<ContainerStatus> known(PodStatus status, String containerId) {
        return Stream.of(status.getInitContainerStatuses(), status.getContainerStatuses())
                .filter(list -> list != null)
                .flatMap(List::stream)
                .filter(s -> ("containerd://" + containerId).equals(s.getContainerID()))
                .findFirst();
    }
}
