package io.jakube.apiserver.streaming.forward;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.http.UpgradeHandler;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.streaming.ConnectGuard;
import io.jakube.apiserver.streaming.PodTarget;
import io.jakube.apiserver.streaming.node.Nodes;
import io.jakube.apiserver.streaming.upgrade.Upgrades;
import io.jakube.apiserver.streaming.wire.Duplex;
import io.jakube.apiserver.streaming.wire.SpdySession;
import io.jakube.apiserver.streaming.wire.WebSocketConnection;
import io.jakube.apiserver.streaming.wire.WebSocketConnection.Role;
import io.jakube.apiserver.streaming.wire.WebSocketTunnel;
import io.jakube.common.api.GroupResource;
import io.jakube.common.status.ApiException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;

/** {@code pods/portforward}: SPDY, SPDY inside a WebSocket, and WebSocket channels. */
public final class ForwardUpgrade implements UpgradeHandler {
    private static final String SPDY = "portforward.k8s.io";
    private static final String TUNNEL = "SPDY/3.1+portforward.k8s.io";
    private static final String BASE64 = "v4.base64.channel.k8s.io";
    private static final Set<String> WEBSOCKET_PROTOCOLS = Set.of(TUNNEL, "v4.channel.k8s.io", BASE64);
    private static final int MAX_PORT = 65_535;

    private final ObjectStore objects;
    private final Nodes nodes;
    private final ConnectGuard guard;

    public ForwardUpgrade(ObjectStore objects, Nodes nodes, ConnectGuard guard) {
        this.objects = requireNonNull(objects, "objects is null");
        this.nodes = requireNonNull(nodes, "nodes is null");
        this.guard = requireNonNull(guard, "guard is null");
    }

    @Override
    public boolean handles(RequestContext context) {
        RequestInfo info = context.info();
        return info.resourceRequest() && info.group().isEmpty() && info.resource().equals("pods") && info.subresource().equals("portforward");
    }

    @Override
    public void upgrade(RequestContext context, HttpServletRequest request, HttpServletResponse response, FilterChain chain) throws IOException, ServletException {
        ApiRequest asked = context.request();
        RequestInfo info = context.info();
        boolean webSocket = Upgrades.isWebSocket(asked);
        if (!webSocket && !Upgrades.isSpdy(asked)) {
            throw ApiException.badRequest("Upgrade request required: websocket or " + Upgrades.SPDY);
        }
        if (!info.verb().equals("get") && !info.verb().equals("create")) {
            throw ApiException.methodNotSupported(GroupResource.core("pods/portforward"), info.verb());
        }
        if (webSocket) {
            Upgrades.requireHandshake(asked);
            guard.requireCreate(context);
        }
        String protocol = webSocket ? Upgrades.subprotocol(asked, WEBSOCKET_PROTOCOLS) : Upgrades.streamProtocol(asked, Set.of(SPDY));
        guard.admit(context, "PodPortForwardOptions");
        PodTarget pod = PodTarget.find(objects, info.namespace(), info.name());
        Nodes.Address address = nodes.address(pod.requireNode());
        BiFunction<Integer, NodeForward.Sink, NodeForward> connector = (port, sink) -> new NodeForward(nodes, address, pod.namespace(), pod.name(), port, sink);
        if (!webSocket) {
            Upgrades.spdy(request, response, SPDY, connection -> new SpdyForwarding(new SpdySession(connection), connector).run());
        } else if (protocol.equals(TUNNEL)) {
            Upgrades.webSocket(asked, request, response, protocol,
                    connection -> new SpdyForwarding(new SpdySession(new WebSocketTunnel(server(connection))), connector).run());
        } else {
            List<Integer> ports = ports(asked);
            Upgrades.webSocket(asked, request, response, protocol, connection -> new ChannelForwarding(server(connection), protocol.equals(BASE64), ports, connector).run());
        }
    }

    private static WebSocketConnection server(Duplex connection) {
        return new WebSocketConnection(connection, Role.SERVER);
    }

    private static List<Integer> ports(ApiRequest asked) {
        List<Integer> ports = new ArrayList<>();
        for (String value : asked.query().getOrDefault("ports", List.of())) {
            for (String text : value.split(",")) {
                try {
                    int port = Integer.parseInt(text.strip());
                    if (port < 1 || port > MAX_PORT) {
                        throw ApiException.badRequest("unable to parse \"" + text + "\" as a port: must be between 1 and " + MAX_PORT);
                    }
                    ports.add(port);
                } catch (NumberFormatException e) {
                    throw ApiException.badRequest("unable to parse \"" + text + "\" as a port: invalid syntax");
                }
            }
        }
        if (ports.isEmpty()) {
            throw ApiException.badRequest("query parameter \"ports\" is required");
        }
        return ports;
    }
}
