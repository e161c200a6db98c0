package io.jakube.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.apiserver.admission.AdmissionPlugin;
import io.jakube.apiserver.authorization.Authorizer.Decision;
import io.jakube.apiserver.authorization.Authorizer.Verdict;
import io.jakube.apiserver.defaulting.Defaulting;
import io.jakube.apiserver.registry.PostHandler.Posting;
import io.jakube.apiserver.registry.catalog.Strategies;
import io.jakube.apiserver.registry.catalog.Subresources;
import io.jakube.apiserver.registry.core.allocation.ServiceNetwork;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestPath;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.apiserver.storage.MemoryKeyValueStore;
import io.jakube.apiserver.table.Printers;
import io.jakube.common.api.BuiltinConversions;
import io.jakube.common.api.BuiltinResources;
import io.jakube.common.json.Json;
import io.jakube.common.merge.StandardPatches;
import io.jakube.common.merge.StructuredFieldManagement;
import io.jakube.common.schema.BuiltinSchemas;
import io.jakube.common.schema.SchemaObjectDecoder;
import io.jakube.db.KeyValueStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The composed server over a store in memory, with everybody allowed everything: for tests of the rules of the API. */
public final class TestApiServer implements AutoCloseable {
    private static final BuiltinSchemas SCHEMAS = BuiltinSchemas.load();
    private static final BuiltinResources RESOURCES = BuiltinResources.load();

    private final KeyValueStore store;
    private final ApiServer server;

    public TestApiServer() {
        this(new MemoryKeyValueStore(), TestApiServer::everybody);
    }

    /** @param security who is who, and who may do what */
    public TestApiServer(UnaryOperator<Plugins> security, AdmissionPlugin... admission) {
        this(new MemoryKeyValueStore(), security, admission);
    }

    /** Everybody is allowed everything, and passes these. */
    public static TestApiServer admitting(AdmissionPlugin... admission) {
        return new TestApiServer(new MemoryKeyValueStore(), TestApiServer::everybody, admission);
    }

    /** Over another store, which stays the caller's to close. */
    public static TestApiServer over(KeyValueStore store) {
        return new TestApiServer(store, TestApiServer::everybody);
    }

    private static Plugins everybody(Plugins plugins) {
        return plugins.authenticator(request -> Optional.of(new UserInfo("tester", "", List.of("testers"), Map.of()))).authorizer((user, info) -> new Decision(Verdict.ALLOW, ""));
    }

    private TestApiServer(KeyValueStore store, UnaryOperator<Plugins> security, AdmissionPlugin... admission) {
        this.store = store;
        ApiServerConfig config = new ApiServerConfig("jdbc:none", "nobody", Path.of("/nowhere"), 6443, "127.0.0.1", Path.of("/nowhere"), "https://issuer", "10.96.0.0/16", "30000-32767");
        server = new ApiServer(new ApiServer.Foundation(config, store, RESOURCES, SCHEMAS, new SchemaObjectDecoder(SCHEMAS), Clock.systemUTC()), context -> {
            Plugins plugins = security.apply(new Plugins());
            List.of(admission).forEach(plugins::admission);
            ServiceNetwork network = ServiceNetwork.parse(config.serviceCidr(), config.nodePortRange());
            Subresources subresources = Subresources.create(context.objects(), new Posting(context.bodies(), context.admission()), Clock.systemUTC());
            subresources.handlers().forEach(plugins::subresource);
            subresources.parts().forEach(plugins::objectSubresource);
            plugins.converter(new BuiltinConversions()).fieldManagement(new StructuredFieldManagement());
            return plugins.strategies(Strategies.create(context.objects(), store, network, Clock.systemUTC()).all())
                    .defaulters(Defaulting.all()).printers(Printers.all()).patches(new StandardPatches());
        });
        server.start();
    }

    /** The store in memory. */
    public MemoryKeyValueStore store() {
        return (MemoryKeyValueStore) store;
    }

    public ApiServer server() {
        return server;
    }

    /** An answer. */
    public record Answer(int status, Map<String, List<String>> headers, byte[] body) {
        public JsonNode json() {
            try {
                return Json.mapper().readTree(body);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        /** {@code code reason} of a failure. */
        public String failure() {
            return status + " " + json().path("reason").asText();
        }

        public String message() {
            return json().path("message").asText();
        }
    }

    public Answer get(String url, String... headers) {
        return send("GET", url, "", headers);
    }

    public Answer post(String url, String body, String... headers) {
        return send("POST", url, body, headers);
    }

    public Answer put(String url, String body, String... headers) {
        return send("PUT", url, body, headers);
    }

    public Answer patch(String url, String type, String body) {
        return send("PATCH", url, body, "Content-Type", type);
    }

    public Answer delete(String url, String... body) {
        return send("DELETE", url, body.length == 0 ? "" : body[0]);
    }

    public Answer send(String method, String url, String body, String... headers) {
        ApiResponse.Complete answer = (ApiResponse.Complete) server.handle(request(method, url, body.getBytes(StandardCharsets.UTF_8), headers));
        return new Answer(answer.status(), answer.headers(), answer.body());
    }

    public ApiResponse raw(String method, String url, byte[] body, String... headers) {
        return server.handle(request(method, url, body, headers));
    }

    /** Begins a watch. */
    public WatchReader watch(String url, String... headers) {
        return new WatchReader((ApiResponse.Streaming) server.handle(request("GET", url, new byte[0], headers)));
    }

    private static ApiRequest request(String method, String url, byte[] body, String... headers) {
        Map<String, List<String>> byName = new LinkedHashMap<>();
        for (int i = 0; i < headers.length; i += 2) {
            byName.computeIfAbsent(headers[i].toLowerCase(Locale.ROOT), n -> new ArrayList<>()).add(headers[i + 1]);
        }
        int question = url.indexOf('?');
        Map<String, List<String>> query = new LinkedHashMap<>();
        if (question >= 0) {
            for (String pair : url.substring(question + 1).split("&")) {
                String[] parts = pair.split("=", 2);
                query.computeIfAbsent(parts[0], n -> new ArrayList<>()).add(parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
            }
        }
        String path = RequestPath.normalize(question < 0 ? url : url.substring(0, question));
        return new Request(method, path, query, byName, body);
    }

    private record Request(String method, String path, Map<String, List<String>> query, Map<String, List<String>> byName, byte[] bytes) implements ApiRequest {
        @Override
        public List<String> headers(String name) {
            return byName.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
        }

        @Override
        public List<String> headerNames() {
            return List.copyOf(byName.keySet());
        }

        @Override
        public Optional<X509Certificate> clientCertificate() {
            return Optional.empty();
        }

        @Override
        public String remoteAddress() {
            return "127.0.0.1";
        }

        @Override
        public InputStream body() {
            return new ByteArrayInputStream(bytes);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
