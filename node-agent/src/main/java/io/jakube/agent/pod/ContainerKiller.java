package io.jakube.agent.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.probe.CheckResult;
import io.jakube.agent.probe.Handlers;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stops containers of one pod in the background: the preStop hook, then the stop signal, within one grace period; the signal gets at
 * least two seconds of it. Each container is stopped once at a time. Used by the pod's loop only; calls {@code changed} from other threads.
 */
final class ContainerKiller {
    private static final Logger LOG = LoggerFactory.getLogger(ContainerKiller.class);
    private static final Duration LEAST_GRACE = Duration.ofSeconds(2);

    private final PodServices services;
    private final Handlers handlers;
    private final Runnable changed;
    private final Map<String, Duration> stopping = new ConcurrentHashMap<>();

    ContainerKiller(PodServices services, Runnable changed) {
        this.services = services;
        this.handlers = services.handlers();
        this.changed = changed;
    }

    boolean isStopping(String containerId) {
        return stopping.containsKey(containerId);
    }

    boolean isIdle() {
        return stopping.isEmpty();
    }

    /**
     * Begins to stop a container. If it is being stopped already, only a shorter grace period has an effect.
     *
     * @param spec empty if the pod has no such container any more
     */
    void stop(Pod pod, ContainerRecord container, Optional<Container> spec, String message, String podIp, Duration grace) {
        Duration before = stopping.put(container.id(), grace);
        if (before != null) {
            if (grace.compareTo(before) < 0) {
                Thread.ofVirtual().name("stop-" + container.name()).start(() -> stopNow(container, grace));
            } else {
                stopping.put(container.id(), before);
            }
            return;
        }
        spec.ifPresent(c -> services.events().normal(pod, c, "Killing", message));
        Thread.ofVirtual().name("stop-" + container.name()).start(() -> {
            try {
                long begun = System.nanoTime();
                if (spec.isPresent()) {
                    preStop(pod, container, spec.get(), podIp, grace);
                }
                Duration left = grace.minusNanos(System.nanoTime() - begun);
                stopNow(container, left.compareTo(LEAST_GRACE) < 0 ? LEAST_GRACE : left);
            } finally {
                stopping.remove(container.id());
                changed.run();
            }
        });
    }

    private void preStop(Pod pod, ContainerRecord container, Container spec, String podIp, Duration grace) {
        if (spec.getLifecycle() == null || spec.getLifecycle().getPreStop() == null || !grace.isPositive()) {
            return;
        }
        try {
            CheckResult result = handlers.hook(spec.getLifecycle().getPreStop(), spec, container.id(), podIp, grace);
            if (!result.passed()) {
                services.events().warning(pod, spec, "FailedPreStopHook", "PreStopHook failed");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stopNow(ContainerRecord container, Duration grace) {
        try {
            services.runtime().stopContainer(container.id(), grace);
        } catch (RuntimeFailure e) {
            LOG.warn("Stopping container {} ({}) failed and will be tried again: {}", container.name(), container.id(), e.getMessage());
        }
    }
}
