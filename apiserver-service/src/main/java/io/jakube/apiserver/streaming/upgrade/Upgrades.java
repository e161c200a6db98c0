package io.jakube.apiserver.streaming.upgrade;

import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.streaming.wire.Duplex;
import io.jakube.apiserver.streaming.wire.WebSocketHandshake;
import io.jakube.common.status.ApiException;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** The handshakes of upgrades: which protocol, and the 101 that begins it. */
public final class Upgrades {
    /** The protocol of {@code Upgrade} for SPDY streams. */
    public static final String SPDY = "SPDY/3.1";

    /** The header in which SPDY clients list the subprotocols they speak, and are told the chosen one. */
    public static final String STREAM_PROTOCOL = "X-Stream-Protocol-Version";

    private Upgrades() {}

    public static boolean isWebSocket(ApiRequest request) {
        return request.header("Upgrade").filter(value -> value.equalsIgnoreCase("websocket")).isPresent();
    }

    public static boolean isSpdy(ApiRequest request) {
        return request.header("Upgrade").filter(value -> value.toLowerCase(Locale.ROOT).startsWith("spdy/")).isPresent();
    }

    /** Values of a header whose values are lists. */
    public static List<String> list(ApiRequest request, String header) {
        List<String> values = new ArrayList<>();
        for (String line : request.headers(header)) {
            for (String value : line.split(",")) {
                if (!value.isBlank()) {
                    values.add(value.strip());
                }
            }
        }
        return values;
    }

    /**
     * The client's first WebSocket subprotocol that is supported.
     *
     * @return empty where the client names none
     * @throws ApiException 403 where it names others only
     */
    public static String subprotocol(ApiRequest request, Set<String> supported) {
        return choose(list(request, "Sec-WebSocket-Protocol"), supported, "requested protocol(s) are not supported: ");
    }

    /** The same for the stream protocols of SPDY. */
    public static String streamProtocol(ApiRequest request, Set<String> supported) {
        return choose(list(request, STREAM_PROTOCOL), supported, "unable to upgrade: unable to negotiate protocol: client supports ");
    }

    private static String choose(List<String> wanted, Set<String> supported, String complaint) {
        if (wanted.isEmpty()) {
            return "";
        }
        return wanted.stream().filter(supported::contains).findFirst()
                .orElseThrow(() -> ApiException.of(403, "Forbidden", complaint + wanted + ", the server supports " + supported.stream().sorted().toList()));
    }

    /** Checks what every WebSocket handshake must have. @throws ApiException 400 */
    public static void requireHandshake(ApiRequest request) {
        if (request.header("Sec-WebSocket-Key").isEmpty() || !request.header("Sec-WebSocket-Version").orElse("").equals("13")) {
            throw ApiException.badRequest("the WebSocket handshake must have Sec-WebSocket-Version 13 and a Sec-WebSocket-Key");
        }
    }

    /** Answers 101 and gives the connection to the session. @param protocol the chosen subprotocol, may be empty */
    public static void webSocket(ApiRequest asked, HttpServletRequest request, HttpServletResponse response, String protocol, Consumer<Duplex> session)
            throws IOException, ServletException {
        response.setHeader("Sec-WebSocket-Accept", WebSocketHandshake.accept(asked.header("Sec-WebSocket-Key").orElse("")));
        if (!protocol.isEmpty()) {
            response.setHeader("Sec-WebSocket-Protocol", protocol);
        }
        switchTo("websocket", List.of(), request, response, session);
    }

    /** Answers 101 and gives the connection to the session. @param protocol the chosen stream protocol, may be empty */
    public static void spdy(HttpServletRequest request, HttpServletResponse response, String protocol, Consumer<Duplex> session) throws IOException, ServletException {
        if (!protocol.isEmpty()) {
            response.setHeader(STREAM_PROTOCOL, protocol);
        }
        switchTo(SPDY, List.of(), request, response, session);
    }

    /** Answers 101 with these headers and gives the connection to the session. */
    public static void switchTo(
            String protocol, List<Map.Entry<String, String>> headers, HttpServletRequest request, HttpServletResponse response, Consumer<Duplex> session)
            throws IOException, ServletException {
        response.setStatus(101);
        response.setHeader("Connection", "Upgrade");
        response.setHeader("Upgrade", protocol);
        headers.forEach(header -> response.addHeader(header.getKey(), header.getValue()));
        request.upgrade(UpgradedConnection.class).begin(session);
    }
}
