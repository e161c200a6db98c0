package io.jakube.apiserver.registry;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectUpdate.Part;
import io.jakube.apiserver.registry.ObjectUpdate.Target;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.storage.ObjectStorage;
import io.jakube.apiserver.storage.StoredObject;
import io.jakube.apiserver.watchcache.Snapshot;
import io.jakube.apiserver.watchcache.WatchCaches;
import io.jakube.common.api.GroupResource;
import io.jakube.common.status.ApiException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The server's own access to objects. */
public final class StoredObjects implements ObjectStore {
    /** Short, since one request reads several caches, and one that lags may do so because the database is away. */
    private static final Duration RECENT_TIMEOUT = Duration.ofMillis(250);

    private final ResourceTypes types;
    private final ObjectStorage storage;
    private final WatchCaches caches;
    private final ObjectCreation creation;
    private final ObjectUpdate updates;
    private final ObjectDeletion deletion;

    public StoredObjects(ResourceTypes types, ObjectStorage storage, WatchCaches caches, ObjectCreation creation, ObjectUpdate updates, ObjectDeletion deletion) {
        this.types = requireNonNull(types, "types is null");
        this.storage = requireNonNull(storage, "storage is null");
        this.caches = requireNonNull(caches, "caches is null");
        this.creation = requireNonNull(creation, "creation is null");
        this.updates = requireNonNull(updates, "updates is null");
        this.deletion = requireNonNull(deletion, "deletion is null");
    }

    @Override
    public Optional<ObjectNode> get(GroupResource resource, String namespace, String name) {
        return storage.get(types.get(resource).definition(), namespace, name).map(StoredObject::toTree);
    }

    @Override
    public Optional<ObjectNode> getCached(GroupResource resource, String namespace, String name) {
        return snapshot(resource).get(namespace, name).map(StoredObject::toTree);
    }

    @Override
    public List<ObjectNode> listCached(GroupResource resource, String namespace) {
        List<ObjectNode> objects = new ArrayList<>();
        snapshot(resource).visit(new Snapshot.Range.Namespace(namespace), "", object -> objects.add(object.toTree()));
        return objects;
    }

    @Override
    public ObjectNode create(GroupResource resource, ObjectNode object) {
        ObjectMeta meta = ObjectMeta.of(object);
        RequestContext context = InternalRequest.context("create", resource, meta.namespace(), meta.name());
        return creation.create(types.get(resource), meta.namespace(), object.deepCopy(), WriteOptions.INTERNAL, context).toTree();
    }

    @Override
    public ObjectNode update(GroupResource resource, String namespace, String name, UnaryOperator<ObjectNode> change) {
        RequestContext context = InternalRequest.context("update", resource, namespace, name);
        return updates.update(new Target(types.get(resource), Part.SYSTEM, namespace, name, WriteOptions.INTERNAL, context), change::apply).object().toTree();
    }

    @Override
    public ObjectNode delete(GroupResource resource, String namespace, String name, ObjectNode options) {
        RequestContext context = InternalRequest.context("delete", resource, namespace, name);
        return deletion.delete(types.get(resource), namespace, name, DeleteOptions.parse(context.request(), options), context).object().toTree();
    }

    @Override
    public void onChange(GroupResource resource, Runnable listener) {
        caches.of(types.get(resource).definition()).onChange(listener);
    }

    private Snapshot snapshot(GroupResource resource) {
        try {
            return caches.of(types.get(resource).definition()).recent(RECENT_TIMEOUT);
        } catch (IllegalStateException e) {
            throw ApiException.unavailable("the server is shutting down");
        }
    }
}
