package io.jakube.apiserver.admission;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.admission.AdmissionRequest.Operation;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.json.Json;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Admission requests for tests. */
public final class AdmissionRequests {
    private AdmissionRequests() {}

    public static AdmissionRequest create(UserInfo user, String apiVersion, String kind, String plural, String namespace, ObjectNode object) {
        return request(user, Operation.CREATE, apiVersion, kind, plural, "", namespace, object.path("metadata").path("name").asText(), object, null);
    }

    public static AdmissionRequest update(UserInfo user, String apiVersion, String kind, String plural, String subresource, String namespace, ObjectNode object, ObjectNode old) {
        return request(user, Operation.UPDATE, apiVersion, kind, plural, subresource, namespace, object.path("metadata").path("name").asText(), object, old);
    }

    public static AdmissionRequest delete(UserInfo user, String apiVersion, String kind, String plural, String namespace, ObjectNode old) {
        return request(user, Operation.DELETE, apiVersion, kind, plural, "", namespace, old.path("metadata").path("name").asText(), null, old);
    }

    public static AdmissionRequest request(UserInfo user, Operation operation, String apiVersion, String kind, String plural, String subresource, String namespace, String name,
            @Nullable ObjectNode object, @Nullable ObjectNode old) {
        ResourceDefinition definition = definition(apiVersion, kind, plural, !namespace.isEmpty());
        return new AdmissionRequest(operation, definition, subresource, namespace, name, object, old, Json.object(), false, context(user));
    }

    public static ResourceDefinition definition(String apiVersion, String kind, String plural, boolean namespaced) {
        return new ResourceDefinition(GroupVersionKind.of(apiVersion, kind), plural, kind.toLowerCase(java.util.Locale.ROOT), namespaced, List.of(), List.of(), List.of("create", "get"), List.of(), Set.of());
    }

    /** A create request with a JSON body. */
    public static RequestContext post(UserInfo user, RequestInfo info, ObjectNode body) {
        return new RequestContext(new PlainRequest("POST", "/", Map.of(), Json.write(body)), info, user, "audit");
    }

    public static RequestContext context(UserInfo user) {
        return new RequestContext(new PlainRequest("POST", "/", Map.of(), new byte[0]), RequestInfo.nonResource("post", "/"), user, "audit");
    }

    /** A request of fixed content. Header names are lower case. */
    public record PlainRequest(String method, String path, Map<String, List<String>> headers, byte[] content) implements ApiRequest {
        @Override
        public Map<String, List<String>> query() {
            return Map.of();
        }

        @Override
        public List<String> headers(String name) {
            return headers.getOrDefault(name.toLowerCase(java.util.Locale.ROOT), List.of());
        }

        @Override
        public List<String> headerNames() {
            return List.copyOf(headers.keySet());
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
            return new ByteArrayInputStream(content);
        }
    }
}
