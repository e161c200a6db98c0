package io.jakube.apiserver.streaming.proxy;

import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.streaming.wire.ResponseHead;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;

/** What of a request and of its answer passes a proxy, and how it is rewritten. */
final class ProxyRequest {
    /** Headers of one connection (RFC 9110 §7.6.1), and those that are set anew. */
    private static final Set<String> HOP = Set.of("connection", "keep-alive", "proxy-connection", "proxy-authenticate", "proxy-authorization", "te", "trailer",
            "transfer-encoding", "upgrade", "content-length", "host", "expect");

    private static final String UNESCAPED = "-._~!$&'()*+,;=:@/";

    private ProxyRequest() {}

    /** The path up to and including {@code proxy}. */
    static String prefix(RequestInfo info) {
        String path = info.path();
        int end = path.length() - info.subpath().length();
        return info.subpath().isEmpty() ? path.endsWith("/") ? path.substring(0, path.length() - 1) : path : path.substring(0, end - 1);
    }

    /** Whether the path ends at {@code proxy}, without a slash: relative links of what is there would be wrong. */
    static boolean wantsSlash(RequestInfo info) {
        return info.subpath().isEmpty() && !info.path().endsWith("/");
    }

    /** The target's path and query, encoded. */
    static String target(RequestContext context) {
        return encodePath("/" + context.info().subpath()) + query(context.request());
    }

    static String query(ApiRequest request) {
        StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
        request.query().forEach((name, values) -> values.forEach(value -> query.add(encode(name) + "=" + encode(value))));
        return query.toString();
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    static String encodePath(String path) {
        StringBuilder encoded = new StringBuilder(path.length());
        for (byte b : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            if (c < 128 && (Character.isLetterOrDigit(c) || UNESCAPED.indexOf(c) >= 0)) {
                encoded.append(c);
            } else {
                encoded.append('%').append(Character.forDigit(c >> 4, 16)).append(Character.forDigit(c & 0xf, 16));
            }
        }
        return encoded.toString();
    }

    /** The client's headers without those of its connection and without its credentials, which are for the API server only. */
    static List<Map.Entry<String, String>> headers(ApiRequest request, ProxyTarget target) {
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        headers.add(Map.entry("Host", target.authority()));
        for (String name : request.headerNames()) {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!HOP.contains(lower) && !lower.equals("authorization") && !lower.startsWith("impersonate-") && !lower.startsWith("x-forwarded-")) {
                request.headers(name).forEach(value -> headers.add(Map.entry(name, value)));
            }
        }
        headers.add(Map.entry("X-Forwarded-For", request.remoteAddress()));
        headers.add(Map.entry("X-Forwarded-Host", request.header("Host").orElse("")));
        headers.add(Map.entry("X-Forwarded-Proto", "https"));
        headers.add(Map.entry("X-Forwarded-Uri", encodePath(request.path())));
        return headers;
    }

    /** Whether a header of an answer is the client's to see. */
    static boolean passes(String header) {
        String lower = header.toLowerCase(Locale.ROOT);
        return !HOP.contains(lower) || lower.equals("content-length");
    }

    /** A redirection inside the target, as the client has to follow it: below the proxy's path. */
    static String location(String location, ProxyTarget target, String prefix) {
        URI uri;
        try {
            uri = URI.create(location);
        } catch (IllegalArgumentException e) {
            return location;
        }
        boolean elsewhere = uri.getRawAuthority() != null && !uri.getRawAuthority().equals(target.authority());
        String path = uri.getRawPath() == null ? "" : uri.getRawPath();
        if (elsewhere || !path.startsWith("/") || path.startsWith(prefix)) {
            return location;
        }
        String rest = (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()) + (uri.getRawFragment() == null ? "" : "#" + uri.getRawFragment());
        return encodePath(prefix) + path + rest;
    }

    /** An answer's headers for the client, by name. */
    static Map<String, List<String>> answerHeaders(ResponseHead head, ProxyTarget target, String prefix) {
        Map<String, List<String>> headers = new java.util.LinkedHashMap<>();
        for (Map.Entry<String, String> header : head.headers()) {
            if (passes(header.getKey()) && !header.getKey().equalsIgnoreCase("content-type")) {
                String value = header.getKey().equalsIgnoreCase("location") ? location(header.getValue(), target, prefix) : header.getValue();
                headers.computeIfAbsent(header.getKey(), name -> new ArrayList<>()).add(value);
            }
        }
        return headers;
    }
}
