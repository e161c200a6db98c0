package io.jakube.common.client;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * A lean client of the REST API for the project's own components: one JSON encoding, no retries (a write is sent once), HTTP/1.1
 * with connections kept. Calls block and suit virtual threads. Thread-safe.
 *
 * <p>A failure the server answers is an {@link ApiException}; a failure to reach it, or to hear its answer, is an {@link UncheckedIOException}
 * (the outcome of a write is then unknown). Interruption is an {@link UncheckedIOException} too, with the thread's interrupt flag set.
 */
public final class RestClient implements ApiClient, AutoCloseable {
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final KubeConfig config;
    private final String base;
    private final String userAgent;
    private final HttpClient http;

    public RestClient(KubeConfig config, String userAgent) throws IOException {
        this.config = requireNonNull(config, "config is null");
        this.userAgent = requireNonNull(userAgent, "userAgent is null");
        String server = config.server().toString();
        this.base = server.endsWith("/") ? server.substring(0, server.length() - 1) : server;
        this.http = HttpClient.newBuilder()
                .sslContext(TlsContexts.of(config))
                // A connection per request under way: streams of one connection would share, and wait for, one writer of the server.
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .executor(Executors.newVirtualThreadPerTaskExecutor())
                .build();
    }

    /** The server's base URL, without a slash at the end. */
    public String server() {
        return base;
    }

    @Override
    public <T extends HasMetadata> T get(Class<T> type, String namespace, String name) {
        return Json.read(call("GET", ApiPaths.path(type, namespace, name, ""), null, ""), type);
    }

    @Override
    public <T extends HasMetadata> T create(T object) {
        return typed(object, call("POST", ApiPaths.path(object.getClass(), namespaceOf(object), "", ""), Json.write(object), "application/json"));
    }

    @Override
    public <T extends HasMetadata> T update(T object) {
        return put(object, "");
    }

    @Override
    public <T extends HasMetadata> T updateStatus(T object) {
        return put(object, "status");
    }

    private <T extends HasMetadata> T put(T object, String subresource) {
        String path = ApiPaths.path(object.getClass(), namespaceOf(object), object.getMetadata().getName(), subresource);
        return typed(object, call("PUT", path, Json.write(object), "application/json"));
    }

    @Override
    public <T extends HasMetadata> T patch(Class<T> type, String namespace, String name, String subresource, PatchType patchType, JsonNode patch) {
        return Json.read(call("PATCH", ApiPaths.path(type, namespace, name, subresource), Json.write(patch), patchType.contentType()), type);
    }

    @Override
    public ObjectNode delete(Class<? extends HasMetadata> type, String namespace, String name, DeleteOptions options) {
        return Json.readObject(call("DELETE", ApiPaths.path(type, namespace, name, ""), Json.write(options.toJson()), "application/json"));
    }

    @Override
    public ObjectNode post(Class<? extends HasMetadata> type, String namespace, String name, String subresource, Object body) {
        return Json.readObject(call("POST", ApiPaths.path(type, namespace, name, subresource), Json.write(body), "application/json"));
    }

    @Override
    public ObjectNode request(String method, String path, @Nullable JsonNode body, String contentType) {
        return Json.readObject(call(method, path, body == null ? null : Json.write(body), contentType));
    }

    @Override
    public ObjectNode delete(String path, DeleteOptions options) {
        return Json.readObject(call("DELETE", path, Json.write(options.toJson()), "application/json"));
    }

    @SuppressWarnings("unchecked")
    private static <T extends HasMetadata> T typed(T like, byte[] json) {
        return (T) Json.read(json, like.getClass());
    }

    private static String namespaceOf(HasMetadata object) {
        String namespace = object.getMetadata().getNamespace();
        return namespace == null ? "" : namespace;
    }

    private byte[] call(String method, String path, byte @Nullable [] body, String contentType) {
        HttpRequest.Builder request = prepare(path).timeout(REQUEST_TIMEOUT)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (body != null) {
            request.header("Content-Type", contentType);
        }
        HttpResponse<byte[]> response = send(request.build(), BodyHandlers.ofByteArray());
        if (response.statusCode() >= 300) {
            throw failure(response.statusCode(), response.body());
        }
        return response.body();
    }

    /** A request with the client's identity, for callers that handle the response themselves. @param path begins with a slash */
    public HttpRequest.Builder prepare(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).header("Accept", "application/json").header("User-Agent", userAgent);
        String token = token();
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    /** Sends a prepared request. */
    public <B> HttpResponse<B> send(HttpRequest request, HttpResponse.BodyHandler<B> handler) {
        try {
            return http.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(request.method() + " " + request.uri() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new java.io.InterruptedIOException(request.method() + " " + request.uri() + " was interrupted"));
        }
    }

    /** The exception for an answer that is a failure. */
    public static ApiException failure(int code, byte[] body) {
        try {
            return ApiException.fromStatus(code, Json.mapper().readTree(body));
        } catch (IOException e) {
            String text = new String(body, StandardCharsets.UTF_8).strip();
            return ApiException.of(code, "", text.isEmpty() ? "the server answered " + code : text.substring(0, Math.min(200, text.length())));
        }
    }

    private @Nullable String token() {
        Path file = config.tokenFile();
        if (file == null) {
            return config.token();
        }
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the token file " + file + " cannot be read", e);
        }
    }

    /** Cuts what is under way. */
    @Override
    public void close() {
        http.shutdownNow();
    }

    /** Header names and values are not logged; this names the server only. */
    @Override
    public String toString() {
        return "RestClient" + List.of(base);
    }
}
