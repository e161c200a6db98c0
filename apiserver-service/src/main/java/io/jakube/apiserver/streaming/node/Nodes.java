package io.jakube.apiserver.streaming.node;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.streaming.wire.HttpConnection;
import io.jakube.apiserver.streaming.wire.ResponseHead;
import io.jakube.apiserver.streaming.wire.WebSocketConnection;
import io.jakube.apiserver.streaming.wire.WebSocketHandshake;
import io.jakube.common.api.GroupResource;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where nodes are and how they are reached. Thread-safe. */
public final class Nodes {
    private static final GroupResource NODES = GroupResource.core("nodes");
    private static final String PROTOCOL = "v5.channel.k8s.io";
    private static final int DEFAULT_PORT = 10250;

    private final ObjectStore objects;
    private final Path pki;
    private volatile @Nullable NodeTls tls;

    /** @param pki read when the first connection is made */
    public Nodes(ObjectStore objects, Path pki) {
        this.objects = requireNonNull(objects, "objects is null");
        this.pki = requireNonNull(pki, "pki is null");
    }

    /** A node's HTTPS server. */
    public record Address(String node, String host, int port) {
        /** For a Host header. */
        public String authority() {
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
        }
    }

    /** @throws ApiException 404 where there is no such node, 500 where its status names no address */
    public Address address(String node) {
        ObjectNode object = objects.getCached(NODES, "", node).or(() -> objects.get(NODES, "", node)).orElseThrow(() -> ApiException.notFound(NODES, node));
        JsonNode status = object.path("status");
        for (JsonNode address : status.path("addresses")) {
            if (address.path("type").asText().equals("InternalIP")) {
                int port = status.path("daemonEndpoints").path("kubeletEndpoint").path("Port").asInt(DEFAULT_PORT);
                return new Address(node, address.path("address").asText(), port);
            }
        }
        throw ApiException.of(500, "InternalError", "node \"" + node + "\" has no address of type InternalIP in its status");
    }

    /** Connects to a node's HTTPS server. @throws ApiException 500 naming why the node cannot be reached */
    public HttpConnection connect(Address address) {
        try {
            return new HttpConnection(tls().connect(address.host(), address.port(), address.node()));
        } catch (IOException e) {
            throw unreachable(address, e);
        }
    }

    /**
     * Opens a WebSocket to a node.
     *
     * @param target path and query, encoded
     * @throws ApiException 500 where the node cannot be reached or refuses
     */
    public WebSocketConnection webSocket(Address address, String target) {
        HttpConnection connection = connect(address);
        try {
            connection.send("GET", target, List.of(
                    Map.entry("Host", address.authority()),
                    Map.entry("Connection", "Upgrade"),
                    Map.entry("Upgrade", "websocket"),
                    Map.entry("Sec-WebSocket-Version", "13"),
                    Map.entry("Sec-WebSocket-Key", WebSocketHandshake.key()),
                    Map.entry("Sec-WebSocket-Protocol", PROTOCOL)));
            ResponseHead head = connection.response();
            if (head.status() != 101) {
                String text = NodeErrors.text(connection.body(head, "GET"));
                connection.close();
                throw ApiException.internal("unable to upgrade connection: " + text);
            }
            return new WebSocketConnection(connection, WebSocketConnection.Role.CLIENT);
        } catch (IOException e) {
            connection.close();
            throw unreachable(address, e);
        }
    }

    /** The answer for a node that does not answer. */
    public static ApiException unreachable(Address address, IOException cause) {
        return ApiException.of(500, "InternalError", "error dialing backend: node \"" + address.node() + "\" at " + address.authority() + ": " + cause.getMessage());
    }

    private NodeTls tls() throws IOException {
        NodeTls present = tls;
        if (present == null) {
            present = NodeTls.read(pki);
            tls = present;
        }
        return present;
    }
}
