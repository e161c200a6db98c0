package io.jakube.apiserver.discovery;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.CachedDocument;
import io.jakube.apiserver.request.NonResourceHandler;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.common.api.GroupVersion;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.api.ResourceRegistry;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * {@code /api}, {@code /apis} and what is below them down to a group version. Documents are made when first asked for and again after the registry
 * has changed. Thread-safe.
 */
public final class DiscoveryHandler implements NonResourceHandler {
    private record Snapshot(List<ResourceDefinition> resources, Map<String, CachedDocument> documents) {}

    private final ResourceRegistry registry;
    private final LegacyDiscovery legacy;
    private final AggregatedDiscovery aggregated;
    private final String serverAddress;
    private volatile Snapshot snapshot = new Snapshot(List.of(), Map.of());

    /** @param serverAddress host and port clients reach the server at, for example {@code 10.0.0.1:6443} */
    public DiscoveryHandler(ResourceRegistry registry, String serverAddress) {
        this.registry = requireNonNull(registry, "registry is null");
        this.legacy = new LegacyDiscovery(registry);
        this.aggregated = new AggregatedDiscovery(registry);
        this.serverAddress = requireNonNull(serverAddress, "serverAddress is null");
    }

    @Override
    public boolean handles(String path) {
        String[] segments = segments(path);
        return switch (segments[0]) {
            case "api" -> segments.length <= 2;
            case "apis" -> segments.length <= 3;
            default -> false;
        };
    }

    @Override
    public ApiResponse handle(RequestContext context) {
        ApiRequest request = context.request();
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw ApiException.of(405, "MethodNotAllowed", "the server does not allow this method on the requested resource");
        }
        String[] segments = segments(request.path());
        DiscoveryFormat format = DiscoveryFormat.negotiate(request.headers("Accept"), segments.length == 1);
        String key = String.join("/", segments) + " " + format;
        return documents().computeIfAbsent(key, _ -> document(segments, format)).answer(request, Map.of());
    }

    private CachedDocument document(String[] segments, DiscoveryFormat format) {
        boolean core = segments[0].equals("api");
        return switch (format) {
            case AGGREGATED_V2 -> write(format, () -> aggregated.groups(core, "v2"));
            case AGGREGATED_V2BETA1 -> write(format, () -> aggregated.groups(core, "v2beta1"));
            case LEGACY -> write(format, () -> switch (segments.length) {
                case 1 -> core ? legacy.versions(serverAddress) : legacy.groups();
                case 2 -> core ? legacy.resources(served("", segments[1])) : legacy.group(servedGroup(segments[1]));
                default -> legacy.resources(served(servedGroup(segments[1]), segments[2]));
            });
        };
    }

    private GroupVersion served(String group, String version) {
        return registry.groupVersions().stream().filter(v -> v.group().equals(group) && v.version().equals(version)).findFirst().orElseThrow(ApiException::unknownPath);
    }

    private String servedGroup(String group) {
        return registry.groupVersions().stream().map(GroupVersion::group).filter(g -> g.equals(group) && !g.isEmpty()).findFirst().orElseThrow(ApiException::unknownPath);
    }

    private static CachedDocument write(DiscoveryFormat format, Supplier<JsonNode> document) {
        return CachedDocument.of(format.contentType(), out -> Json.mapper().writeValue(out, document.get()));
    }

    /** The documents of the registry as it is now. */
    private Map<String, CachedDocument> documents() {
        List<ResourceDefinition> now = registry.all();
        Snapshot current = snapshot;
        if (!current.resources.equals(now)) {
            current = new Snapshot(now, new ConcurrentHashMap<>());
            snapshot = current;
        }
        return current.documents;
    }

    private static String[] segments(String path) {
        String trimmed = path.endsWith("/") ? path.substring(1, Math.max(1, path.length() - 1)) : path.substring(1);
        return trimmed.split("/", -1);
    }
}
