package io.jakube.agent.pod;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.env.FieldValues;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One pod's event loop, on its own virtual thread from the moment the node hears of the pod until nothing of it is left.
 *
 * <p>Level-triggered: a round compares what is wanted (the newest object from the API) with what is (the runtime), takes the next steps and
 * reports the status. Signals only say "look again" and coalesce; they come from the API, the runtime, probes, finished pulls, hooks and stops, and
 * from written statuses. All other state belongs to the loop's thread. After a restart of the agent everything is read again from runtime and API.
 *
 * <p>A pod ends when it is deleted, removed, over its deadline, or has no container left to run. Ending is for good: containers are stopped,
 * sidecars last and in reverse order, then the sandbox, the volumes, and for a deleted pod its object and whatever remains on the node.
 */
final class PodWorker implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(PodWorker.class);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration RECHECK = Duration.ofSeconds(60);

    private final PodServices services;
    private final Runnable finished;
    private final RuntimePods reader;
    private final PodProbes probes;
    private final ContainerKiller killer;
    private final ContainerStarter starter;
    private final PodSandboxes sandboxes;
    private final PodFiles files;
    private final PodStatusWriter writer;
    private final Instant startTime;
    private final Semaphore signals = new Semaphore(1);

    private volatile Pod pod;
    private volatile boolean removed;
    private volatile boolean runtimeDirty = true;
    private volatile boolean stopped;
    private RuntimePod runtime = RuntimePod.NONE;
    private volatile boolean over;
    private PodStatus status;
    private boolean ending;
    private boolean deleteSent;
    private Optional<WaitingReason> failure = Optional.empty();
    private Optional<Instant> wakeAt = Optional.empty();

    /**
     * @param others the pods that hold resources of the node
     * @param finished called at the end, when the node has nothing of the pod any more
     */
    PodWorker(PodServices services, Pod pod, List<Pod> others, Runnable finished) {
        this.services = requireNonNull(services, "services is null");
        this.pod = requireNonNull(pod, "pod is null");
        this.finished = requireNonNull(finished, "finished is null");
        this.status = pod.getStatus() == null ? new PodStatus() : pod.getStatus();
        this.startTime = status.getStartTime() == null ? services.clock().instant() : Instant.parse(status.getStartTime());
        this.reader = new RuntimePods(services.runtime(), new TerminationMessages(), pod.getMetadata().getUid());
        this.probes = new PodProbes(services, this::signal);
        this.killer = new ContainerKiller(services, this::runtimeChanged);
        this.starter = new ContainerStarter(services, killer, this::runtimeChanged);
        this.sandboxes = new PodSandboxes(services);
        this.files = new PodFiles(services, pod, this::referencesChanged);
        this.writer = new PodStatusWriter(services.api(), status, this::signal);
        this.over = "Failed".equals(status.getPhase()) || "Succeeded".equals(status.getPhase());
        // A pod with a start time was admitted before the agent restarted.
        if (status.getStartTime() == null && pod.getMetadata().getDeletionTimestamp() == null) {
            this.failure = PodAdmission.refusal(pod, others, services.node().get().allocatable());
            failure.ifPresent(reason -> services.events().warning(pod, reason.reason(), reason.message()));
            this.ending = failure.isPresent();
            this.over |= ending;
        }
    }

    /** Whether the pod counts when another asks for room on the node. */
    boolean holdsResources() {
        return !over;
    }

    /** The API has a newer state of the pod. */
    void update(Pod newest) {
        pod = newest;
        signal();
    }

    /** The API does not have the pod any more. */
    void remove(Pod last) {
        pod = last;
        removed = true;
        over = true;
        signal();
    }

    /** Something of the pod changed in the runtime. */
    void runtimeChanged() {
        runtimeDirty = true;
        signal();
    }

    /** Ends the loop and leaves the pod running. */
    void stop() {
        stopped = true;
        signal();
    }

    Pod pod() {
        return pod;
    }

    /** The newest computed status. */
    PodStatus status() {
        return status;
    }

    @Override
    public void run() {
        try {
            while (!stopped) {
                await();
                if (stopped) {
                    return;
                }
                try {
                    if (round()) {
                        finished.run();
                        return;
                    }
                } catch (RuntimeFailure e) {
                    LOG.warn("Pod {}: {}", PodSpecs.format(pod), e.rpcText());
                    runtimeDirty = true;
                    wakeAt = Optional.of(services.clock().instant().plus(RETRY));
                } catch (RuntimeException e) {
                    LOG.error("Pod {}: a round of its loop failed and is tried again", PodSpecs.format(pod), e);
                    runtimeDirty = true;
                    wakeAt = Optional.of(services.clock().instant().plus(RETRY));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            probes.close();
        }
    }

    private void await() throws InterruptedException {
        Duration wait = wakeAt.map(at -> Duration.between(services.clock().instant(), at)).filter(d -> d.compareTo(RECHECK) < 0).orElse(RECHECK);
        if (signals.tryAcquire(Math.max(0, wait.toMillis()), TimeUnit.MILLISECONDS)) {
            signals.drainPermits();
        }
        wakeAt = Optional.empty();
    }

    private void signal() {
        signals.release();
    }

    private void referencesChanged() {
        files.markOutdated();
        starter.retryNow();
        signal();
    }

    private void wakeAt(Instant when) {
        wakeAt = wakeAt.filter(at -> at.isBefore(when)).or(() -> Optional.of(when));
    }

    /** @return true when nothing of the pod is left */
    private boolean round() {
        Pod wanted = pod;
        reload();
        probes.follow(wanted, runtime, status, podIp(), starter.hooksRunning());
        if (!ending) {
            decideEnding(wanted);
        }
        if (!ending) {
            advance(wanted);
            if (isOver(wanted)) {
                ending = true;
            }
        }
        boolean clean = ending && end(wanted);
        over |= clean;
        publish(wanted);
        return clean && release(wanted);
    }

    private void reload() {
        if (runtimeDirty) {
            runtimeDirty = false;
            runtime = reader.load();
        }
    }

    /** Keeps each container's newest and, for its log and last state, the one before it; and no old sandbox without containers. */
    private void removeDeadContainers() {
        Map<String, Integer> seen = new HashMap<>();
        for (ContainerRecord container : runtime.containers()) {
            if (seen.merge(container.name(), 1, Integer::sum) > 2 && container.isExited()) {
                services.runtime().removeContainer(container.id());
                files.deleteLog(container);
                runtimeDirty = true;
            }
        }
        for (RuntimePod.Sandbox sandbox : runtime.sandboxes().stream().skip(1).toList()) {
            if (!sandbox.ready() && runtime.containers().stream().noneMatch(c -> c.sandboxId().equals(sandbox.id()))) {
                services.runtime().removePodSandbox(sandbox.id());
                runtimeDirty = true;
            }
        }
    }

    private String podIp() {
        List<String> ips = podIps();
        return ips.isEmpty() ? "" : ips.getFirst();
    }

    private List<String> podIps() {
        return PodSpecs.hostNetwork(pod.getSpec())
                ? services.node().get().addresses()
                : runtime.readySandbox().map(RuntimePod.Sandbox::ips).orElse(List.of());
    }

    private void decideEnding(Pod wanted) {
        String phase = status.getPhase();
        ending = removed || wanted.getMetadata().getDeletionTimestamp() != null || "Failed".equals(phase) || "Succeeded".equals(phase)
                || wanted.getStatus() != null && "Failed".equals(wanted.getStatus().getPhase());
        Long seconds = wanted.getSpec().getActiveDeadlineSeconds();
        if (!ending && seconds != null) {
            Instant deadline = startTime.plusSeconds(seconds);
            if (services.clock().instant().isBefore(deadline)) {
                wakeAt(deadline);
            } else {
                failure = Optional.of(new WaitingReason("DeadlineExceeded", "Pod was active on the node longer than the specified deadline"));
                services.events().normal(wanted, "DeadlineExceeded", "Pod was active on the node longer than the specified deadline");
                ending = true;
            }
        }
    }

    /** One step further for a pod that should run. */
    private void advance(Pod wanted) {
        PodPlan plan = PodPlanner.plan(wanted, runtime, probes);
        if (plan.sandboxAttempt().isPresent()) {
            if (!replaceSandbox(wanted, plan.sandboxAttempt().get())) {
                return;
            }
            plan = PodPlanner.plan(wanted, runtime, probes);
        }
        for (PodPlan.Kill kill : plan.kills()) {
            killer.stop(wanted, kill.container(), Optional.of(kill.spec()), kill.message(), podIp(),
                    kill.grace().orElse(Duration.ofSeconds(PodSpecs.gracePeriodSeconds(wanted))));
        }
        if (plan.sandboxAttempt().isPresent() || plan.starts().isEmpty() && !files.isOutdated()) {
            return;
        }
        FieldValues fields = fields(wanted);
        Optional<Instant> retry = files.setUp(fields);
        if (retry.isPresent()) {
            wakeAt(retry.get());
            return;
        }
        boolean any = false;
        for (Container container : plan.starts()) {
            if (pod.getMetadata().getDeletionTimestamp() != null || removed) {
                break;
            }
            Optional<Instant> again = starter.start(fields, status, container, runtime, sandboxes.config(wanted, runtime), files.volumes());
            again.ifPresent(this::wakeAt);
            any = true;
        }
        if (any) {
            runtimeDirty = true;
            reload();
            removeDeadContainers();
            probes.follow(wanted, runtime, status, podIp(), starter.hooksRunning());
            signalIfMoreToStart(wanted, plan);
        }
    }

    /** A sidecar that has started lets the next container begin. */
    private void signalIfMoreToStart(Pod wanted, PodPlan before) {
        List<String> tried = before.starts().stream().map(Container::getName).toList();
        if (PodPlanner.plan(wanted, runtime, probes).starts().stream().anyMatch(c -> !tried.contains(c.getName()))) {
            signal();
        }
    }

    private FieldValues fields(Pod wanted) {
        NodeFacts node = services.node().get();
        return new FieldValues(wanted, podIps(), node.addresses(), node.allocatable());
    }

    /** @return true if the pod has its new sandbox */
    private boolean replaceSandbox(Pod wanted, int attempt) {
        if (!runtime.isEmpty()) {
            for (ContainerRecord container : runtime.running().toList()) {
                killer.stop(wanted, container, PodSpecs.find(wanted.getSpec(), container.name()), "Stopping container " + container.name(), podIp(),
                        Duration.ofSeconds(PodSpecs.gracePeriodSeconds(wanted)));
            }
            if (!killer.isIdle()) {
                return false;
            }
            if (attempt > 0) {
                services.events().normal(wanted, "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
            }
            sandboxes.stopAll(runtime);
        }
        publish(wanted);
        Optional<Instant> failed = sandboxes.create(wanted, attempt, files, fields(wanted), starter);
        failed.ifPresent(this::wakeAt);
        runtimeDirty = true;
        reload();
        return failed.isEmpty() && runtime.readySandbox().isPresent();
    }

    /** Whether a pod that should run has nothing left to run. */
    private boolean isOver(Pod wanted) {
        if (runtime.containers().isEmpty() || runtime.running().findAny().isPresent() && !onlySidecarsRun(wanted) || !starter.hooksRunning().isEmpty()) {
            return false;
        }
        PodPlan plan = PodPlanner.plan(wanted, runtime, probes);
        boolean sidecarsOnly = plan.starts().stream().allMatch(c -> PodSpecs.initContainers(wanted.getSpec()).stream()
                .anyMatch(i -> PodSpecs.isSidecar(i) && i.getName().equals(c.getName())));
        boolean begun = wanted.getSpec().getContainers().stream().allMatch(c -> runtime.newest(c.getName()).isPresent());
        boolean nothing = plan.sandboxAttempt().isEmpty() && plan.kills().isEmpty();
        return begun ? sidecarsOnly && nothing : plan.starts().isEmpty() && nothing && runtime.running().findAny().isEmpty() && initFailed(wanted);
    }

    private boolean onlySidecarsRun(Pod wanted) {
        return runtime.running().allMatch(r -> PodSpecs.initContainers(wanted.getSpec()).stream()
                .anyMatch(c -> PodSpecs.isSidecar(c) && c.getName().equals(r.name())));
    }

    private boolean initFailed(Pod wanted) {
        return PodSpecs.initContainers(wanted.getSpec()).stream().anyMatch(c -> runtime.newest(c.getName())
                .filter(r -> r.isExited() && r.exitCode() != 0)
                .isPresent()) || !PodSpecs.initContainers(wanted.getSpec()).isEmpty() && runtime.readySandbox().isEmpty();
    }

    /** Stops what runs; @return true when nothing runs any more and sandbox and volumes are gone */
    private boolean end(Pod wanted) {
        List<ContainerRecord> running = runtime.running().toList();
        if (!running.isEmpty()) {
            stopInOrder(wanted, running);
            return false;
        }
        if (!killer.isIdle()) {
            return false;
        }
        if (sandboxes.stopAll(runtime)) {
            runtimeDirty = true;
            reload();
        }
        try {
            files.tearDownVolumes();
        } catch (IOException e) {
            LOG.warn("Pod {}: its volumes are not cleaned up yet: {}", PodSpecs.format(wanted), e.getMessage());
            wakeAt(services.clock().instant().plus(RETRY));
            return false;
        }
        return true;
    }

    private void stopInOrder(Pod wanted, List<ContainerRecord> running) {
        Duration grace = Duration.ofSeconds(PodSpecs.gracePeriodSeconds(wanted));
        List<String> sidecars = PodSpecs.initContainers(wanted.getSpec()).stream().filter(PodSpecs::isSidecar).map(Container::getName).toList();
        boolean othersRun = running.stream().anyMatch(r -> !sidecars.contains(r.name()));
        String lastSidecar = othersRun ? "" : sidecars.reversed().stream().filter(n -> running.stream().anyMatch(r -> r.name().equals(n))).findFirst().orElse("");
        for (ContainerRecord container : running) {
            if (sidecars.contains(container.name()) ? container.name().equals(lastSidecar) : true) {
                killer.stop(wanted, container, PodSpecs.find(wanted.getSpec(), container.name()), "Stopping container " + container.name(), podIp(), grace);
            }
        }
    }

    private void publish(Pod wanted) {
        status = PodStatusComputation.compute(new PodStatusInput(
                wanted,
                withForeignConditions(wanted),
                runtime,
                probes,
                starter.reasons(),
                starter.hooksRunning(),
                ending,
                failure,
                services.node().get().addresses(),
                startTime,
                services.clock().instant()));
        if (!removed) {
            writer.submit(wanted, status);
        }
    }

    /** The last status with the conditions that others set on the object since. */
    private PodStatus withForeignConditions(Pod wanted) {
        if (wanted.getStatus() == null || wanted.getStatus().getConditions() == null) {
            return status;
        }
        return PodConditions.adoptForeign(status, wanted.getStatus().getConditions());
    }

    /** The last steps of a deleted pod. @return true when done */
    private boolean release(Pod wanted) {
        if (removed) {
            services.puller().forget(wanted.getMetadata().getUid());
            sandboxes.removeAll(runtime);
            files.delete();
            return true;
        }
        if (wanted.getMetadata().getDeletionTimestamp() != null && writer.isSettled() && !deleteSent) {
            try {
                services.api().delete(wanted);
                deleteSent = true;
            } catch (RuntimeException e) {
                LOG.debug("Pod {}: its object is not deleted yet: {}", PodSpecs.format(wanted), e.toString());
                wakeAt(services.clock().instant().plus(RETRY));
            }
        }
        return false;
    }
}
