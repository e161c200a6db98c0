package io.jakube.agent.pod;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.cri.v1.Container;
import io.jakube.agent.cri.v1.PodSandbox;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which pods changed in the runtime, by listing and comparing: soon after the runtime's change hints, and otherwise every second, or
 * every five seconds once the runtime has shown that it gives hints. One virtual thread; {@code changed} is called on it with pod uids.
 */
public final class RuntimeWatcher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RuntimeWatcher.class);
    private static final Duration WITHOUT_HINTS = Duration.ofSeconds(1);
    private static final Duration WITH_HINTS = Duration.ofSeconds(5);

    private final ContainerRuntime runtime;
    private final Consumer<Collection<String>> changed;
    private final Semaphore hints = new Semaphore(0);
    private final AutoCloseable subscription;
    private final Thread thread;
    private Map<String, Map<String, String>> known = Map.of();
    private volatile boolean healthy = true;
    private volatile boolean closed;

    /** Starts watching. */
    public RuntimeWatcher(ContainerRuntime runtime, Consumer<Collection<String>> changed) {
        this.runtime = requireNonNull(runtime, "runtime is null");
        this.changed = requireNonNull(changed, "changed is null");
        this.subscription = runtime.onChange(hints::release);
        this.thread = Thread.ofVirtual().name("runtime-watcher").start(this::run);
    }

    /** Whether the last list could be read. */
    public boolean healthy() {
        return healthy;
    }

    @Override
    public void close() throws Exception {
        closed = true;
        subscription.close();
        thread.interrupt();
    }

    private void run() {
        try {
            while (!closed) {
                relist();
                Duration wait = runtime.hasChangeHints() ? WITH_HINTS : WITHOUT_HINTS;
                if (hints.tryAcquire(wait.toMillis(), TimeUnit.MILLISECONDS)) {
                    hints.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void relist() {
        try {
            Map<String, Map<String, String>> now = new HashMap<>();
            for (PodSandbox sandbox : runtime.listPodSandboxes(Map.of())) {
                state(now, sandbox.getLabelsMap()).put(sandbox.getId(), sandbox.getState().name());
            }
            for (Container container : runtime.listContainers(Map.of())) {
                state(now, container.getLabelsMap()).put(container.getId(), container.getState().name());
            }
            Set<String> uids = new HashSet<>(now.keySet());
            uids.addAll(known.keySet());
            uids.removeIf(uid -> now.getOrDefault(uid, Map.of()).equals(known.getOrDefault(uid, Map.of())));
            known = now;
            if (!healthy) {
                LOG.info("The container runtime answers again");
                healthy = true;
            }
            if (!uids.isEmpty()) {
                changed.accept(uids);
            }
        } catch (RuntimeFailure e) {
            if (healthy) {
                LOG.warn("The container runtime does not answer: {}", e.rpcText());
                healthy = false;
            }
        }
    }

    private static Map<String, String> state(Map<String, Map<String, String>> all, Map<String, String> labels) {
        return all.computeIfAbsent(labels.getOrDefault(Labels.POD_UID, ""), uid -> new HashMap<>());
    }
}
