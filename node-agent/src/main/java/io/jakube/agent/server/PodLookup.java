package io.jakube.agent.server;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.cri.v1.PodSandbox;
import io.jakube.agent.cri.v1.PodSandboxState;
import io.jakube.agent.pod.Labels;
import io.jakube.agent.pod.PodDirectory;
import io.jakube.agent.pod.PodSpecs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the containers and sandboxes that requests name. */
final class PodLookup {
    private final PodDirectory pods;
    private final ContainerRuntime runtime;

    PodLookup(PodDirectory pods, ContainerRuntime runtime) {
        this.pods = requireNonNull(pods, "pods is null");
        this.runtime = requireNonNull(runtime, "runtime is null");
    }

    Pod pod(String namespace, String name) throws PlainError {
        return pods.find(namespace, name).orElseThrow(() -> PlainError.notFound("pod \"" + name + "\" not found on this node"));
    }

    /** The running container of that name. */
    String running(Pod pod, String container) throws PlainError {
        ContainerStatus status = status(pod, container);
        if (status.getState() == null || status.getState().getRunning() == null) {
            throw PlainError.notFound("container not found (\"" + container + "\")");
        }
        return id(status.getContainerID());
    }

    /** Whether the container was started with a terminal. */
    static boolean hasTerminal(Pod pod, String container) {
        return PodSpecs.find(pod.getSpec(), container).map(Container::getTty).orElse(false);
    }

    /** The container whose log is wanted: the present one, or the one before it. */
    String logged(Pod pod, String container, boolean previous) throws PlainError {
        if (PodSpecs.find(pod.getSpec(), container).isEmpty()) {
            throw PlainError.badRequest("container " + container + " is not valid for pod " + pod.getMetadata().getName());
        }
        ContainerStatus status = status(pod, container);
        ContainerState state = status.getState();
        ContainerState last = status.getLastState();
        boolean hasLast = last != null && last.getTerminated() != null && last.getTerminated().getContainerID() != null;
        if (previous) {
            if (!hasLast) {
                throw PlainError.badRequest("previous terminated container \"" + container + "\" in pod \"" + pod.getMetadata().getName() + "\" not found");
            }
            return id(last.getTerminated().getContainerID());
        }
        if (state.getRunning() != null) {
            return id(status.getContainerID());
        }
        if (state.getTerminated() != null && state.getTerminated().getContainerID() != null) {
            return id(state.getTerminated().getContainerID());
        }
        if (hasLast) {
            return id(last.getTerminated().getContainerID());
        }
        String reason = state.getWaiting() == null ? "" : state.getWaiting().getReason();
        String text = switch (reason) {
            case "ErrImagePull" -> "image can't be pulled";
            case "ImagePullBackOff" -> "trying and failing to pull image";
            default -> reason;
        };
        throw PlainError.badRequest("container \"" + container + "\" in pod \"" + pod.getMetadata().getName() + "\" is waiting to start: " + text);
    }

    /** The pod's running sandbox. */
    String sandbox(Pod pod) throws PlainError {
        return runtime.listPodSandboxes(Map.of(Labels.POD_UID, pod.getMetadata().getUid())).stream()
                .filter(s -> s.getState() == PodSandboxState.SANDBOX_READY)
                .map(PodSandbox::getId)
                .findFirst()
                .orElseThrow(() -> PlainError.notFound("pod \"" + pod.getMetadata().getName() + "\" is not running"));
    }

    private ContainerStatus status(Pod pod, String container) throws PlainError {
        PodStatus status = pods.status(pod.getMetadata().getUid()).orElseGet(PodStatus::new);
        Optional<ContainerStatus> found = Stream.of(status.getContainerStatuses(), status.getInitContainerStatuses(), status.getEphemeralContainerStatuses())
                .filter(list -> list != null)
                .flatMap(List::stream)
                .filter(s -> s.getName().equals(container))
                .findFirst();
        return found.orElseThrow(() -> PlainError.notFound("container " + container + " not found in pod " + pod.getMetadata().getName()));
    }

    private static String id(String containerId) {
        return containerId.substring(containerId.indexOf("://") + 3);
    }
}
