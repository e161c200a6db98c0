package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.cri.v1.PodSandboxConfig;
import io.jakube.agent.env.FieldValues;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Creates, stops and removes one pod's sandboxes. Used by the pod's loop only. */
final class PodSandboxes {
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
    private static final Duration LAST_RETRY = Duration.ofSeconds(15);

    private final PodServices services;
    private final SandboxConfigs configs;
    private Duration retry = FIRST_RETRY;
    private @Nullable PodSandboxConfig config;

    PodSandboxes(PodServices services) {
        this.services = services;
        this.configs = services.sandboxConfigs();
    }

    /** The configuration of the pod's running sandbox. */
    PodSandboxConfig config(Pod pod, RuntimePod runtime) {
        PodSandboxConfig known = config;
        if (known == null) {
            known = configs.build(pod, services.node().get(), runtime.readySandbox().map(RuntimePod.Sandbox::attempt).orElse(0));
            config = known;
        }
        return known;
    }

    /**
     * Creates a sandbox; meanwhile volumes are set up and the images of the containers to start first are looked for.
     *
     * @return when to try again if it failed
     */
    Optional<Instant> create(Pod pod, int attempt, PodFiles files, FieldValues fields, ContainerStarter starter) {
        PodSandboxConfig wanted = configs.build(pod, services.node().get(), attempt);
        config = wanted;
        Thread volumes = files.setUpEarly(fields);
        try {
            services.cgroups().ifPresent(cgroups -> cgroups.create(pod));
            if (services.realFiles()) {
                Files.createDirectories(services.paths().logs(pod));
            }
            List<Container> first = PodSpecs.initContainers(pod.getSpec()).isEmpty()
                    ? pod.getSpec().getContainers()
                    : PodSpecs.initContainers(pod.getSpec()).subList(0, 1);
            starter.prefetch(pod, first, wanted);
            services.runtime().runPodSandbox(wanted, "");
            retry = FIRST_RETRY;
            return Optional.empty();
        } catch (RuntimeFailure e) {
            return Optional.of(failed(pod, e.rpcText()));
        } catch (IOException e) {
            return Optional.of(failed(pod, e.toString()));
        } finally {
            join(volumes);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops what runs; @return whether there was something to stop */
    boolean stopAll(RuntimePod runtime) {
        boolean any = false;
        for (RuntimePod.Sandbox sandbox : runtime.sandboxes()) {
            if (sandbox.ready()) {
                services.runtime().stopPodSandbox(sandbox.id());
                any = true;
            }
        }
        return any;
    }

    /** Removes containers and sandboxes. */
    void removeAll(RuntimePod runtime) {
        runtime.containers().forEach(container -> services.runtime().removeContainer(container.id()));
        runtime.sandboxes().forEach(sandbox -> {
            services.runtime().stopPodSandbox(sandbox.id());
            services.runtime().removePodSandbox(sandbox.id());
        });
    }

    private Instant failed(Pod pod, String message) {
        services.events().warning(pod, "FailedCreatePodSandBox", "Failed to create pod sandbox: " + message);
        Instant next = services.clock().instant().plus(retry);
        retry = retry.multipliedBy(2).compareTo(LAST_RETRY) > 0 ? LAST_RETRY : retry.multipliedBy(2);
        return next;
    }
}
