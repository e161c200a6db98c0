package io.jakube.agent.pod;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.cri.v1.Container;
import io.jakube.agent.cri.v1.ContainerState;
import io.jakube.agent.cri.v1.PodSandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pods of one node: one {@link PodWorker} each, from the first word about a pod until nothing of it is left. Thread-safe; what the API says
 * comes in on one thread.
 */
public final class Pods implements PodDirectory, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pods.class);
    private static final Duration ORPHAN_GRACE = Duration.ofSeconds(30);

    private final PodServices services;
    private final Map<String, PodWorker> workers = new ConcurrentHashMap<>();
    private volatile boolean closed;

    public Pods(PodServices services) {
        this.services = requireNonNull(services, "services is null");
    }

    /** The API has this state of a pod. */
    public void update(Pod pod) {
        String uid = pod.getMetadata().getUid();
        PodWorker known = workers.get(uid);
        if (known != null) {
            known.update(pod);
        } else if (!closed) {
            List<Pod> others = workers.values().stream().filter(PodWorker::holdsResources).map(PodWorker::pod).toList();
            PodWorker worker = new PodWorker(services, pod, others, () -> workers.remove(uid));
            workers.put(uid, worker);
            Thread.ofVirtual().name("pod-" + pod.getMetadata().getName()).start(worker);
        }
    }

    /** The API does not have a pod any more. */
    public void remove(Pod last) {
        PodWorker worker = workers.get(last.getMetadata().getUid());
        if (worker != null) {
            worker.remove(last);
        }
    }

    /** Something of these pods changed in the runtime. */
    public void runtimeChanged(Collection<String> uids) {
        for (String uid : uids) {
            PodWorker worker = workers.get(uid);
            if (worker != null) {
                worker.runtimeChanged();
            }
        }
    }

    @Override
    public Optional<Pod> find(String namespace, String name) {
        return workers.values().stream()
                .map(PodWorker::pod)
                .filter(pod -> pod.getMetadata().getNamespace().equals(namespace) && pod.getMetadata().getName().equals(name))
                .findFirst();
    }

    @Override
    public List<Pod> list() {
        return workers.values().stream().map(PodWorker::pod).toList();
    }

    @Override
    public Optional<PodStatus> status(String uid) {
        return Optional.ofNullable(workers.get(uid)).map(PodWorker::status);
    }

    /**
     * Stops and removes what the runtime has of pods that do not exist any more. Meant for after the first full list of the node's pods.
     *
     * @throws RuntimeFailure if the runtime cannot be asked
     */
    public void removeOrphans() {
        Set<String> orphans = new HashSet<>();
        for (PodSandbox sandbox : services.runtime().listPodSandboxes(Map.of())) {
            String uid = sandbox.getLabelsOrDefault(Labels.POD_UID, "");
            if (!uid.isEmpty() && !workers.containsKey(uid)) {
                orphans.add(uid);
            }
        }
        orphans.forEach(uid -> Thread.ofVirtual().name("orphan-" + uid).start(() -> removeOrphan(uid)));
        removeOrphanFiles(orphans);
    }

    private void removeOrphan(String uid) {
        Map<String, String> selector = Map.of(Labels.POD_UID, uid);
        try {
            LOG.info("Removing pod {}, which does not exist any more", uid);
            List<Container> containers = services.runtime().listContainers(selector);
            containers.stream().filter(c -> c.getState() == ContainerState.CONTAINER_RUNNING).parallel()
                    .forEach(c -> services.runtime().stopContainer(c.getId(), ORPHAN_GRACE));
            for (PodSandbox sandbox : services.runtime().listPodSandboxes(selector)) {
                services.runtime().stopPodSandbox(sandbox.getId());
                services.runtime().removePodSandbox(sandbox.getId());
            }
            removeFiles(uid);
        } catch (RuntimeFailure e) {
            LOG.warn("Pod {}, which does not exist any more, is not removed yet: {}", uid, e.getMessage());
        }
    }

    private void removeOrphanFiles(Set<String> stillRunning) {
        if (!services.realFiles() || !Files.isDirectory(services.paths().pods())) {
            return;
        }
        try (Stream<Path> directories = Files.list(services.paths().pods())) {
            directories.map(path -> path.getFileName().toString())
                    .filter(uid -> !workers.containsKey(uid) && !stillRunning.contains(uid))
                    .toList()
                    .forEach(this::removeFiles);
        } catch (IOException e) {
            LOG.warn("{} cannot be listed: {}", services.paths().pods(), e.getMessage());
        }
    }

    private void removeFiles(String uid) {
        if (services.realFiles()) {
            PodFiles.deletePod(services, uid);
        }
    }

    /** Ends all loops; the pods keep running. */
    @Override
    public void close() {
        closed = true;
        workers.values().forEach(PodWorker::stop);
    }
}
