package io.jakube.scheduler;

import io.fabric8.kubernetes.api.model.PersistentVolume;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.common.api.GroupResource;
import io.jakube.common.informer.Informer;
import io.jakube.common.status.ApiException;
import io.jakube.scheduler.binding.PodWriter;
import io.jakube.scheduler.plugins.VolumeChoices.Choice;
import io.jakube.scheduler.snapshot.PodInfo;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Has the volumes that were chosen for a pod bound before the pod itself is, so that a pod never starts on a node its volumes do not reach. Volumes chosen for
 * pods whose binding is under way are chosen for no other. Thread-safe; {@link #bind} blocks its caller.
 */
final class VolumeBinder implements AutoCloseable {
    /** Upstream's bindTimeoutSeconds. */
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final long LOOK_AGAIN_MILLIS = 100;

    private final PodWriter writer;
    private final Informer<PersistentVolumeClaim> claims;
    private final Informer<Pod> pods;
    private final Set<String> assumed = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    VolumeBinder(PodWriter writer, Informer<PersistentVolumeClaim> claims, Informer<Pod> pods) {
        this.writer = writer;
        this.claims = claims;
        this.pods = pods;
    }

    void assume(List<Choice> choices) {
        choices.forEach(choice -> {
            if (choice.volume() != null) {
                assumed.add(choice.volume().getMetadata().getName());
            }
        });
    }

    void forget(List<Choice> choices) {
        choices.forEach(choice -> {
            if (choice.volume() != null) {
                assumed.remove(choice.volume().getMetadata().getName());
            }
        });
    }

    boolean assumed(PersistentVolume volume) {
        return assumed.contains(volume.getMetadata().getName());
    }

    /**
     * Reserves the chosen volumes, or asks for them to be provisioned, and waits until the claims are bound.
     *
     * @throws ApiException where a volume was taken by somebody else, or the pod is gone
     * @throws IllegalStateException where the claims are not bound in time
     */
    void bind(PodInfo pod, String node, List<Choice> choices) {
        for (Choice choice : choices) {
            if (choice.volume() != null) {
                writer.bindVolume(choice.volume(), choice.claim());
            } else {
                writer.selectNode(choice.claim(), node);
            }
        }
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (!choices.stream().allMatch(this::bound)) {
            boolean waiting = pods.lister().get(pod.namespace(), pod.key().name()).filter(found -> found.getMetadata().getUid().equals(pod.uid())).isPresent();
            if (!waiting) {
                throw ApiException.notFound(GroupResource.core("pods"), pod.key().name());
            }
            if (closed || System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("binding volumes: timed out waiting for the condition");
            }
            try {
                Thread.sleep(LOOK_AGAIN_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while volumes were bound", e);
            }
        }
    }

    private boolean bound(Choice choice) {
        return claims.lister().get(choice.claim().getMetadata().getNamespace(), choice.claim().getMetadata().getName())
                .filter(claim -> claim.getSpec().getVolumeName() != null && !claim.getSpec().getVolumeName().isEmpty()
                        && claim.getMetadata().getAnnotations() != null && claim.getMetadata().getAnnotations().containsKey("pv.kubernetes.io/bind-completed"))
                .isPresent();
    }

    @Override
    public void close() {
        closed = true;
    }
}
