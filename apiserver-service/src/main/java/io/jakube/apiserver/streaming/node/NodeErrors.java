package io.jakube.apiserver.streaming.node;

import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.streaming.wire.ResponseHead;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What a node's plain-text refusals become for clients. */
public final class NodeErrors {
    private static final int MAX_TEXT = 50_000;

    private NodeErrors() {}

    /** @param body of the refusal; read up to a limit */
    public static ApiException of(ResponseHead head, InputStream body, RequestInfo info) throws IOException {
        String text = text(body);
        return switch (head.status()) {
            case 400 -> ApiException.badRequest(text);
            case 404 -> ApiException.of(404, "NotFound", "the server could not find the requested resource ( " + info.resource() + "/" + info.subresource() + " " + info.name() + "): " + text);
            case 401, 403 -> ApiException.internal("the node refuses the API server's certificate: " + text);
            case 503 -> ApiException.unavailable(text);
            default -> ApiException.internal(text);
        };
    }

    static String text(InputStream body) throws IOException {
        return new String(body.readNBytes(MAX_TEXT), StandardCharsets.UTF_8).strip();
    }
}
