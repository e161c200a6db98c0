package io.jakube.agent.api;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Informer;
import io.jakube.common.informer.InformerSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Objects of one type that pods follow, each by a watch of its own, because a node may only read the objects its pods refer to. A watch begins
 * with the first pod and ends with the last. Thread-safe.
 */
final class FollowedObjects<T extends HasMetadata> {
    private record Name(String namespace, String name) {}

    private final class Followed {
        final Map<String, Runnable> pods = new HashMap<>();
        final Informer<T> informer;

        Followed(Name name) {
            informer = new Informer<T>(type, new InformerSource.Filter(name.namespace(), "metadata.name=" + name.name(), ""), Informer::dropManagedFields);
            informer.addHandler(EventHandler.forEach(object -> notifyPods()));
            informer.start(source);
        }

        /** What the first list has was read by the pods themselves. */
        private void notifyPods() {
            if (informer.hasSynced()) {
                Map<String, Runnable> listeners;
                synchronized (FollowedObjects.this) {
                    listeners = Map.copyOf(pods);
                }
                listeners.values().forEach(Runnable::run);
            }
        }
    }

    private final Class<T> type;
    private final InformerSource source;
    private final Map<Name, Followed> followed = new HashMap<>();

    FollowedObjects(Class<T> type, InformerSource source) {
        this.type = requireNonNull(type, "type is null");
        this.source = requireNonNull(source, "source is null");
    }

    /** The object as last heard; empty unless it is followed and was heard of. */
    synchronized Optional<Optional<T>> heard(String namespace, String name) {
        Followed entry = followed.get(new Name(namespace, name));
        return entry == null || !entry.informer.hasSynced() ? Optional.empty() : Optional.of(entry.informer.lister().get(namespace, name));
    }

    synchronized void follow(String podUid, Set<ClusterObjects.Reference> references, Runnable changed) {
        for (ClusterObjects.Reference reference : references) {
            followed.computeIfAbsent(new Name(reference.namespace(), reference.name()), Followed::new).pods.put(podUid, changed);
        }
        followed.entrySet().removeIf(entry -> {
            Name name = entry.getKey();
            Followed value = entry.getValue();
            boolean wanted = references.stream().anyMatch(r -> r.namespace().equals(name.namespace()) && r.name().equals(name.name()));
            if (!wanted && value.pods.remove(podUid) != null && value.pods.isEmpty()) {
                Thread.startVirtualThread(value.informer::close);
                return true;
            }
            return false;
        });
    }
}
