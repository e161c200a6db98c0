package io.jakube.apiserver.streaming.proxy;

import io.jakube.apiserver.streaming.wire.HttpConnection;
import io.jakube.common.status.ApiException;
import java.io.IOException;

/**
 * Where a proxied request goes.
 *
 * @param scheme {@code http} or {@code https}
 * @param authority host and port, for the Host header
 */
record ProxyTarget(String scheme, String authority, Connector connector) {
    /** Opens a connection to the target. */
    interface Connector {
        HttpConnection connect() throws IOException;
    }

    /** @throws ApiException 503 where the target cannot be reached */
    HttpConnection connect() {
        try {
            return connector.connect();
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    ApiException unreachable(IOException cause) {
        return ApiException.unavailable("error trying to reach service: " + authority + ": " + cause.getMessage());
    }
}
