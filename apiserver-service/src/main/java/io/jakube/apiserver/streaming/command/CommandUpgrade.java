package io.jakube.apiserver.streaming.command;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.http.UpgradeHandler;
import io.jakube.apiserver.registry.ObjectStore;
import io.jakube.apiserver.request.ApiRequest;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.apiserver.streaming.CommandFlags;
import io.jakube.apiserver.streaming.ConnectGuard;
import io.jakube.apiserver.streaming.PodTarget;
import io.jakube.apiserver.streaming.node.Nodes;
import io.jakube.apiserver.streaming.upgrade.Upgrades;
import io.jakube.apiserver.streaming.wire.SpdySession;
import io.jakube.apiserver.streaming.wire.WebSocketConnection;
import io.jakube.apiserver.streaming.wire.WebSocketConnection.Role;
import io.jakube.common.api.GroupResource;
import io.jakube.common.status.ApiException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/** {@code pods/exec} and {@code pods/attach}, over WebSocket and over SPDY. The connection to the node stands before the client's is upgraded. */
public final class CommandUpgrade implements UpgradeHandler {
    private static final Set<String> SUBRESOURCES = Set.of("exec", "attach");

    private final ObjectStore objects;
    private final Nodes nodes;
    private final ConnectGuard guard;

    public CommandUpgrade(ObjectStore objects, Nodes nodes, ConnectGuard guard) {
        this.objects = requireNonNull(objects, "objects is null");
        this.nodes = requireNonNull(nodes, "nodes is null");
        this.guard = requireNonNull(guard, "guard is null");
    }

    @Override
    public boolean handles(RequestContext context) {
        RequestInfo info = context.info();
        return info.resourceRequest() && info.group().isEmpty() && info.resource().equals("pods") && SUBRESOURCES.contains(info.subresource());
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
            throw ApiException.methodNotSupported(GroupResource.core("pods/" + info.subresource()), info.verb());
        }
        if (webSocket) {
            Upgrades.requireHandshake(asked);
            guard.requireCreate(context);
        }
        String protocol = webSocket ? Upgrades.subprotocol(asked, WebSocketCommandClient.PROTOCOLS) : Upgrades.streamProtocol(asked, SpdyCommandClient.PROTOCOLS);
        guard.admit(context, info.subresource().equals("exec") ? "PodExecOptions" : "PodAttachOptions");
        CommandFlags flags = CommandFlags.of(asked);
        WebSocketConnection node = connect(asked, info, flags);
        try {
            if (webSocket) {
                Upgrades.webSocket(asked, request, response, protocol,
                        connection -> new CommandRelay(connection, new WebSocketCommandClient(new WebSocketConnection(connection, Role.SERVER), protocol, flags), node).run());
            } else {
                Upgrades.spdy(request, response, protocol, connection -> new CommandRelay(connection, new SpdyCommandClient(new SpdySession(connection), protocol, flags), node).run());
            }
        } catch (IOException | ServletException | RuntimeException e) {
            node.close();
            throw e;
        }
    }

    private WebSocketConnection connect(ApiRequest asked, RequestInfo info, CommandFlags flags) {
        if (!flags.stdin() && !flags.stdout() && !flags.stderr()) {
            throw ApiException.badRequest("you must specify at least 1 of stdin, stdout, stderr");
        }
        PodTarget pod = PodTarget.find(objects, info.namespace(), info.name());
        String container = pod.container(asked.queryParameter("container").orElse(""));
        StringBuilder target = new StringBuilder().append('/').append(info.subresource()).append('/').append(pod.namespace()).append('/').append(pod.name()).append('/').append(container)
                .append('?').append(flags.query());
        if (info.subresource().equals("exec")) {
            for (String word : asked.query().getOrDefault("command", List.of())) {
                target.append("&command=").append(URLEncoder.encode(word, StandardCharsets.UTF_8));
            }
        }
        return nodes.webSocket(nodes.address(pod.requireNode()), target.toString());
    }
}
