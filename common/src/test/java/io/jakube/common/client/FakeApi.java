package io.jakube.common.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.jakube.common.informer.Informer;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An API in memory that knows create, read, replace with the optimistic lock, merge patch and delete. */
public final class FakeApi implements ApiClient {
    private final Map<String, ObjectNode> objects = new LinkedHashMap<>();
    private final List<String> requests = new ArrayList<>();
    private long revision;

    public synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    private synchronized ObjectNode find(Class<? extends HasMetadata> type, String path, String name) {
        ObjectNode found = objects.get(path);
        if (found == null) {
            throw ApiException.notFound(Informer.resourceOf(type), name);
        }
        return found;
    }

    @Override
    public <T extends HasMetadata> T get(Class<T> type, String namespace, String name) {
        return Json.convert(find(type, ApiPaths.path(type, namespace, name, ""), name), type);
    }

    @Override
    public synchronized <T extends HasMetadata> T create(T object) {
        String path = ApiPaths.path(object.getClass(), String.valueOf(object.getMetadata().getNamespace()), object.getMetadata().getName(), "");
        requests.add("POST " + path);
        if (objects.containsKey(path)) {
            throw ApiException.alreadyExists(Informer.resourceOf(object.getClass()), object.getMetadata().getName());
        }
        return store(path, object);
    }

    @Override
    public synchronized <T extends HasMetadata> T update(T object) {
        String name = object.getMetadata().getName();
        String path = ApiPaths.path(object.getClass(), String.valueOf(object.getMetadata().getNamespace()), name, "");
        requests.add("PUT " + path);
        String version = find(object.getClass(), path, name).at("/metadata/resourceVersion").asText();
        if (object.getMetadata().getResourceVersion() != null && !object.getMetadata().getResourceVersion().equals(version)) {
            throw ApiException.modified(Informer.resourceOf(object.getClass()), name);
        }
        return store(path, object);
    }

    @SuppressWarnings("unchecked")
    private <T extends HasMetadata> T store(String path, T object) {
        ObjectNode json = Json.readObject(Json.write(object));
        ((ObjectNode) json.get("metadata")).put("resourceVersion", String.valueOf(++revision));
        objects.put(path, json);
        return (T) Json.convert(json, object.getClass());
    }

    @Override
    public <T extends HasMetadata> T updateStatus(T object) {
        return update(object);
    }

    @Override
    public synchronized <T extends HasMetadata> T patch(Class<T> type, String namespace, String name, String subresource, PatchType patchType, JsonNode patch) {
        String path = ApiPaths.path(type, namespace, name, "");
        requests.add("PATCH " + path + " " + patch);
        ObjectNode merged = find(type, path, name).deepCopy();
        patch.properties().forEach(field -> merged.set(field.getKey(), field.getValue()));
        return store(path, Json.convert(merged, type));
    }

    @Override
    public synchronized ObjectNode delete(Class<? extends HasMetadata> type, String namespace, String name, DeleteOptions options) {
        String path = ApiPaths.path(type, namespace, name, "");
        requests.add("DELETE " + path);
        ObjectNode found = find(type, path, name);
        objects.remove(path);
        return found;
    }

    @Override
    public ObjectNode post(Class<? extends HasMetadata> type, String namespace, String name, String subresource, Object body) {
        throw new UnsupportedOperationException("subresources");
    }

    @Override
    public ObjectNode request(String method, String path, @Nullable JsonNode body, String contentType) {
        throw new UnsupportedOperationException("raw requests");
    }

    @Override
    public ObjectNode delete(String path, DeleteOptions options) {
        throw new UnsupportedOperationException("raw requests");
    }
}
