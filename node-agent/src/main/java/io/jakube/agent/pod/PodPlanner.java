package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides the next steps for a pod that should run, from its specification and what the runtime has. Pure.
 *
 * <p>Order: a sandbox; then init containers one after the other, where a sidecar lets the next one begin once it has started; then all
 * regular containers. In a new sandbox initialisation begins again. A container exits, fails a probe or is outdated: it is stopped and, if
 * its policy says so, started anew. Crash back-off is not decided here.
 */
public final class PodPlanner {
    private PodPlanner() {}

    public static PodPlan plan(Pod pod, RuntimePod runtime, ProbeView probes) {
        PodSpec spec = pod.getSpec();
        Optional<RuntimePod.Sandbox> ready = runtime.readySandbox();
        if (ready.isEmpty() || ready.get().ips().isEmpty() && !PodSpecs.hostNetwork(spec)) {
            return needsSandbox(spec, runtime)
                    ? new PodPlan(Optional.of(runtime.sandboxes().stream().mapToInt(RuntimePod.Sandbox::attempt).max().orElse(-1) + 1), List.of(), List.of())
                    : PodPlan.NOTHING;
        }
        String sandboxId = ready.get().id();
        List<Container> starts = new ArrayList<>();
        List<PodPlan.Kill> kills = new ArrayList<>();
        for (Container container : PodSpecs.ephemeralContainers(spec)) {
            if (runtime.newest(container.getName()).isEmpty()) {
                starts.add(container);
            }
        }
        boolean initialised = spec.getContainers().stream().anyMatch(c -> runtime.newestIn(sandboxId, c.getName()).isPresent());
        if (initialised) {
            PodSpecs.initContainers(spec).stream().filter(PodSpecs::isSidecar).forEach(c -> keepRunning(c, runtime, sandboxId, probes, starts, kills));
        } else if (!initialise(spec, runtime, sandboxId, probes, starts, kills)) {
            return new PodPlan(Optional.empty(), starts, kills);
        }
        for (Container container : spec.getContainers()) {
            regular(spec, container, runtime, probes, starts, kills);
        }
        return new PodPlan(Optional.empty(), starts, kills);
    }

    /** Whether the init containers of the pod's sandbox have done their part. */
    public static boolean isInitialised(PodSpec spec, RuntimePod runtime, ProbeView probes) {
        Optional<RuntimePod.Sandbox> sandbox = runtime.readySandbox();
        return sandbox.isPresent()
                && (spec.getContainers().stream().anyMatch(c -> runtime.newestIn(sandbox.get().id(), c.getName()).isPresent())
                        || initialise(spec, runtime, sandbox.get().id(), probes, new ArrayList<>(), new ArrayList<>()));
    }

    private static boolean needsSandbox(PodSpec spec, RuntimePod runtime) {
        if (runtime.containers().isEmpty()) {
            return true;
        }
        return spec.getContainers().stream().anyMatch(c -> runtime.newest(c.getName())
                .map(r -> !r.isExited() && !PodSpecs.restartPolicy(spec).equals("Never") || r.isExited() && PodSpecs.restarts(spec, c, r.exitCode()))
                .orElse(!PodSpecs.restartPolicy(spec).equals("Never")));
    }

    /** @return true when all have done their part */
    private static boolean initialise(
            PodSpec spec, RuntimePod runtime, String sandboxId, ProbeView probes, List<Container> starts, List<PodPlan.Kill> kills) {
        for (Container container : PodSpecs.initContainers(spec)) {
            Optional<ContainerRecord> record = runtime.newestIn(sandboxId, container.getName());
            if (PodSpecs.isSidecar(container)) {
                keepRunning(container, runtime, sandboxId, probes, starts, kills);
                if (record.isEmpty() || !record.get().isRunning() || !probes.started(record.get().id())) {
                    return false;
                }
                continue;
            }
            if (record.isPresent() && record.get().isRunning()) {
                return false;
            }
            if (record.isPresent() && record.get().isExited() && record.get().exitCode() == 0) {
                continue;
            }
            boolean failedForGood = record.isPresent() && record.get().isExited() && PodSpecs.restartPolicy(spec).equals("Never");
            if (!failedForGood) {
                starts.add(container);
            }
            return false;
        }
        return true;
    }

    private static void keepRunning(
            Container container, RuntimePod runtime, String sandboxId, ProbeView probes, List<Container> starts, List<PodPlan.Kill> kills) {
        Optional<ContainerRecord> record = runtime.newestIn(sandboxId, container.getName());
        if (record.isEmpty() || !record.get().isRunning()) {
            starts.add(container);
        } else {
            killUnhealthy(container, record.get(), probes, true, kills);
        }
    }

    private static void regular(
            PodSpec spec, Container container, RuntimePod runtime, ProbeView probes, List<Container> starts, List<PodPlan.Kill> kills) {
        Optional<ContainerRecord> found = runtime.newest(container.getName());
        if (found.isEmpty()) {
            starts.add(container);
            return;
        }
        ContainerRecord record = found.get();
        switch (record.state()) {
            case CREATED -> starts.add(container);
            case UNKNOWN -> kills.add(new PodPlan.Kill(record, container, "Container is in unknown state, try killing it before restart", Optional.empty()));
            case EXITED -> {
                if (PodSpecs.restarts(spec, container, record.exitCode()) || !record.hash().equals(Labels.hash(container))) {
                    starts.add(container);
                }
            }
            case RUNNING -> {
                if (!record.hash().equals(Labels.hash(container))) {
                    kills.add(new PodPlan.Kill(record, container, "Container " + container.getName() + " definition changed, will be restarted", Optional.empty()));
                } else {
                    killUnhealthy(container, record, probes, PodSpecs.restarts(spec, container, 137), kills);
                }
            }
        }
    }

    private static void killUnhealthy(Container container, ContainerRecord record, ProbeView probes, boolean restarts, List<PodPlan.Kill> kills) {
        String suffix = restarts ? ", will be restarted" : "";
        if (probes.startupFailed(record.id())) {
            kills.add(new PodPlan.Kill(record, container, "Container " + container.getName() + " failed startup probe" + suffix, grace(container.getStartupProbe())));
        } else if (probes.livenessFailed(record.id())) {
            kills.add(new PodPlan.Kill(record, container, "Container " + container.getName() + " failed liveness probe" + suffix, grace(container.getLivenessProbe())));
        }
    }

    private static Optional<Duration> grace(Probe probe) {
        return Optional.ofNullable(probe.getTerminationGracePeriodSeconds()).map(Duration::ofSeconds);
    }
}
