package io.jakube.apiserver.http;

import io.jakube.apiserver.registry.RequestBodies;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestPath;
import io.jakube.common.status.ApiException;
import jakarta.servlet.http.HttpServletRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** A servlet request, copied: independent of the container's threads and of the life of the request object. */
final class ServletApiRequest implements ApiRequest {
    private static final Pattern PROXIED = Pattern.compile("^/api/v1/(namespaces/[^/]+/(pods|services)|nodes)/[^/]+/proxy(/|$)");

    private final String method;
    private final String path;
    private final Map<String, List<String>> query;
    private final Map<String, List<String>> headers = new LinkedHashMap<>();
    private final List<String> headerNames = new ArrayList<>();
    private final Optional<X509Certificate> certificate;
    private final String remoteAddress;
    private final InputStream body;

    private ServletApiRequest(HttpServletRequest request, InputStream body) {
        method = request.getMethod();
        path = RequestPath.normalize(decode(request.getRequestURI().replace("+", "%2B")));
        query = query(request.getQueryString());
        for (String name : Collections.list(request.getHeaderNames())) {
            headerNames.add(name);
            headers.put(name.toLowerCase(Locale.ROOT), Collections.list(request.getHeaders(name)));
        }
        certificate = request.getAttribute("jakarta.servlet.request.X509Certificate") instanceof X509Certificate[] chain && chain.length > 0
                ? Optional.of(chain[0])
                : Optional.empty();
        remoteAddress = request.getRemoteAddr();
        this.body = body;
    }

    /**
     * With its body, read up to just beyond the limit of a body.
     *
     * @throws ApiException 400 for a malformed URL or a body that breaks off
     */
    static ServletApiRequest withBody(HttpServletRequest request) {
        boolean empty = request.getContentLengthLong() == 0 || request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        try {
            if (!empty && isProxied(request)) {
                return new ServletApiRequest(request, request.getInputStream());
            }
            byte[] bytes = empty ? new byte[0] : request.getInputStream().readNBytes(RequestBodies.MAX_BODY + 1);
            return new ServletApiRequest(request, new ByteArrayInputStream(bytes));
        } catch (IOException e) {
            throw ApiException.badRequest("the body of the request could not be read");
        }
    }

    /** Bodies for {@code proxy} subresources are of any size, and are passed on while they come. */
    private static boolean isProxied(HttpServletRequest request) {
        return PROXIED.matcher(request.getRequestURI()).find();
    }

    /** Without its body, which whoever upgrades the connection reads. */
    static ServletApiRequest withoutBody(HttpServletRequest request) {
        return new ServletApiRequest(request, InputStream.nullInputStream());
    }

    private static Map<String, List<String>> query(String text) {
        Map<String, List<String>> query = new LinkedHashMap<>();
        if (text != null) {
            for (String pair : text.split("&")) {
                if (!pair.isEmpty()) {
                    int equals = pair.indexOf('=');
                    String name = decode(equals < 0 ? pair : pair.substring(0, equals));
                    query.computeIfAbsent(name, n -> new ArrayList<>()).add(equals < 0 ? "" : decode(pair.substring(equals + 1)));
                }
            }
        }
        return query;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("invalid URL escape in the request");
        }
    }

    @Override
    public String method() {
        return method;
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public Map<String, List<String>> query() {
        return query;
    }

    @Override
    public List<String> headers(String name) {
        return headers.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
    }

    @Override
    public List<String> headerNames() {
        return headerNames;
    }

    @Override
    public Optional<X509Certificate> clientCertificate() {
        return certificate;
    }

    @Override
    public String remoteAddress() {
        return remoteAddress;
    }

    @Override
    public InputStream body() {
        return body;
    }
}
