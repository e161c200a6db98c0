package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.HostIP;
import io.fabric8.kubernetes.api.model.PodIP;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.jakube.agent.resources.QosClass;
import java.util.List;

/** Computes a pod's status as its node reports it (API reference, PodStatus). Pure. */
public final class PodStatusComputation {
    private PodStatusComputation() {}

    public static PodStatus compute(PodStatusInput input) {
        PodSpec spec = input.pod().getSpec();
        PodStatus previous = input.previous();
        ContainerStatuses statuses = new ContainerStatuses(input);
        List<ContainerStatus> init = statuses.of(PodSpecs.initContainers(spec), previous.getInitContainerStatuses(), true);
        List<ContainerStatus> containers = statuses.of(spec.getContainers(), previous.getContainerStatuses(), false);
        List<ContainerStatus> ephemeral = statuses.of(PodSpecs.ephemeralContainers(spec), previous.getEphemeralContainerStatuses(), false);
        ephemeral.forEach(status -> status.setReady(false));
        String phase = phase(input, init, containers);

        PodStatus status = new PodStatus();
        status.setObservedGeneration(input.pod().getMetadata().getGeneration());
        status.setPhase(phase);
        status.setConditions(new PodConditions(input, phase).of(init, containers));
        status.setInitContainerStatuses(init);
        status.setContainerStatuses(containers);
        status.setEphemeralContainerStatuses(ephemeral);
        status.setStartTime(ContainerStatuses.time(input.startTime()));
        status.setQosClass(previous.getQosClass() == null ? QosClass.of(spec).text() : previous.getQosClass());
        status.setReason(input.failure().map(WaitingReason::reason).orElse(keptFailure(phase, previous.getPhase(), previous.getReason())));
        status.setMessage(input.failure().map(WaitingReason::message).orElse(keptFailure(phase, previous.getPhase(), previous.getMessage())));
        if (!input.hostIps().isEmpty()) {
            status.setHostIP(input.hostIps().getFirst());
            status.setHostIPs(input.hostIps().stream().map(HostIP::new).toList());
        }
        List<String> ips = podIps(input);
        if (!ips.isEmpty()) {
            status.setPodIP(ips.getFirst());
            status.setPodIPs(ips.stream().map(PodIP::new).toList());
        }
        return status;
    }

    private static String keptFailure(String phase, String previousPhase, String text) {
        return phase.equals("Failed") && "Failed".equals(previousPhase) ? text : null;
    }

    private static List<String> podIps(PodStatusInput input) {
        List<String> ips = input.runtime().readySandbox().map(RuntimePod.Sandbox::ips).orElse(List.of());
        if (PodSpecs.hostNetwork(input.pod().getSpec())) {
            return input.runtime().sandboxes().isEmpty() && input.previous().getPodIP() == null ? List.of() : input.hostIps();
        }
        if (ips.isEmpty() && input.previous().getPodIPs() != null) {
            return input.previous().getPodIPs().stream().map(PodIP::getIp).toList();
        }
        return ips;
    }

    /** The phase from the states of all containers; a phase once final stays. */
    private static String phase(PodStatusInput input, List<ContainerStatus> init, List<ContainerStatus> containers) {
        String before = input.previous().getPhase();
        if ("Failed".equals(before) || "Succeeded".equals(before)) {
            return before;
        }
        boolean anyRunning = containers.stream().anyMatch(c -> c.getState().getRunning() != null);
        if (input.failure().isPresent() && !anyRunning) {
            return "Failed";
        }
        PodSpec spec = input.pod().getSpec();
        boolean initFailed = false;
        boolean initPending = false;
        for (int i = 0; i < init.size(); i++) {
            Container container = PodSpecs.initContainers(spec).get(i);
            ContainerStatus status = init.get(i);
            ContainerState state = status.getState();
            if (PodSpecs.isSidecar(container)) {
                initPending |= !Boolean.TRUE.equals(status.getStarted()) && !everRan(containers);
            } else if (state.getTerminated() != null) {
                initFailed |= state.getTerminated().getExitCode() != 0;
            } else {
                initPending |= !everRan(containers);
            }
        }
        if (initFailed && (PodSpecs.restartPolicy(spec).equals("Never") || input.ending())) {
            return "Failed";
        }
        if ((initPending || initFailed) && !input.ending()) {
            return "Pending";
        }
        int waiting = 0;
        int running = 0;
        int succeeded = 0;
        int failed = 0;
        boolean restarting = false;
        for (int i = 0; i < containers.size(); i++) {
            ContainerState state = containers.get(i).getState();
            ContainerState last = containers.get(i).getLastState();
            if (state.getRunning() != null) {
                running++;
            } else if (state.getTerminated() != null) {
                int exitCode = state.getTerminated().getExitCode();
                succeeded += exitCode == 0 ? 1 : 0;
                failed += exitCode != 0 ? 1 : 0;
                restarting |= PodSpecs.restarts(spec, spec.getContainers().get(i), exitCode);
            } else if (last != null && last.getTerminated() != null) {
                restarting = true;
                succeeded += last.getTerminated().getExitCode() == 0 ? 1 : 0;
                failed += last.getTerminated().getExitCode() != 0 ? 1 : 0;
            } else {
                waiting++;
            }
        }
        if (waiting > 0) {
            return input.ending() && running == 0 && failed + succeeded > 0 ? "Failed" : "Pending";
        }
        if (running > 0) {
            return "Running";
        }
        if (restarting && !input.ending()) {
            return "Running";
        }
        return failed > 0 ? "Failed" : "Succeeded";
    }

    private static boolean everRan(List<ContainerStatus> containers) {
        return containers.stream().anyMatch(c -> c.getState().getRunning() != null || c.getState().getTerminated() != null
                || c.getLastState() != null && c.getLastState().getTerminated() != null);
    }
}
