package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** An {@link ObjectStore} in memory: no validation or defaulting, but names, uids, versions and listeners. */
public final class InMemoryObjectStore implements ObjectStore {
    private record Key(GroupResource resource, String namespace, String name) {}

    private final Map<Key, ObjectNode> objects =
            new ConcurrentSkipListMap<>(Comparator.comparing((Key k) -> k.resource().toString()).thenComparing(Key::namespace).thenComparing(Key::name));
    private final Map<GroupResource, List<Runnable>> listeners = new HashMap<>();
    private final AtomicInteger writes = new AtomicInteger();

    /** Number of writes so far. */
    public int writes() {
        return writes.get();
    }

    @Override
    public Optional<ObjectNode> get(GroupResource resource, String namespace, String name) {
        return Optional.ofNullable(objects.get(new Key(resource, namespace, name))).map(ObjectNode::deepCopy);
    }

    @Override
    public Optional<ObjectNode> getCached(GroupResource resource, String namespace, String name) {
        return get(resource, namespace, name);
    }

    @Override
    public List<ObjectNode> listCached(GroupResource resource, String namespace) {
        List<ObjectNode> found = new ArrayList<>();
        objects.forEach((key, object) -> {
            if (key.resource().equals(resource) && (namespace.isEmpty() || key.namespace().equals(namespace))) {
                found.add(object.deepCopy());
            }
        });
        return found;
    }

    @Override
    public ObjectNode create(GroupResource resource, ObjectNode object) {
        ObjectNode stored = object.deepCopy();
        ObjectNode metadata = stored.withObject("/metadata");
        if (!metadata.has("uid")) {
            metadata.put("uid", UUID.randomUUID().toString());
        }
        metadata.put("resourceVersion", String.valueOf(writes.incrementAndGet()));
        String name = metadata.path("name").asText();
        if (objects.putIfAbsent(new Key(resource, metadata.path("namespace").asText(), name), stored) != null) {
            throw ApiException.alreadyExists(resource, name);
        }
        changed(resource);
        return stored.deepCopy();
    }

    /** Creates from JSON text with single quotes. */
    public ObjectNode create(GroupResource resource, String json) {
        return create(resource, parse(json));
    }

    public static ObjectNode parse(String json) {
        return Json.readObject(json.replace('\'', '"').getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    @Override
    public ObjectNode update(GroupResource resource, String namespace, String name, UnaryOperator<ObjectNode> change) {
        Key key = new Key(resource, namespace, name);
        while (true) {
            ObjectNode current = objects.get(key);
            if (current == null) {
                throw ApiException.notFound(resource, name);
            }
            ObjectNode next = change.apply(current.deepCopy());
            if (next.equals(current)) {
                return next;
            }
            next.withObject("/metadata").put("resourceVersion", String.valueOf(writes.incrementAndGet()));
            if (objects.replace(key, current, next)) {
                changed(resource);
                return next.deepCopy();
            }
        }
    }

    @Override
    public ObjectNode delete(GroupResource resource, String namespace, String name, ObjectNode options) {
        ObjectNode gone = objects.remove(new Key(resource, namespace, name));
        if (gone == null) {
            throw ApiException.notFound(resource, name);
        }
        writes.incrementAndGet();
        changed(resource);
        return gone;
    }

    @Override
    public void onChange(GroupResource resource, Runnable listener) {
        synchronized (listeners) {
            listeners.computeIfAbsent(resource, r -> new CopyOnWriteArrayList<>()).add(listener);
        }
    }

    private void changed(GroupResource resource) {
        List<Runnable> registered;
        synchronized (listeners) {
            registered = listeners.getOrDefault(resource, List.of());
        }
        registered.forEach(Runnable::run);
    }
}
