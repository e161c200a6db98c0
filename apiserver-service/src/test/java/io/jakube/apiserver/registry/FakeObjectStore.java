package io.jakube.apiserver.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Fields;
import io.jakube.common.status.ApiException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** Objects in memory; deletes at once. Caches are as fresh as the store. */
public final class FakeObjectStore implements ObjectStore {
    private final Map<String, ObjectNode> objects = new TreeMap<>();
    private final List<ObjectNode> deleteOptions = new ArrayList<>();
    private final List<ObjectNode> deleted = new ArrayList<>();
    private final Instant now;
    private long revision;

    public FakeObjectStore(Instant now) {
        this.now = now;
    }

    @Override
    public synchronized Optional<ObjectNode> get(GroupResource resource, String namespace, String name) {
        return Optional.ofNullable(objects.get(key(resource, namespace, name))).map(ObjectNode::deepCopy);
    }

    @Override
    public Optional<ObjectNode> getCached(GroupResource resource, String namespace, String name) {
        return get(resource, namespace, name);
    }

    @Override
    public synchronized List<ObjectNode> listCached(GroupResource resource, String namespace) {
        String prefix = resource + "/" + (namespace.isEmpty() ? "" : namespace + "/");
        return objects.entrySet().stream().filter(entry -> entry.getKey().startsWith(prefix)).map(entry -> entry.getValue().deepCopy()).toList();
    }

    @Override
    public synchronized ObjectNode create(GroupResource resource, ObjectNode object) {
        ObjectNode stored = object.deepCopy();
        ObjectNode metadata = Fields.ensureObject(stored, "metadata");
        String key = key(resource, Fields.text(metadata, "namespace"), Fields.text(metadata, "name"));
        if (objects.containsKey(key)) {
            throw ApiException.alreadyExists(resource, Fields.text(metadata, "name"));
        }
        metadata.put("uid", UUID.randomUUID().toString()).put("creationTimestamp", now.toString()).put("resourceVersion", Long.toString(++revision));
        objects.put(key, stored);
        return stored.deepCopy();
    }

    @Override
    public synchronized ObjectNode update(GroupResource resource, String namespace, String name, UnaryOperator<ObjectNode> change) {
        ObjectNode old = get(resource, namespace, name).orElseThrow(() -> ApiException.notFound(resource, name));
        ObjectNode updated = change.apply(old.deepCopy());
        if (!updated.equals(old)) {
            Fields.ensureObject(updated, "metadata").put("resourceVersion", Long.toString(++revision));
            objects.put(key(resource, namespace, name), updated.deepCopy());
        }
        return updated;
    }

    @Override
    public synchronized ObjectNode delete(GroupResource resource, String namespace, String name, ObjectNode options) {
        ObjectNode object = get(resource, namespace, name).orElseThrow(() -> ApiException.notFound(resource, name));
        for (String precondition : new String[] {"uid", "resourceVersion"}) {
            String wished = Fields.text(options, "preconditions", precondition);
            if (!wished.isEmpty() && !wished.equals(Fields.text(object, "metadata", precondition))) {
                throw ApiException.conflict(resource, name, "the " + precondition + " in the precondition does not match");
            }
        }
        deleteOptions.add(options.deepCopy());
        deleted.add(object);
        objects.remove(key(resource, namespace, name));
        return object;
    }

    @Override
    public void onChange(GroupResource resource, Runnable listener) {}

    /** Options of all deletes so far. */
    public List<ObjectNode> deleteOptions() {
        return deleteOptions;
    }

    /** What was deleted so far, as it last was. */
    public List<ObjectNode> deleted() {
        return deleted;
    }

    /** Names of all objects of a resource. */
    public List<String> names(GroupResource resource) {
        return listCached(resource, "").stream().map(object -> Fields.text(object, "metadata", "name")).toList();
    }

    private static String key(GroupResource resource, String namespace, String name) {
        return resource + "/" + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
}
