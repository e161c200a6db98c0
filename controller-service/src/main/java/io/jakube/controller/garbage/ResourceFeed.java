package io.jakube.controller.garbage;

import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.EventType;
import io.jakube.common.informer.InformerSource;
import io.jakube.controller.discovery.ServedResource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps one resource's part of the graph. Everything but start and close happens on the feed's thread. */
final class ResourceFeed implements InformerSource.Sink {
    private static final Logger log = LoggerFactory.getLogger(ResourceFeed.class);

    /** Told after the graph changed. */
    interface Listener {
        void changed(@Nullable ObjectState before, ObjectState now);

        void removed(ObjectState last);

        /** The resource was listed. */
        void listed();
    }

    private final ServedResource resource;
    private final OwnerGraph graph;
    private final Listener listener;
    private final Map<ObjectKey, String> uids = new HashMap<>();
    private volatile boolean listed;
    private @Nullable AutoCloseable feed;

    ResourceFeed(ServedResource resource, OwnerGraph graph, Listener listener) {
        this.resource = resource;
        this.graph = graph;
        this.listener = listener;
    }

    void start(InformerSource source) {
        feed = source.start(resource.groupResource(), InformerSource.Filter.NONE, this);
    }

    boolean isListed() {
        return listed;
    }

    @Override
    public void replace(List<InformerSource.Item> items, long revision) {
        Set<ObjectKey> present = new HashSet<>(items.size() * 2);
        for (InformerSource.Item item : items) {
            ObjectState state = ObjectState.read(resource, item.json());
            present.add(key(state));
            put(state);
        }
        for (ObjectKey key : List.copyOf(uids.keySet())) {
            if (!present.contains(key)) {
                remove(key);
            }
        }
        listed = true;
        listener.listed();
    }

    @Override
    public void apply(EventType type, InformerSource.Item item) {
        ObjectState state = ObjectState.read(resource, item.json());
        if (type == EventType.DELETED) {
            remove(key(state));
        } else {
            put(state);
        }
    }

    @Override
    public void progress(long revision) {}

    private static ObjectKey key(ObjectState state) {
        return new ObjectKey(state.namespace(), state.name());
    }

    private void put(ObjectState state) {
        String before = uids.put(key(state), state.uid());
        if (before != null && !before.equals(state.uid())) {
            forget(before);
        }
        listener.changed(graph.put(state), state);
    }

    private void remove(ObjectKey key) {
        String uid = uids.remove(key);
        if (uid != null) {
            forget(uid);
        }
    }

    private void forget(String uid) {
        ObjectState last = graph.remove(uid);
        if (last != null) {
            listener.removed(last);
        }
    }

    /** Stops following. */
    void close() {
        try {
            if (feed != null) {
                feed.close();
            }
        } catch (Exception e) {
            log.warn("Stopping the feed of {} failed", resource.groupResource(), e);
        }
    }

    /** Stops following a resource that is no longer served; its objects are gone. */
    void closeAndForget() {
        close();
        List.copyOf(uids.keySet()).forEach(this::remove);
    }
}
