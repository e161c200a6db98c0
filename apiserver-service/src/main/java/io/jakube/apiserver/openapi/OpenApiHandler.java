package io.jakube.apiserver.openapi;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.CachedDocument;
import io.jakube.apiserver.request.NonResourceHandler;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.api.GroupVersion;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.api.ResourceRegistry;
import io.jakube.common.json.Json;
import io.jakube.common.schema.BuiltinSchemas;
import io.jakube.common.status.ApiException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * {@code /openapi/v3} with a document per group version, and {@code /openapi/v2}, as JSON. A document is made when first asked for, kept compressed, and
 * made again after the registry has changed. Thread-safe.
 */
public final class OpenApiHandler implements NonResourceHandler {
    private static final String V3 = "/openapi/v3";
    private static final String V2 = "/openapi/v2";
    private static final String JSON = "application/json";
    private static final Set<String> ACCEPTABLE = Set.of(JSON, "application/*", "*/*");
    /** A document asked for by its hash never changes. */
    private static final Map<String, List<String>> IMMUTABLE = Map.of("Cache-Control", List.of("public, immutable"), "Expires", List.of("Thu, 31 Dec 2099 23:59:59 GMT"));
    private static final Map<String, List<String>> REVALIDATE = Map.of("Cache-Control", List.of("no-cache, private"));

    private record Snapshot(List<ResourceDefinition> resources, Map<String, CachedDocument> documents) {}

    private final ResourceRegistry registry;
    private final BuiltinSchemas schemas;
    private final OpenApiDocuments documents;
    private volatile Snapshot snapshot = new Snapshot(List.of(), Map.of());

    public OpenApiHandler(ResourceRegistry registry, BuiltinSchemas schemas) {
        this.registry = requireNonNull(registry, "registry is null");
        this.schemas = requireNonNull(schemas, "schemas is null");
        this.documents = new OpenApiDocuments(registry, schemas);
    }

    @Override
    public boolean handles(String path) {
        return path.equals(V2) || path.equals(V3) || path.startsWith(V3 + "/");
    }

    @Override
    public ApiResponse handle(RequestContext context) {
        ApiRequest request = context.request();
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw ApiException.of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
        }
        requireJson(request.headers("Accept"));
        Map<String, CachedDocument> cache = cache();
        String path = request.path().endsWith("/") ? request.path().substring(0, request.path().length() - 1) : request.path();
        if (path.equals(V2)) {
            return cache.computeIfAbsent(path, _ -> CachedDocument.of(JSON, documents::writeV2)).answer(request, REVALIDATE);
        }
        if (path.equals(V3)) {
            return cache.computeIfAbsent(path, _ -> CachedDocument.of(JSON, out -> Json.mapper().writeValue(out, index()))).answer(request, REVALIDATE);
        }
        return groupVersion(request, cache, served(path.substring(V3.length() + 1)));
    }

    private ApiResponse groupVersion(ApiRequest request, Map<String, CachedDocument> cache, GroupVersion version) {
        String path = path(version);
        Optional<String> asked = request.queryParameter("hash");
        String current = hash(version);
        if (asked.isPresent() && !asked.get().equals(current)) {
            return new ApiResponse.Complete(301, JSON, Map.of("Location", List.of(V3 + "/" + path + "?hash=" + current)), new byte[0]);
        }
        return cache.computeIfAbsent(path, _ -> CachedDocument.of(JSON, out -> documents.writeV3(out, version))).answer(request, asked.isPresent() ? IMMUTABLE : REVALIDATE);
    }

    private GroupVersion served(String path) {
        return registry.groupVersions().stream().filter(v -> path(v).equals(path)).findFirst().orElseThrow(ApiException::unknownPath);
    }

    private static String path(GroupVersion version) {
        return (version.group().isEmpty() ? "api/" : "apis/") + version;
    }

    private ObjectNode index() {
        ObjectNode index = Json.object();
        ObjectNode paths = index.putObject("paths");
        for (GroupVersion version : registry.groupVersions()) {
            paths.putObject(path(version)).put("serverRelativeURL", V3 + "/" + path(version) + "?hash=" + hash(version));
        }
        return index;
    }

    /** Names a document by what it is made from, so that the index can be answered without making the documents. */
    private String hash(GroupVersion version) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(schemas.fingerprint().getBytes(StandardCharsets.UTF_8));
            for (ResourceDefinition resource : registry.all()) {
                if (resource.groupVersion().equals(version)) {
                    String served = resource.gvk() + resource.plural() + resource.namespaced() + resource.verbs() + resource.subresources();
                    digest.update(served.getBytes(StandardCharsets.UTF_8));
                }
            }
            return HexFormat.of().withUpperCase().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private Map<String, CachedDocument> cache() {
        List<ResourceDefinition> now = registry.all();
        Snapshot current = snapshot;
        if (!current.resources.equals(now)) {
            current = new Snapshot(now, new ConcurrentHashMap<>());
            snapshot = current;
        }
        return current.documents;
    }

    private static void requireJson(List<String> accept) {
        boolean acceptable = accept.isEmpty() || accept.stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .anyMatch(clause -> clause.isBlank() || ACCEPTABLE.contains(clause.split(";")[0].strip().toLowerCase(Locale.ROOT)));
        if (!acceptable) {
            throw ApiException.notAcceptable("only the following media types are accepted: application/json");
        }
    }
}
