package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.LifecycleHandler;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.cri.v1.ContainerConfig;
import io.jakube.agent.cri.v1.Image;
import io.jakube.agent.cri.v1.PodSandboxConfig;
import io.jakube.agent.env.ConfigurationException;
import io.jakube.agent.env.FieldValues;
import io.jakube.agent.probe.CheckResult;
import io.jakube.agent.probe.Handlers;
import io.jakube.agent.pull.ImageResult;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * Starts containers of one pod, as far as possible at a time: waits for images and crash back-off by returning and being called again. Keeps why
 * a container does not run. Used by the pod's loop only; calls {@code changed} from other threads.
 */
final class ContainerStarter {
    private static final Duration CONFIG_RETRY = Duration.ofSeconds(10);
    private static final Duration HOOK_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration SHOW_PULL_ERROR = Duration.ofSeconds(3);

    private final PodServices services;
    private final ContainerConfigs configs;
    private final Handlers handlers;
    private final ContainerKiller killer;
    private final Runnable changed;
    private final BackOff crashes = new BackOff(Duration.ofSeconds(10), Duration.ofMinutes(5));
    private final Map<String, WaitingReason> reasons = new HashMap<>();
    private final Map<String, CompletableFuture<ImageResult>> images = new HashMap<>();
    private final Map<String, Instant> notBefore = new HashMap<>();
    private final Set<String> hooks = ConcurrentHashMap.newKeySet();

    ContainerStarter(PodServices services, ContainerKiller killer, Runnable changed) {
        this.services = services;
        this.configs = services.containerConfigs();
        this.handlers = services.handlers();
        this.killer = killer;
        this.changed = changed;
    }

    Map<String, WaitingReason> reasons() {
        return reasons;
    }

    /** Names of containers whose start hook has not ended. */
    Set<String> hooksRunning() {
        return hooks;
    }

    /** Forgets pauses between attempts, because something a container needs has changed. */
    void retryNow() {
        notBefore.clear();
    }

    /** Begins to make images present, while the sandbox is being created. */
    void prefetch(Pod pod, List<Container> containers, PodSandboxConfig sandbox) {
        for (Container container : containers) {
            images.computeIfAbsent(container.getName(), name -> services.puller().ensure(pod, container, sandbox));
        }
    }

    /**
     * Takes a container one step further.
     *
     * @return empty if it was started or an event will say when to go on; otherwise when to try again
     */
    Optional<Instant> start(
            FieldValues fields, PodStatus status, Container container, RuntimePod runtime, PodSandboxConfig sandbox, Map<String, Path> volumes) {
        Pod pod = fields.pod();
        String name = container.getName();
        Optional<ContainerRecord> last = runtime.newest(name);
        Instant now = services.clock().instant();
        Instant wait = notBefore.get(name);
        if (wait != null && now.isBefore(wait)) {
            return Optional.of(wait);
        }
        Optional<ContainerRecord> exited = last.filter(ContainerRecord::isExited);
        String crashKey = name + "/" + Labels.hash(container);
        if (exited.isPresent()) {
            Duration delay = crashes.delay(crashKey, exited.get().finishedAt());
            Instant until = exited.get().finishedAt().plus(delay);
            if (now.isBefore(until)) {
                return Optional.of(crashLoop(pod, container, delay, until));
            }
        }
        images.computeIfAbsent(name, n -> services.puller().ensure(pod, container, sandbox));
        CompletableFuture<ImageResult> image = images.get(name);
        if (!image.isDone()) {
            image.thenRun(changed);
            return Optional.empty();
        }
        images.remove(name);
        return switch (image.join()) {
            case ImageResult.Failed failed -> {
                boolean first = failed.reason().reason().equals("ErrImagePull");
                Instant next = services.puller().nextAttempt(pod, container).orElse(now.plus(CONFIG_RETRY));
                yield Optional.of(fail(name, failed.reason().reason(), failed.reason().message(), first ? now.plus(SHOW_PULL_ERROR) : next));
            }
            case ImageResult.Present present -> {
                exited.ifPresent(record -> crashes.next(crashKey, record.finishedAt()));
                yield run(fields, status, container, present.image(), runtime, sandbox, volumes);
            }
        };
    }

    private Optional<Instant> run(
            FieldValues fields, PodStatus status, Container container, Image image, RuntimePod runtime, PodSandboxConfig sandbox, Map<String, Path> volumes) {
        Pod pod = fields.pod();
        String name = container.getName();
        Instant now = services.clock().instant();
        Optional<ContainerRecord> last = runtime.newest(name);
        String sandboxId = runtime.readySandbox().orElseThrow().id();
        String id;
        try {
            if (last.isPresent() && last.get().state() == ContainerRecord.State.CREATED) {
                services.runtime().removeContainer(last.get().id());
            }
            ContainerConfig config = configs.build(fields, services.node().get(), container, image, attempt(name, last, status), volumes, runtime);
            id = services.runtime().createContainer(sandboxId, config, sandbox);
        } catch (ConfigurationException | ApiException | UncheckedIOException e) {
            services.events().warning(pod, container, "Failed", "Error: " + e.getMessage());
            return Optional.of(fail(name, "CreateContainerConfigError", String.valueOf(e.getMessage()), now.plus(CONFIG_RETRY)));
        } catch (RuntimeFailure e) {
            services.events().warning(pod, container, "Failed", "Error: " + e.getMessage());
            return Optional.of(fail(name, "CreateContainerError", e.getMessage(), now.plus(CONFIG_RETRY)));
        } catch (IOException e) {
            services.events().warning(pod, container, "Failed", "Error: " + e.getMessage());
            return Optional.of(fail(name, "CreateContainerError", String.valueOf(e.getMessage()), now.plus(CONFIG_RETRY)));
        }
        services.events().normal(pod, container, "Created", "Created container: " + name);
        boolean hook = container.getLifecycle() != null && container.getLifecycle().getPostStart() != null;
        if (hook) {
            hooks.add(name);
        }
        try {
            services.runtime().startContainer(id);
        } catch (RuntimeFailure e) {
            hooks.remove(name);
            services.events().warning(pod, container, "Failed", "Error: " + e.getMessage());
            return Optional.of(fail(name, "RunContainerError", e.getMessage(), now));
        }
        services.events().normal(pod, container, "Started", "Started container " + name);
        reasons.remove(name);
        notBefore.remove(name);
        if (hook) {
            postStart(pod, container, container.getLifecycle().getPostStart(), id, fields);
        }
        return Optional.empty();
    }

    private void postStart(Pod pod, Container container, LifecycleHandler handler, String id, FieldValues fields) {
        String podIp = fields.podIps().isEmpty() ? "" : fields.podIps().getFirst();
        Thread.ofVirtual().name("post-start-" + container.getName()).start(() -> {
            try {
                CheckResult result = handlers.hook(handler, container, id, podIp, HOOK_TIMEOUT);
                if (!result.passed()) {
                    services.events().warning(pod, container, "FailedPostStartHook", "PostStartHook failed");
                    ContainerRecord record = new ContainerRecord(id, "", container.getName(), 0, "", ContainerRecord.State.RUNNING, Instant.EPOCH, Instant.EPOCH,
                            Instant.EPOCH, 0, "", "", "", "", "");
                    killer.stop(pod, record, Optional.of(container), "FailedPostStartHook", podIp, Duration.ofSeconds(PodSpecs.gracePeriodSeconds(pod)));
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                hooks.remove(container.getName());
                changed.run();
            }
        });
    }

    private Instant crashLoop(Pod pod, Container container, Duration delay, Instant until) {
        String message = "back-off " + text(delay) + " restarting failed container=" + container.getName() + " pod=" + PodSpecs.format(pod);
        WaitingReason before = reasons.put(container.getName(), new WaitingReason("CrashLoopBackOff", message));
        if (before == null || !before.message().equals(message)) {
            services.events().warning(pod, container, "BackOff", "Back-off restarting failed container " + container.getName() + " in pod " + PodSpecs.format(pod));
        }
        return until;
    }

    private Instant fail(String name, String reason, String message, Instant retry) {
        reasons.put(name, new WaitingReason(reason, message));
        notBefore.put(name, retry);
        return retry;
    }

    /** The next restart count: one more than the newest container the runtime or the API knows. */
    private static int attempt(String name, Optional<ContainerRecord> last, PodStatus status) {
        if (last.isPresent()) {
            return last.get().state() == ContainerRecord.State.CREATED ? last.get().attempt() : last.get().attempt() + 1;
        }
        return Stream.of(status.getInitContainerStatuses(), status.getContainerStatuses(), status.getEphemeralContainerStatuses())
                .filter(list -> list != null)
                .flatMap(List::stream)
                .filter(s -> s.getName().equals(name))
                .map(ContainerStatus::getRestartCount)
                .findFirst()
                .orElse(0);
    }

    private static String text(Duration delay) {
        long seconds = delay.toSeconds();
        return seconds < 60 ? seconds + "s" : seconds / 60 + "m" + seconds % 60 + "s";
    }
}
