package io.jakube.common.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Verbs of the REST API on fabric8's model classes, for components that live next to it. Each call is one request.
 * Thread-safe. All throw {@link io.jakube.common.status.ApiException} for a failure the server answers and
 * {@link java.io.UncheckedIOException} where no answer was heard. Namespaces are empty for cluster-scoped objects.
 */
public interface ApiClient {
    /** Reads the latest state. */
    <T extends HasMetadata> T get(Class<T> type, String namespace, String name);

    /** Creates, in the object's namespace. @return the stored object */
    <T extends HasMetadata> T create(T object);

    /** Replaces; with the object's resourceVersion as the precondition. @return the stored object */
    <T extends HasMetadata> T update(T object);

    /** Replaces the status. @return the stored object */
    <T extends HasMetadata> T updateStatus(T object);

    /** Patches. @param subresource empty for the object itself */
    <T extends HasMetadata> T patch(Class<T> type, String namespace, String name, String subresource, PatchType patchType, JsonNode patch);

    /** Deletes. @return the deleted or deleting object, or a {@code Status} */
    ObjectNode delete(Class<? extends HasMetadata> type, String namespace, String name, DeleteOptions options);

    /** Posts to a subresource such as {@code binding}, {@code eviction}, {@code token}. */
    ObjectNode post(Class<? extends HasMetadata> type, String namespace, String name, String subresource, Object body);

    /** Any request. @param path from {@link ApiPaths}, with a query if wanted @param body null for none */
    ObjectNode request(String method, String path, @Nullable JsonNode body, String contentType);

    /** Deletes at a path. */
    ObjectNode delete(String path, DeleteOptions options);
}
