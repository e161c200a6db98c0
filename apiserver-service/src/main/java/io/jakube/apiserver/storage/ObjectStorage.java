package io.jakube.apiserver.storage;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.RangeResult;
import io.jakube.db.StoreException;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Objects in the key-value store, each operation one round trip. Encodes without resourceVersion, decodes with the key's revision.
 * Failures of the store become answers ({@link StoreFailures}). Thread-safe.
 */
public final class ObjectStorage {
    private final KeyValueStore store;
    private final ObjectLeases leases;
    private final Map<GroupResource, ObjectScanner> scanners = new ConcurrentHashMap<>();
    private final Map<GroupResource, AtomicLong> known = new ConcurrentHashMap<>();

    public ObjectStorage(KeyValueStore store) {
        this.store = requireNonNull(store, "store is null");
        this.leases = new ObjectLeases(store);
    }

    /**
     * A page of objects.
     *
     * @param revision revision of the store the page is consistent with
     * @param remaining matching objects behind this page
     */
    public record Page(List<StoredObject> items, long revision, long remaining) {}

    public ObjectScanner scanner(ResourceDefinition definition) {
        return scanners.computeIfAbsent(definition.groupResource(), r -> new ObjectScanner(definition));
    }

    /** Reads the latest state. @param namespace empty for cluster-scoped objects */
    public Optional<StoredObject> get(ResourceDefinition definition, String namespace, String name) {
        Key key = ObjectKeys.key(definition.groupResource(), namespace, name);
        List<KeyValue> items = asAnswer(() -> store.range(KeyRange.single(key), 0, 1)).items();
        return items.isEmpty() ? Optional.empty() : Optional.of(decode(definition, know(definition, items.getFirst())));
    }

    /**
     * The newest revision of a resource that a client may have learnt from this server: of a change it acknowledged, or of an object it read from the store.
     * Caches that have not come so far are behind what clients know.
     */
    public long knownRevision(ResourceDefinition definition) {
        AtomicLong revision = known.get(definition.groupResource());
        return revision == null ? 0 : revision.get();
    }

    private KeyValue know(ResourceDefinition definition, KeyValue item) {
        know(definition, item.modRevision());
        return item;
    }

    private void know(ResourceDefinition definition, long revision) {
        AtomicLong newest = known.computeIfAbsent(definition.groupResource(), r -> new AtomicLong());
        if (newest.get() < revision) {
            newest.accumulateAndGet(revision, Math::max);
        }
    }

    /**
     * Reads a page.
     *
     * @param prefix start of the paths wanted: empty, or {@code namespace/}
     * @param after path of the last object of the previous page, empty for the first page
     * @param revision 0 for the latest
     * @param limit 0 for all
     * @throws StoreException.Compacted if the revision is gone
     */
    public Page list(ResourceDefinition definition, String prefix, String after, long revision, int limit) {
        String root = ObjectKeys.prefix(definition.groupResource());
        Key start = after.isEmpty() ? Key.of(root + prefix) : Key.of(root + after).successor();
        RangeResult result = asAnswer(() -> store.range(new KeyRange(start, Key.of(root + prefix).prefixEnd()), revision, limit));
        List<StoredObject> items = result.items().stream().map(kv -> decode(definition, kv)).toList();
        if (revision == 0) {
            items.forEach(item -> know(definition, item.revision()));
        }
        return new Page(items, revision == 0 ? result.revision() : revision, Math.max(0, result.count() - items.size()));
    }

    /**
     * Stores a new object.
     *
     * @param value its {@link #encode encoded} form
     * @throws ApiException 409 AlreadyExists
     */
    public StoredObject create(ResourceDefinition definition, String namespace, String name, byte[] value) {
        Key key = ObjectKeys.key(definition.groupResource(), namespace, name);
        return switch (write(definition, new Write(key, value, 0, lease(definition)))) {
            case WriteResult.Committed(long revision) -> scanner(definition).scan(value, revision);
            case WriteResult.Conflict _ -> throw ApiException.alreadyExists(definition.groupResource(), name);
        };
    }

    /** Replaces an object that is still at the revision of {@code old}; empty if it no longer is. */
    public Optional<StoredObject> update(ResourceDefinition definition, StoredObject old, byte[] value) {
        Key key = ObjectKeys.key(definition.groupResource(), old.namespace(), old.name());
        return switch (write(definition, new Write(key, value, old.revision(), lease(definition)))) {
            case WriteResult.Committed(long revision) -> Optional.of(scanner(definition).scan(value, revision));
            case WriteResult.Conflict _ -> Optional.empty();
        };
    }

    /** Deletes an object that is still at the revision of {@code old}; empty if it no longer is, else its last state at the deletion's revision. */
    public Optional<StoredObject> delete(ResourceDefinition definition, StoredObject old) {
        Key key = ObjectKeys.key(definition.groupResource(), old.namespace(), old.name());
        return switch (write(definition, Write.delete(key, old.revision()))) {
            case WriteResult.Committed(long revision) -> Optional.of(old.withRevision(revision));
            case WriteResult.Conflict _ -> Optional.empty();
        };
    }

    public long currentRevision() {
        return asAnswer(store::currentRevision);
    }

    public StoredObject decode(ResourceDefinition definition, KeyValue item) {
        return scanner(definition).scan(item.value(), item.modRevision());
    }

    /** The stored form: canonical JSON without resourceVersion. Does not modify the object. */
    public static byte[] encode(ObjectNode object) {
        ObjectNode ordered = Json.object();
        for (String first : List.of("kind", "apiVersion")) {
            if (object.has(first)) {
                ordered.set(first, object.get(first));
            }
        }
        ObjectNode metadata = Json.object();
        if (object.get("metadata") instanceof ObjectNode given) {
            metadata.setAll(given);
        }
        metadata.remove("resourceVersion");
        ordered.set("metadata", metadata);
        object.properties().forEach(field -> {
            if (!ordered.has(field.getKey())) {
                ordered.set(field.getKey(), field.getValue());
            }
        });
        return Json.write(ordered);
    }

    private long lease(ResourceDefinition definition) {
        return asAnswer(() -> leases.leaseFor(definition.groupResource()));
    }

    private WriteResult write(ResourceDefinition definition, Write write) {
        return asAnswer(() -> {
            try {
                WriteResult result = store.write(write).join();
                if (result instanceof WriteResult.Committed(long revision)) {
                    know(definition, revision);
                }
                return result;
            } catch (CompletionException e) {
                throw e.getCause() instanceof StoreException cause ? cause : e;
            }
        });
    }

    private static <T> T asAnswer(Supplier<T> call) {
        try {
            return call.get();
        } catch (StoreException.Compacted | StoreException.FutureRevision e) {
            throw e;
        } catch (StoreException e) {
            throw StoreFailures.answer(e);
        }
    }
}
