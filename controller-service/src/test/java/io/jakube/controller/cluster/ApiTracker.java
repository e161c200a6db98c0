package io.jakube.controller.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.jakube.common.api.GroupResource;
import io.jakube.common.client.ApiClient;
import io.jakube.common.client.ApiPaths;
import io.jakube.common.client.DeleteOptions;
import io.jakube.common.client.PatchType;
import io.jakube.common.informer.EventType;
import io.jakube.common.informer.InformerSource;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The API in memory, as controllers see it: optimistic lock, generated names, generation, status subresource, finalizers, graceful pod
 * deletion, writes without change. It feeds informers synchronously: when a write returns, every informer has seen it.
 */
public final class ApiTracker implements ApiClient, InformerSource {
    private record Subscription(GroupResource resource, String namespace, Sink sink) {}

    private final Map<String, ObjectNode> objects = new TreeMap<>();
    private final Map<String, GroupResource> resources = new TreeMap<>();
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final List<String> requests = new ArrayList<>();
    private final InstantSource clock;
    private Function<String, @Nullable RuntimeException> faults = request -> null;
    private long revision = 100;
    private int names;

    public ApiTracker(InstantSource clock) {
        this.clock = clock;
    }

    /** Requests that changed or tried to change something, as {@code POST /api/v1/…}. */
    public synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    public synchronized void forgetRequests() {
        requests.clear();
    }

    /** Makes requests fail: the function gets {@code METHOD path} and returns what to throw, or null. */
    public synchronized void failIf(Function<String, @Nullable RuntimeException> fault) {
        faults = fault;
    }

    @Override
    public synchronized AutoCloseable start(GroupResource resource, Filter filter, Sink sink) {
        Subscription subscription = new Subscription(resource, filter.namespace(), sink);
        subscriptions.add(subscription);
        List<Item> items = new ArrayList<>();
        objects.forEach((path, object) -> {
            if (concerns(subscription, path, object)) {
                items.add(item(object));
            }
        });
        sink.replace(items, revision);
        return () -> subscriptions.remove(subscription);
    }

    private boolean concerns(Subscription subscription, String path, ObjectNode object) {
        return subscription.resource().equals(resources.get(path))
                && (subscription.namespace().isEmpty() || subscription.namespace().equals(object.at("/metadata/namespace").asText()));
    }

    private static Item item(ObjectNode object) {
        return new Item(object.at("/metadata/resourceVersion").asLong(), Json.write(object));
    }

    private void tell(EventType type, String path, ObjectNode object) {
        for (Subscription subscription : List.copyOf(subscriptions)) {
            if (concerns(subscription, path, object)) {
                subscription.sink().apply(type, item(object));
            } else {
                subscription.sink().progress(revision);
            }
        }
    }

    private void note(String method, String path) {
        requests.add(method + " " + path);
        RuntimeException fault = faults.apply(method + " " + path);
        if (fault != null) {
            throw fault;
        }
    }

    private static GroupResource resource(Class<? extends HasMetadata> type) {
        return io.jakube.common.informer.Informer.resourceOf(type);
    }

    private static String path(HasMetadata object) {
        return ApiPaths.path(object.getClass(), namespace(object), object.getMetadata().getName(), "");
    }

    private static String namespace(HasMetadata object) {
        return object.getMetadata().getNamespace() == null ? "" : object.getMetadata().getNamespace();
    }

    private ObjectNode find(String path) {
        ObjectNode found = objects.get(path);
        if (found == null) {
            String[] segments = path.split("/");
            throw ApiException.notFound(new GroupResource("", segments[segments.length - 2]), segments[segments.length - 1]);
        }
        return found;
    }

    @Override
    public synchronized <T extends HasMetadata> T get(Class<T> type, String namespace, String name) {
        return Json.convert(find(ApiPaths.path(type, namespace, name, "")), type);
    }

    /** All objects of a type, in order of namespace and name. */
    public synchronized <T extends HasMetadata> List<T> list(Class<T> type) {
        List<T> found = new ArrayList<>();
        objects.forEach((path, object) -> {
            if (resources.get(path).equals(resource(type))) {
                found.add(Json.convert(object, type));
            }
        });
        return found;
    }

    @Override
    public synchronized <T extends HasMetadata> T create(T object) {
        ObjectNode json = Json.readObject(Json.write(object));
        ObjectNode metadata = (ObjectNode) json.get("metadata");
        if (!metadata.hasNonNull("name")) {
            metadata.put("name", metadata.path("generateName").asText() + "%05d".formatted(++names));
        }
        String path = ApiPaths.path(object.getClass(), metadata.path("namespace").asText(), metadata.get("name").asText(), "");
        note("POST", path);
        if (objects.containsKey(path)) {
            throw ApiException.alreadyExists(resource(object.getClass()), metadata.get("name").asText());
        }
        if (!metadata.has("uid")) {
            metadata.put("uid", UUID.nameUUIDFromBytes((path + revision).getBytes()).toString());
        }
        if (!metadata.has("creationTimestamp")) {
            metadata.put("creationTimestamp", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
        }
        metadata.put("generation", 1);
        metadata.put("resourceVersion", String.valueOf(++revision));
        objects.put(path, json);
        resources.put(path, resource(object.getClass()));
        tell(EventType.ADDED, path, json);
        return typed(json, object);
    }

    @SuppressWarnings("unchecked")
    private static <T extends HasMetadata> T typed(ObjectNode json, T like) {
        return (T) Json.convert(json, like.getClass());
    }

    @Override
    public synchronized <T extends HasMetadata> T update(T object) {
        note("PUT", path(object));
        return typed(replace(path(object), Json.readObject(Json.write(object)), false), object);
    }

    @Override
    public synchronized <T extends HasMetadata> T updateStatus(T object) {
        note("PUT", path(object) + "/status");
        return typed(replace(path(object), Json.readObject(Json.write(object)), true), object);
    }

    private ObjectNode replace(String path, ObjectNode wanted, boolean statusOnly) {
        ObjectNode live = find(path);
        JsonNode version = wanted.at("/metadata/resourceVersion");
        if (version.isTextual() && !version.equals(live.at("/metadata/resourceVersion"))) {
            throw ApiException.modified(resources.get(path), live.at("/metadata/name").asText());
        }
        ObjectNode next = statusOnly ? live.deepCopy() : wanted.deepCopy();
        if (wanted.has("status") && statusOnly) {
            next.set("status", wanted.get("status"));
        } else if (!statusOnly) {
            next.remove("status");
            if (live.has("status")) {
                next.set("status", live.get("status"));
            }
        }
        ObjectNode metadata = (ObjectNode) next.get("metadata");
        for (String kept : List.of("uid", "creationTimestamp", "deletionTimestamp", "generation", "resourceVersion")) {
            if (live.get("metadata").has(kept)) {
                metadata.set(kept, live.get("metadata").get(kept));
            }
        }
        if (Json.object().set("a", next).equals(Json.object().set("a", live))) {
            return live;
        }
        if (!next.path("spec").equals(live.path("spec"))) {
            metadata.put("generation", metadata.path("generation").asLong() + 1);
        }
        metadata.put("resourceVersion", String.valueOf(++revision));
        boolean gone = metadata.has("deletionTimestamp") && metadata.path("finalizers").isEmpty() && !live.at("/metadata/finalizers").isEmpty() && !waitsForKubelet(live);
        if (gone) {
            objects.remove(path);
            tell(EventType.DELETED, path, next);
        } else {
            objects.put(path, next);
            tell(EventType.MODIFIED, path, next);
        }
        return next;
    }

    private static boolean waitsForKubelet(ObjectNode object) {
        return object.path("kind").asText().equals("Pod") && object.at("/metadata/deletionGracePeriodSeconds").asLong() > 0;
    }

    @Override
    public synchronized <T extends HasMetadata> T patch(Class<T> type, String namespace, String name, String subresource, PatchType patchType, JsonNode patch) {
        String path = ApiPaths.path(type, namespace, name, "");
        note("PATCH", path + (subresource.isEmpty() ? "" : "/" + subresource));
        ObjectNode live = find(path);
        if (patch.at("/metadata/uid").isTextual() && !patch.at("/metadata/uid").equals(live.at("/metadata/uid"))) {
            throw ApiException.conflict(resource(type), name, "uid mismatch");
        }
        ObjectNode merged = (ObjectNode) merge(live, patch);
        return Json.convert(replace(path, merged, subresource.equals("status")), type);
    }

    private static JsonNode merge(JsonNode document, JsonNode patch) {
        if (!patch.isObject()) {
            return patch;
        }
        ObjectNode result = document.isObject() ? document.deepCopy() : Json.object();
        patch.properties().forEach(field -> {
            if (field.getValue().isNull()) {
                result.remove(field.getKey());
            } else {
                result.set(field.getKey(), merge(result.path(field.getKey()), field.getValue()));
            }
        });
        return result;
    }

    @Override
    public ObjectNode delete(Class<? extends HasMetadata> type, String namespace, String name, DeleteOptions options) {
        return delete(ApiPaths.path(type, namespace, name, ""), options);
    }

    @Override
    public synchronized ObjectNode delete(String path, DeleteOptions options) {
        note("DELETE", path);
        if (ServedDocuments.isCollection(path)) {
            members(path).forEach(member -> deleteOne(member, options));
            return Json.object();
        }
        return deleteOne(path, options);
    }

    private ObjectNode deleteOne(String path, DeleteOptions options) {
        ObjectNode live = find(path);
        if (!options.uid().isEmpty() && !options.uid().equals(live.at("/metadata/uid").asText())) {
            throw ApiException.conflict(resources.get(path), live.at("/metadata/name").asText(), "the UID in the precondition does not match");
        }
        if (!options.resourceVersion().isEmpty() && !options.resourceVersion().equals(live.at("/metadata/resourceVersion").asText())) {
            throw ApiException.conflict(resources.get(path), live.at("/metadata/name").asText(), "the ResourceVersion in the precondition does not match");
        }
        ObjectNode next = live.deepCopy();
        ObjectNode metadata = (ObjectNode) next.get("metadata");
        ArrayNode finalizers = metadata.withArray("finalizers");
        String finalizer = switch (options.propagationPolicy()) {
            case "Foreground" -> "foregroundDeletion";
            case "Orphan" -> "orphan";
            default -> "";
        };
        if (!finalizer.isEmpty() && !live.at("/metadata").has("deletionTimestamp")) {
            finalizers.add(finalizer);
        }
        boolean running = next.path("kind").asText().equals("Pod") && next.at("/spec/nodeName").isTextual()
                && !List.of("Succeeded", "Failed").contains(next.at("/status/phase").asText());
        long grace = running ? options.gracePeriodSeconds() == null ? 30 : options.gracePeriodSeconds() : 0;
        boolean held = next.path("kind").asText().equals("Namespace") && !next.at("/spec/finalizers").isEmpty();
        if (finalizers.isEmpty() && grace == 0 && !held) {
            objects.remove(path);
            metadata.put("resourceVersion", String.valueOf(++revision));
            tell(EventType.DELETED, path, next);
            return Json.object().put("kind", "Status").put("status", "Success");
        }
        if (finalizers.isEmpty()) {
            metadata.remove("finalizers");
        }
        if (live.get("metadata").has("deletionTimestamp") && live.at("/metadata/deletionGracePeriodSeconds").asLong() <= grace) {
            return live;
        }
        metadata.put("deletionTimestamp", clock.instant().truncatedTo(ChronoUnit.SECONDS).plusSeconds(grace).toString());
        metadata.put("deletionGracePeriodSeconds", grace);
        metadata.put("resourceVersion", String.valueOf(++revision));
        objects.put(path, next);
        tell(EventType.MODIFIED, path, next);
        return next;
    }

    @Override
    public synchronized ObjectNode post(Class<? extends HasMetadata> type, String namespace, String name, String subresource, Object body) {
        note("POST", ApiPaths.path(type, namespace, name, subresource));
        return Json.object();
    }

    @Override
    public synchronized ObjectNode request(String method, String path, @Nullable JsonNode body, String contentType) {
        String plain = path.indexOf('?') < 0 ? path : path.substring(0, path.indexOf('?'));
        if (method.equals("GET")) {
            ObjectNode document = ServedDocuments.get(plain);
            return document != null ? document : objects.containsKey(plain) || !ServedDocuments.isCollection(plain) ? find(plain) : collection(plain);
        }
        note(method, plain);
        if (method.equals("PATCH") && body != null) {
            return replace(plain, (ObjectNode) merge(find(plain), body), false);
        }
        if (plain.endsWith("/finalize") && body != null) {
            String namespace = plain.substring(0, plain.length() - "/finalize".length());
            if (body.at("/spec/finalizers").isEmpty()) {
                ObjectNode gone = find(namespace);
                objects.remove(namespace);
                ((ObjectNode) gone.get("metadata")).put("resourceVersion", String.valueOf(++revision));
                tell(EventType.DELETED, namespace, gone);
            }
            return Json.object();
        }
        throw new UnsupportedOperationException(method + " " + path);
    }

    private ObjectNode collection(String path) {
        ObjectNode list = Json.object();
        ArrayNode items = list.putArray("items");
        members(path).forEach(member -> items.add(objects.get(member)));
        return list;
    }

    private List<String> members(String collection) {
        return objects.keySet().stream().filter(path -> path.startsWith(collection + "/") && path.indexOf('/', collection.length() + 1) < 0).toList();
    }
}
