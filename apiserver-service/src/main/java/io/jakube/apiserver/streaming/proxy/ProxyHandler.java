package io.jakube.apiserver.streaming.proxy;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.registry.SubresourceHandler;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.streaming.ConnectGuard;
import io.jakube.apiserver.streaming.wire.HttpConnection;
import io.jakube.apiserver.streaming.wire.ResponseHead;
import io.jakube.common.api.ResourceDefinition;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;

/** {@code pods/proxy}, {@code services/proxy} and {@code nodes/proxy}: requests of any method, bodies streamed both ways. */
public final class ProxyHandler implements SubresourceHandler {
    private static final int BUFFER = 16 * 1024;
    private static final int SMALL = 64 * 1024;

    private final Place place;
    private final String optionsKind;
    private final ProxyTargets targets;
    private final ConnectGuard guard;

    /** @param optionsKind what admission sees, such as {@code PodProxyOptions} */
    public ProxyHandler(String resource, String optionsKind, ProxyTargets targets, ConnectGuard guard) {
        this.place = new Place("", requireNonNull(resource, "resource is null"), "proxy");
        this.optionsKind = requireNonNull(optionsKind, "optionsKind is null");
        this.targets = requireNonNull(targets, "targets is null");
        this.guard = requireNonNull(guard, "guard is null");
    }

    @Override
    public Place place() {
        return place;
    }

    @Override
    public ApiResponse handle(ResourceDefinition definition, RequestContext context) {
        guard.admit(context, optionsKind);
        ProxyTarget target = targets.find(context.info());
        ApiRequest request = context.request();
        String prefix = ProxyRequest.prefix(context.info());
        if (ProxyRequest.wantsSlash(context.info())) {
            String location = ProxyRequest.encodePath(prefix) + "/" + ProxyRequest.query(request);
            return new ApiResponse.Complete(301, "text/plain", Map.of("Location", List.of(location)), new byte[0]);
        }
        HttpConnection connection = target.connect();
        try {
            List<Map.Entry<String, String>> headers = ProxyRequest.headers(request, target);
            headers.add(Map.entry("Connection", "close"));
            send(connection, request, ProxyRequest.target(context), headers);
            ResponseHead head = connection.response();
            InputStream body = connection.body(head, request.method());
            if (isSmall(head, request.method())) {
                return complete(connection, head, body, ProxyRequest.answerHeaders(head, target, prefix), request.method());
            }
            return new ApiResponse.Streaming(head.status(), head.header("Content-Type").orElse(""), ProxyRequest.answerHeaders(head, target, prefix),
                    (out, closing) -> copy(connection, body, out));
        } catch (IOException e) {
            connection.close();
            throw target.unreachable(e);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private static void send(HttpConnection connection, ApiRequest request, String target, List<Map.Entry<String, String>> headers) throws IOException {
        long length = request.header("Content-Length").map(ProxyHandler::length).orElse(-1L);
        boolean chunked = request.header("Transfer-Encoding").isPresent();
        if (length > 0 || chunked) {
            connection.send(request.method(), target, headers, request.body(), chunked ? -1 : length);
        } else {
            if (length == 0) {
                headers.add(Map.entry("Content-Length", "0"));
            }
            connection.send(request.method(), target, headers);
        }
    }

    private static long length(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** What is known to be small, or to have no body, is answered at once. */
    private static boolean isSmall(ResponseHead head, String method) {
        return method.equals("HEAD") || head.status() == 204 || head.status() == 304
                || head.header("Content-Length").map(ProxyHandler::length).filter(length -> length >= 0 && length <= SMALL).isPresent();
    }

    private static ApiResponse complete(HttpConnection connection, ResponseHead head, InputStream body, Map<String, List<String>> headers, String method) throws IOException {
        try (connection) {
            if (!method.equals("HEAD")) {
                headers.keySet().removeIf(name -> name.equalsIgnoreCase("Content-Length"));
            }
            return new ApiResponse.Complete(head.status(), head.header("Content-Type").orElse("text/plain"), headers, body.readAllBytes());
        }
    }

    private static void copy(HttpConnection connection, InputStream body, OutputStream out) throws IOException {
        try (connection) {
            byte[] buffer = new byte[BUFFER];
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                out.write(buffer, 0, count);
                if (body.available() == 0) {
                    out.flush();
                }
            }
            out.flush();
        }
    }
}
