package io.jakube.apiserver.streaming.wire;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Status line and headers of an HTTP/1.1 response.
 *
 * @param headers in order, names as sent
 */
public record ResponseHead(int status, String reason, List<Map.Entry<String, String>> headers) {
    public ResponseHead {
        headers = List.copyOf(headers);
    }

    /** First value of a header, name case-insensitive. */
    public Optional<String> header(String name) {
        return headers.stream().filter(header -> header.getKey().equalsIgnoreCase(name)).map(Map.Entry::getValue).findFirst();
    }
}
