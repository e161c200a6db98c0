package io.jakube.scheduler;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.storage.StorageClass;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.events.EventRecorder;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Informer;
import io.jakube.common.informer.Informers;
import io.jakube.common.metrics.MetricsText;
import io.jakube.common.status.ApiException;
import io.jakube.scheduler.binding.PodWriter;
import io.jakube.scheduler.cycle.Decision;
import io.jakube.scheduler.cycle.SchedulingCycle;
import io.jakube.scheduler.plugins.VolumeChoices;
import io.jakube.scheduler.plugins.VolumeChoices.Choice;
import io.jakube.scheduler.queue.SchedulingQueue;
import io.jakube.scheduler.queue.SchedulingQueue.ClusterEvent;
import io.jakube.scheduler.snapshot.ClusterCache;
import io.jakube.scheduler.snapshot.PodInfo;
import io.jakube.scheduler.snapshot.Snapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives nodes to pods that have none. Informer handlers (each on its feed's thread) keep cache and queue up to date; one thread runs cycles; bindings and
 * status writes run on virtual threads, their pods being assumed on their node meanwhile.
 */
public final class Scheduler implements AutoCloseable {
    /** The name pods ask for by {@code spec.schedulerName}. */
    public static final String NAME = "default-scheduler";

    private static final Logger log = LoggerFactory.getLogger(Scheduler.class);
    private static final Set<String> PLACEMENT = Set.of("NodeResourcesFit", "NodePorts", "InterPodAffinity", "PodTopologySpread", "VolumeBinding");

    private final Informer<Pod> pods;
    private final Informer<Node> nodes;
    private final Informer<Namespace> namespaces;
    private final Informer<PersistentVolumeClaim> claims;
    private final Informer<PersistentVolume> volumes;
    private final Informer<StorageClass> classes;
    private final ClusterCache cache = new ClusterCache();
    private final SchedulingQueue queue;
    private final SchedulingCycle cycle;
    private final PodWriter writer;
    private final VolumeBinder volumeBinder;
    private final EventRecorder events;
    private final SchedulerMetrics metrics = new SchedulerMetrics();
    private final EventHandler<Pod> podHandler = new PodHandler();
    private final EventHandler<Node> nodeHandler = new NodeHandler();
    private final EventHandler<PersistentVolumeClaim> claimHandler = EventHandler.forEach(claim -> volumesChanged());
    private final EventHandler<PersistentVolume> volumeHandler = EventHandler.forEach(volume -> volumesChanged());
    private final Thread thread;

    public Scheduler(Informers informers, SchedulingQueue queue, SchedulingCycle cycle, PodWriter writer, EventRecorder events) {
        this.pods = informers.informer(Pod.class);
        this.nodes = informers.informer(Node.class);
        this.namespaces = informers.informer(Namespace.class);
        this.claims = informers.informer(PersistentVolumeClaim.class);
        this.volumes = informers.informer(PersistentVolume.class);
        this.classes = informers.informer(StorageClass.class);
        this.queue = requireNonNull(queue, "queue is null");
        this.cycle = requireNonNull(cycle, "cycle is null");
        this.writer = requireNonNull(writer, "writer is null");
        this.volumeBinder = new VolumeBinder(writer, claims, pods);
        this.events = requireNonNull(events, "events is null");
        this.thread = Thread.ofPlatform().name("scheduler").daemon().unstarted(this::run);
    }

    /** Asks for the informers scheduling needs, so that they can be started before there is a scheduler. */
    public static void declare(Informers informers) {
        informers.informer(Pod.class);
        informers.informer(Node.class);
        informers.informer(Namespace.class);
        informers.informer(PersistentVolumeClaim.class);
        informers.informer(PersistentVolume.class);
        informers.informer(StorageClass.class);
    }

    /** Starts scheduling; the informers must have synced. */
    public void start() {
        nodes.addHandler(nodeHandler);
        pods.addHandler(podHandler);
        claims.addHandler(claimHandler);
        volumes.addHandler(volumeHandler);
        thread.start();
    }

    private void run() {
        try {
            for (PodInfo next = queue.take(); next != null; next = queue.take()) {
                long start = System.nanoTime();
                try {
                    schedule(next, start);
                } catch (RuntimeException e) {
                    log.error("Scheduling {} failed", next.key(), e);
                    metrics.attempted(SchedulerMetrics.Result.ERROR, System.nanoTime() - start);
                    queue.failed(next);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void schedule(PodInfo pod, long start) {
        Snapshot snapshot = snapshot();
        switch (cycle.decide(pod, snapshot)) {
            case Decision.Scheduled decision -> {
                List<Choice> choices = snapshot.nodes().stream().filter(node -> node.name().equals(decision.node())).findFirst()
                        .flatMap(node -> VolumeChoices.on(node, pod, snapshot)).orElse(List.of());
                volumeBinder.assume(choices);
                cache.putPod(pod, decision.node());
                Thread.ofVirtual().name("bind-" + pod.key()).start(() -> bind(pod, decision.node(), choices, start));
            }
            case Decision.Unschedulable decision -> {
                List<PodInfo> outbid = promise(pod, decision);
                queue.unschedulable(pod, decision.rejectedBy());
                metrics.attempted(SchedulerMetrics.Result.UNSCHEDULABLE, System.nanoTime() - start);
                if (decision.preemption() != null) {
                    metrics.preempted(decision.preemption().victims().size());
                }
                Thread.ofVirtual().name("report-" + pod.key()).start(() -> report(pod, decision, outbid));
            }
        }
    }

    /** Keeps the node's room for a pod that preempts others there. @return pods of lower priority that had been promised the same node */
    private List<PodInfo> promise(PodInfo pod, Decision.Unschedulable decision) {
        if (decision.preemption() == null) {
            if (!decision.awaitsVictims()) {
                cache.withdraw(pod.uid());
            }
            return List.of();
        }
        String node = decision.preemption().node();
        List<PodInfo> outbid = cache.nominated().getOrDefault(node, List.of()).stream().filter(other -> other.priority() < pod.priority()).toList();
        outbid.forEach(other -> cache.withdraw(other.uid()));
        cache.nominate(pod, node);
        return outbid;
    }

    private void bind(PodInfo pod, String node, List<Choice> choices, long start) {
        try {
            volumeBinder.bind(pod, node, choices);
            writer.bind(pod.pod(), node);
            metrics.attempted(SchedulerMetrics.Result.SCHEDULED, System.nanoTime() - start);
            events.normal(pod.pod(), "Scheduled", "Successfully assigned " + pod.key() + " to " + node);
        } catch (RuntimeException e) {
            cache.removePod(pod.uid());
            nominatedNode(pod.pod()).ifPresent(nominated -> cache.nominate(pod, nominated));
            if (e instanceof ApiException api && (api.is("NotFound") || api.is("Conflict"))) {
                log.debug("{} was bound by someone else or is gone: {}", pod.key(), e.getMessage());
            } else {
                log.warn("Binding {} to {} failed and is tried again: {}", pod.key(), node, e.getMessage());
                metrics.attempted(SchedulerMetrics.Result.ERROR, System.nanoTime() - start);
                events.warning(pod.pod(), "FailedScheduling", "binding to " + node + " failed: " + e.getMessage());
            }
            queue.failed(pod);
            queue.moveOnEvent(new ClusterEvent(PLACEMENT));
        } finally {
            volumeBinder.forget(choices);
        }
    }

    private void report(PodInfo pod, Decision.Unschedulable decision, List<PodInfo> outbid) {
        try {
            events.warning(pod.pod(), "FailedScheduling", decision.message());
            boolean keeps = decision.awaitsVictims() || nominatedNode(pod.pod()).isEmpty();
            String nominated = decision.preemption() != null ? decision.preemption().node() : keeps ? null : "";
            writer.reportUnschedulable(pod.pod(), decision.message(), nominated);
            if (decision.preemption() != null) {
                decision.preemption().victims().forEach(victim -> events.normal(victim.pod(), "Preempted", "Preempted by pod " + pod.uid() + " on node " + nominated));
                writer.preempt(pod, decision.preemption().victims());
            }
            outbid.forEach(other -> writer.withdrawNomination(other.pod()));
        } catch (RuntimeException e) {
            if (!(e instanceof ApiException api && api.is("NotFound"))) {
                log.warn("Reporting on {} failed: {}", pod.key(), e.getMessage());
            }
        }
    }

    /** Decides for a pod without carrying it out: what would happen now. Empty if there is no such pod. */
    public Optional<Decision> explain(String namespace, String name, SchedulingCycle fresh) {
        return pods.lister().get(namespace, name).map(pod -> fresh.decide(PodInfo.of(pod), snapshot()));
    }

    private Snapshot snapshot() {
        Map<String, Map<String, String>> labels = new HashMap<>();
        namespaces.lister().list().forEach(n -> labels.put(n.getMetadata().getName(), n.getMetadata().getLabels() == null ? Map.of() : n.getMetadata().getLabels()));
        Map<String, Snapshot.Claim> claimsByName = new HashMap<>();
        for (PersistentVolumeClaim claim : claims.lister().list()) {
            String volume = claim.getSpec().getVolumeName() == null ? "" : claim.getSpec().getVolumeName();
            Optional<StorageClass> storage = Optional.ofNullable(claim.getSpec().getStorageClassName()).flatMap(name -> classes.lister().get("", name));
            boolean waits = storage.filter(c -> "WaitForFirstConsumer".equals(c.getVolumeBindingMode())).isPresent();
            boolean provisioned = storage.filter(c -> !"kubernetes.io/no-provisioner".equals(c.getProvisioner())).isPresent();
            claimsByName.put(claim.getMetadata().getNamespace() + "/" + claim.getMetadata().getName(), new Snapshot.Claim(volume, waits, waits ? claim : null, provisioned));
        }
        Map<String, Snapshot.Volume> volumesByName = new HashMap<>();
        for (PersistentVolume volume : volumes.lister().list()) {
            var affinity = volume.getSpec().getNodeAffinity();
            boolean free = volume.getSpec().getClaimRef() == null && !volumeBinder.assumed(volume);
            volumesByName.put(volume.getMetadata().getName(), new Snapshot.Volume(affinity == null ? null : affinity.getRequired(), free ? volume : null));
        }
        return new Snapshot(cache.nodes(), labels, claimsByName, volumesByName, cache.nominated());
    }

    /** Adds attempts, and pods waiting (active, backing off, unschedulable). */
    public void describe(MetricsText text) {
        int[] sizes = queue.sizes();
        text.family("scheduler_pending_pods", "gauge", "Pods that wait to be scheduled.")
                .series(sizes[0], "queue", "active").series(sizes[1], "queue", "backoff").series(sizes[2], "queue", "unschedulable");
        metrics.describe(text);
    }

    private void volumesChanged() {
        queue.moveOnEvent(new ClusterEvent(Set.of("VolumeBinding")));
    }

    /** Stops scheduling; bindings under way are finished. */
    @Override
    public void close() {
        nodes.removeHandler(nodeHandler);
        pods.removeHandler(podHandler);
        claims.removeHandler(claimHandler);
        volumes.removeHandler(volumeHandler);
        volumeBinder.close();
        queue.close();
    }

    private static boolean finished(Pod pod) {
        String phase = pod.getStatus() == null ? null : pod.getStatus().getPhase();
        return "Succeeded".equals(phase) || "Failed".equals(phase);
    }

    private static Optional<String> nominatedNode(Pod pod) {
        return Optional.ofNullable(pod.getStatus()).map(PodStatus::getNominatedNodeName).filter(node -> !node.isEmpty());
    }

    private static boolean assigned(Pod pod) {
        return pod.getSpec().getNodeName() != null && !pod.getSpec().getNodeName().isEmpty();
    }

    private static boolean waitsForUs(Pod pod) {
        boolean gated = pod.getSpec().getSchedulingGates() != null && !pod.getSpec().getSchedulingGates().isEmpty();
        return NAME.equals(pod.getSpec().getSchedulerName()) && !gated && pod.getMetadata().getDeletionTimestamp() == null;
    }

    private final class PodHandler implements EventHandler<Pod> {
        @Override
        public void onAdd(Pod pod) {
            take(pod, true);
        }

        @Override
        public void onUpdate(Pod old, Pod pod) {
            boolean changed = !Objects.equals(old.getSpec(), pod.getSpec()) || !Objects.equals(old.getMetadata().getLabels(), pod.getMetadata().getLabels());
            if (!old.getMetadata().getUid().equals(pod.getMetadata().getUid())) {
                onDelete(old);
                changed = true;
            }
            if (nominatedNode(old).isPresent() && nominatedNode(pod).isEmpty()) {
                released(cache.withdraw(pod.getMetadata().getUid()));
            }
            take(pod, changed);
        }

        private void take(Pod pod, boolean changed) {
            String uid = pod.getMetadata().getUid();
            PodInfo info = PodInfo.of(pod);
            if (finished(pod)) {
                queue.remove(info.key());
                gone(uid);
            } else if (assigned(pod)) {
                queue.remove(info.key());
                boolean known = pod.getSpec().getNodeName().equals(cache.nodeOf(uid));
                cache.putPod(info, pod.getSpec().getNodeName());
                if (!known || changed) {
                    queue.moveOnEvent(new ClusterEvent(Set.of("InterPodAffinity", "PodTopologySpread")));
                }
            } else if (waitsForUs(pod)) {
                nominatedNode(pod).ifPresent(node -> cache.nominate(info, node));
                queue.addOrUpdate(info, changed);
            } else {
                queue.remove(info.key());
                released(cache.withdraw(uid));
            }
        }

        private void gone(String uid) {
            boolean promised = cache.withdraw(uid);
            released(cache.removePod(uid) || promised);
        }

        private void released(boolean room) {
            if (room) {
                queue.moveOnEvent(new ClusterEvent(PLACEMENT));
            }
        }

        @Override
        public void onDelete(Pod pod) {
            queue.remove(new ObjectKey(pod.getMetadata().getNamespace(), pod.getMetadata().getName()));
            gone(pod.getMetadata().getUid());
        }
    }

    private final class NodeHandler implements EventHandler<Node> {
        @Override
        public void onAdd(Node node) {
            cache.putNode(node);
            queue.moveOnEvent(ClusterEvent.ANY);
        }

        @Override
        public void onUpdate(Node old, Node node) {
            cache.putNode(node);
            boolean matters = !Objects.equals(old.getSpec(), node.getSpec())
                    || !Objects.equals(old.getMetadata().getLabels(), node.getMetadata().getLabels())
                    || !Objects.equals(allocatable(old), allocatable(node));
            if (matters) {
                queue.moveOnEvent(ClusterEvent.ANY);
            }
        }

        private static @org.jspecify.annotations.Nullable Object allocatable(Node node) {
            return node.getStatus() == null ? null : node.getStatus().getAllocatable();
        }

        @Override
        public void onDelete(Node node) {
            cache.removeNode(node.getMetadata().getName());
        }
    }
}
