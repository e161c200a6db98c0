package io.jakube.apiserver.registry;

import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests as plain values. */
public final class FakeRequests {
    private FakeRequests() {}

    /** A context for strategies, which look at the query alone. */
    public static RequestContext context() {
        return context(RequestInfo.nonResource("post", "/"), Map.of(), "");
    }

    public static RequestContext dryRun() {
        return context(RequestInfo.nonResource("post", "/"), Map.of("dryRun", List.of("All")), "");
    }

    public static RequestContext context(RequestInfo info, Map<String, List<String>> query, String body) {
        UserInfo user = new UserInfo("jane", "u-1", List.of("devs", "system:authenticated"), Map.of());
        return new RequestContext(new Request(info.path(), query, body), info, user, "audit");
    }

    private record Request(String path, Map<String, List<String>> query, String text) implements ApiRequest {
        @Override
        public String method() {
            return "POST";
        }

        @Override
        public List<String> headers(String name) {
            return name.equalsIgnoreCase("content-type") ? List.of("application/json") : List.of();
        }

        @Override
        public List<String> headerNames() {
            return List.of("Content-Type");
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
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        }
    }
}
