package io.jakube.controller.garbage;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.client.ApiClient;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import io.jakube.controller.discovery.ResourceDiscovery;
import io.jakube.controller.discovery.ServedResource;
import io.jakube.controller.runtime.ControllerScope;
import io.jakube.controller.runtime.Plan;
import io.jakube.controller.runtime.ReconcileLoop;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes objects whose owners are gone, finishes foreground deletions when the dependents are gone, and orphans dependents where that was asked for.
 * Follows the metadata of every resource that can be listed, watched and deleted (events excepted). Decides on the graph of what it follows; that
 * an owner is absent is always verified by a live read, because feeds of different resources are not ordered among each other.
 *
 * <p>One loop has the objects' uids as keys; another (re)discovers the resources when custom resource definitions change.
 */
public final class GarbageCollector {
    private static final Logger log = LoggerFactory.getLogger(GarbageCollector.class);
    private static final Set<GroupResource> IGNORED = Set.of(GroupResource.core("events"), new GroupResource("events.k8s.io", "events"));
    private static final ObjectKey RESOURCES = new ObjectKey("", "resources");
    private static final int REMEMBERED = 1000;

    private final ApiClient client;
    private final ControllerScope scope;
    private final ResourceDiscovery discovery;
    private final OwnerGraph graph = new OwnerGraph();
    private final ReconcileLoop loop;
    private final Map<GroupResource, ResourceFeed> feeds = new HashMap<>();
    private volatile Map<String, ServedResource> byType = Map.of();
    private volatile boolean complete;
    private final List<Consumer<String>> removalListeners = new CopyOnWriteArrayList<>();
    /** Uids of owners lately verified to be gone: uids are never used again. */
    private final Map<String, Boolean> absent = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED;
        }
    };

    public GarbageCollector(ControllerScope scope, ResourceDiscovery discovery) {
        this.client = scope.client();
        this.scope = scope;
        this.discovery = requireNonNull(discovery, "discovery is null");
        loop = scope.loop("garbage-collector", 10, this::reconcile);
        ReconcileLoop resources = scope.loop("garbage-collector-resources", 1, key -> refresh());
        resources.add(RESOURCES);
        // Discovery follows a definition with a little delay, and definitions often come in numbers.
        scope.watchEach(CustomResourceDefinition.class, crd -> resources.addAfter(RESOURCES, Duration.ofSeconds(1)));
        scope.onClose(this::stop);
    }

    /** Calls a listener with the namespace of every object that goes away; on a feed's thread. */
    public void onRemoval(Consumer<String> listener) {
        removalListeners.add(listener);
    }

    private synchronized Plan refresh() {
        List<ServedResource> all = discovery.discover();
        List<ServedResource> served = all.stream().filter(r -> r.supports("list", "watch", "delete") && !IGNORED.contains(r.groupResource())).toList();
        Map<String, ServedResource> types = new HashMap<>();
        all.forEach(r -> types.put(type(r.groupVersion().group(), r.kind()), r));
        byType = Map.copyOf(types);
        Set<GroupResource> wanted = served.stream().map(ServedResource::groupResource).collect(Collectors.toSet());
        for (GroupResource gone : List.copyOf(feeds.keySet())) {
            if (!wanted.contains(gone)) {
                log.info("{} is no longer served", gone);
                feeds.remove(gone).closeAndForget();
            }
        }
        for (ServedResource resource : served) {
            if (!feeds.containsKey(resource.groupResource())) {
                ResourceFeed feed = new ResourceFeed(resource, graph, new Changes());
                feeds.put(resource.groupResource(), feed);
                feed.start(scope.source());
            }
        }
        checkComplete();
        return Plan.NOTHING;
    }

    /** Before every resource has been listed once, an owner or dependent might just not have been seen yet. */
    private synchronized void checkComplete() {
        if (!complete && !feeds.isEmpty() && feeds.values().stream().allMatch(ResourceFeed::isListed)) {
            complete = true;
            log.info("Garbage collection follows {} resources with {} objects", feeds.size(), graph.size());
            graph.suspects().forEach(this::wake);
        }
    }

    private synchronized void stop() {
        feeds.values().forEach(ResourceFeed::close);
        feeds.clear();
    }

    private void wake(String uid) {
        if (complete) {
            loop.add(new ObjectKey("", uid));
        }
    }

    private Plan reconcile(ObjectKey key) {
        ObjectState object = graph.get(key.name()).orElse(null);
        if (object == null) {
            return Plan.NOTHING;
        }
        List<ObjectState> dependents = graph.dependents(object.uid());
        if (object.awaitsDependents()) {
            dependents.stream().filter(d -> !d.deleting()).forEach(d -> wake(d.uid()));
        }
        return GarbageDecision.decide(object, dependents, owner -> status(object, owner));
    }

    private GarbageDecision.OwnerStatus status(ObjectState object, ObjectState.Owner owner) {
        ObjectState known = graph.get(owner.uid()).orElse(null);
        if (known != null && (!known.resource().namespaced() || known.namespace().equals(object.namespace()))) {
            return known.awaitsDependents() ? GarbageDecision.OwnerStatus.WAITING : GarbageDecision.OwnerStatus.SOLID;
        }
        synchronized (absent) {
            if (absent.containsKey(owner.uid() + object.namespace())) {
                return GarbageDecision.OwnerStatus.ABSENT;
            }
        }
        int slash = owner.apiVersion().indexOf('/');
        ServedResource resource = byType.get(type(slash < 0 ? "" : owner.apiVersion().substring(0, slash), owner.kind()));
        if (resource == null || resource.namespaced() && object.namespace().isEmpty()) {
            // Nothing is deleted for an owner of unknown type, or for one that cannot be an owner.
            return GarbageDecision.OwnerStatus.SOLID;
        }
        ObjectState live = read(resource, object.namespace(), owner.name());
        if (live != null && live.uid().equals(owner.uid())) {
            return live.awaitsDependents() ? GarbageDecision.OwnerStatus.WAITING : GarbageDecision.OwnerStatus.SOLID;
        }
        synchronized (absent) {
            absent.put(owner.uid() + object.namespace(), true);
        }
        return GarbageDecision.OwnerStatus.ABSENT;
    }

    private @Nullable ObjectState read(ServedResource resource, String namespace, String name) {
        try {
            return ObjectState.read(resource, Json.write(client.request("GET", resource.path(namespace, name), null, "")));
        } catch (ApiException e) {
            if (e.code() == 404) {
                return null;
            }
            throw e;
        }
    }

    private static String type(String group, String kind) {
        return group + "/" + kind;
    }

    /** What changes in the graph give rise to; called on feed threads. */
    private final class Changes implements ResourceFeed.Listener {
        @Override
        public void changed(@Nullable ObjectState before, ObjectState now) {
            boolean began = (now.awaitsDependents() || now.orphansDependents()) && (before == null || !before.finalizers().equals(now.finalizers()) || !before.deleting());
            boolean retry = now.deleting() && (now.awaitsDependents() || now.orphansDependents());
            if (began && now.awaitsDependents()) {
                graph.dependents(now.uid()).forEach(d -> wake(d.uid()));
            }
            if (retry || now.owners().stream().anyMatch(owner -> graph.get(owner.uid()).map(ObjectState::awaitsDependents).orElse(true))) {
                wake(now.uid());
            }
            if (before != null && !before.owners().equals(now.owners())) {
                before.owners().stream().filter(owner -> !now.blocks(owner.uid())).forEach(this::wakeIfWaiting);
            }
        }

        @Override
        public void removed(ObjectState last) {
            graph.dependents(last.uid()).forEach(d -> wake(d.uid()));
            last.owners().forEach(this::wakeIfWaiting);
            if (!last.namespace().isEmpty()) {
                removalListeners.forEach(listener -> listener.accept(last.namespace()));
            }
        }

        private void wakeIfWaiting(ObjectState.Owner owner) {
            if (graph.get(owner.uid()).filter(ObjectState::awaitsDependents).isPresent()) {
                wake(owner.uid());
            }
        }

        @Override
        public void listed() {
            if (!complete) {
                // The feed may call while resources are being added under the lock.
                Thread.startVirtualThread(GarbageCollector.this::checkComplete);
            }
        }
    }
}
