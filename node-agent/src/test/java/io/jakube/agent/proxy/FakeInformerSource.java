package io.jakube.agent.proxy;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.jakube.common.api.GroupResource;
import io.jakube.common.informer.EventType;
import io.jakube.common.informer.Informer;
import io.jakube.common.informer.InformerSource;
import io.jakube.common.json.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Feeds informers with what the test says. */
public final class FakeInformerSource implements InformerSource {
    private final Map<GroupResource, Sink> sinks = new ConcurrentHashMap<>();
    private long revision = 1;

    @Override
    public AutoCloseable start(GroupResource resource, Filter filter, Sink sink) {
        sinks.put(resource, sink);
        return () -> {};
    }

    /** Gives the first list of a type. */
    public synchronized void list(Class<? extends HasMetadata> type, HasMetadata... objects) {
        revision++;
        sinks.get(Informer.resourceOf(type)).replace(List.of(objects).stream().map(this::item).toList(), revision);
    }

    public synchronized void put(HasMetadata object) {
        revision++;
        sinks.get(Informer.resourceOf(object.getClass())).apply(EventType.MODIFIED, item(object));
    }

    public synchronized void delete(HasMetadata object) {
        revision++;
        sinks.get(Informer.resourceOf(object.getClass())).apply(EventType.DELETED, item(object));
    }

    private Item item(HasMetadata object) {
        object.getMetadata().setResourceVersion(Long.toString(revision));
        return new Item(revision, Json.write(object));
    }
}
