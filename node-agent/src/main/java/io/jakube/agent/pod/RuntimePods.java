package io.jakube.agent.pod;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.cri.v1.Container;
import io.jakube.agent.cri.v1.ContainerState;
import io.jakube.agent.cri.v1.ContainerStatus;
import io.jakube.agent.cri.v1.PodIP;
import io.jakube.agent.cri.v1.PodSandbox;
import io.jakube.agent.cri.v1.PodSandboxNetworkStatus;
import io.jakube.agent.cri.v1.PodSandboxState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Reads one pod's state from the runtime. What cannot change any more, exited containers and addresses, is asked for once.
 * One instance per pod, used by that pod's loop only.
 */
final class RuntimePods {
    private final ContainerRuntime runtime;
    private final TerminationMessages messages;
    private final Map<String, String> selector;
    private final Map<String, ContainerRecord> exited = new ConcurrentHashMap<>();
    private final Map<String, List<String>> addresses = new ConcurrentHashMap<>();

    RuntimePods(ContainerRuntime runtime, TerminationMessages messages, String podUid) {
        this.runtime = requireNonNull(runtime, "runtime is null");
        this.messages = requireNonNull(messages, "messages is null");
        this.selector = Map.of(Labels.POD_UID, podUid);
    }

    RuntimePod load() {
        List<RuntimePod.Sandbox> sandboxes = new ArrayList<>();
        for (PodSandbox sandbox : runtime.listPodSandboxes(selector).stream().sorted(Comparator.comparingLong(PodSandbox::getCreatedAt).reversed()).toList()) {
            boolean ready = sandbox.getState() == PodSandboxState.SANDBOX_READY;
            sandboxes.add(new RuntimePod.Sandbox(sandbox.getId(), sandbox.getMetadata().getAttempt(), ready, ready ? ips(sandbox.getId()) : List.of()));
        }
        List<ContainerRecord> containers = new ArrayList<>();
        for (Container container : runtime.listContainers(selector).stream().sorted(Comparator.comparingLong(Container::getCreatedAt).reversed()).toList()) {
            try {
                containers.add(record(container));
            } catch (RuntimeFailure e) {
                if (!e.isNotFound()) {
                    throw e;
                }
            }
        }
        exited.keySet().retainAll(containers.stream().map(ContainerRecord::id).toList());
        return new RuntimePod(sandboxes, containers);
    }

    private List<String> ips(String sandboxId) {
        List<String> known = addresses.get(sandboxId);
        if (known != null) {
            return known;
        }
        PodSandboxNetworkStatus network = runtime.podSandboxStatus(sandboxId).getNetwork();
        List<String> ips = new ArrayList<>();
        if (!network.getIp().isEmpty()) {
            ips.add(network.getIp());
        }
        network.getAdditionalIpsList().stream().map(PodIP::getIp).forEach(ips::add);
        if (!ips.isEmpty()) {
            addresses.put(sandboxId, List.copyOf(ips));
        }
        return ips;
    }

    private ContainerRecord record(Container container) {
        ContainerRecord known = exited.get(container.getId());
        if (known != null) {
            return known;
        }
        ContainerStatus status = runtime.containerStatus(container.getId());
        boolean over = status.getState() == ContainerState.CONTAINER_EXITED;
        ContainerRecord result = new ContainerRecord(
                container.getId(),
                container.getPodSandboxId(),
                container.getMetadata().getName(),
                restartCount(container),
                container.getAnnotationsOrDefault(Labels.HASH, ""),
                switch (status.getState()) {
                    case CONTAINER_CREATED -> ContainerRecord.State.CREATED;
                    case CONTAINER_RUNNING -> ContainerRecord.State.RUNNING;
                    case CONTAINER_EXITED -> ContainerRecord.State.EXITED;
                    case CONTAINER_UNKNOWN, UNRECOGNIZED -> ContainerRecord.State.UNKNOWN;
                },
                nanos(status.getCreatedAt()),
                nanos(status.getStartedAt()),
                nanos(status.getFinishedAt()),
                status.getExitCode(),
                status.getReason(),
                over ? messages.read(status) : "",
                status.getImage().getImage(),
                status.getImageRef(),
                status.getLogPath());
        if (over) {
            exited.put(container.getId(), result);
        }
        return result;
    }

    private static int restartCount(Container container) {
        try {
            return Integer.parseInt(container.getAnnotationsOrDefault(Labels.RESTART_COUNT, ""));
        } catch (NumberFormatException e) {
            return container.getMetadata().getAttempt();
        }
    }

    private static Instant nanos(long sinceEpoch) {
        return Instant.ofEpochSecond(0, Math.max(0, sinceEpoch));
    }
}
