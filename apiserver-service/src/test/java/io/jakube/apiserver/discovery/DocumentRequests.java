package io.jakube.apiserver.discovery;

import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.request.UserInfo;
import java.io.InputStream;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Requests for documents. */
public final class DocumentRequests {
    private DocumentRequests() {}

    /** A GET. @param target path with query; {@code headers} are name, value, name, value … */
    public static RequestContext get(String target, String... headers) {
        String[] parts = target.split("\\?", 2);
        Map<String, List<String>> query = new TreeMap<>();
        if (parts.length == 2) {
            String[] pair = parts[1].split("=", 2);
            query.put(pair[0], List.of(pair[1]));
        }
        Map<String, List<String>> all = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], List.of(headers[i + 1]));
        }
        ApiRequest request = new ApiRequest() {
            @Override
            public String method() {
                return "GET";
            }

            @Override
            public String path() {
                return parts[0];
            }

            @Override
            public Map<String, List<String>> query() {
                return query;
            }

            @Override
            public List<String> headers(String name) {
                return all.getOrDefault(name, List.of());
            }

            @Override
            public List<String> headerNames() {
                return List.copyOf(all.keySet());
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
                return InputStream.nullInputStream();
            }
        };
        return new RequestContext(request, RequestInfo.nonResource("get", parts[0]), UserInfo.ANONYMOUS, "audit");
    }
}
