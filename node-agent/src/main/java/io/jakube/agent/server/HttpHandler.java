package io.jakube.agent.server;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.streaming.StreamBridge;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.handler.ssl.SslHandler;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks who asks, finds what is asked for, and answers; WebSocket requests hand the connection over to a {@link StreamBridge}. */
final class HttpHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(HttpHandler.class);
    private static final int MAX_FRAME = 1 << 20;
    private static final String SUBPROTOCOLS = "v5.channel.k8s.io,v4.channel.k8s.io";
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";

    private final Requests requests;

    HttpHandler(Requests requests) {
        super(false);
        this.requests = requireNonNull(requests, "requests is null");
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
        String path = new QueryStringDecoder(request.uri()).path();
        if (path.equals("/healthz")) {
            request.release();
            answer(ctx.channel(), HttpResponseStatus.OK, TEXT, "ok".getBytes(StandardCharsets.US_ASCII));
            return;
        }
        Optional<String> client = ClientCheck.commonName(ctx.pipeline().get(SslHandler.class).engine().getSession());
        if (client.isEmpty()) {
            request.release();
            answer(ctx.channel(), HttpResponseStatus.UNAUTHORIZED, TEXT, "Unauthorized".getBytes(StandardCharsets.US_ASCII));
            return;
        }
        if (!client.get().equals(ClientCheck.ALLOWED)) {
            request.release();
            String text = "Forbidden (user=" + client.get() + ", path=" + path + "): only the API server may use this server";
            answer(ctx.channel(), HttpResponseStatus.FORBIDDEN, TEXT, text.getBytes(StandardCharsets.UTF_8));
            return;
        }
        Thread.ofVirtual().name("request").start(() -> serve(ctx, request, path));
    }

    private void serve(ChannelHandlerContext ctx, FullHttpRequest request, String path) {
        Channel channel = ctx.channel();
        try {
            Query query = new Query(request.uri());
            List<String> parts = List.of(path.substring(1).split("/", -1));
            String kind = parts.getFirst();
            switch (kind) {
                case "pods" -> answer(channel, HttpResponseStatus.OK, JSON, requests.podList());
                case "stats" -> answer(channel, HttpResponseStatus.OK, JSON, requests.summary());
                case "metrics" -> answer(channel, HttpResponseStatus.OK, "text/plain; version=0.0.4; charset=utf-8", requests.metrics().getBytes(StandardCharsets.UTF_8));
                case "containerLogs" -> {
                    requireParts(parts, 4);
                    requireMethod(request, HttpMethod.GET);
                    requests.logs(channel, parts.get(1), parts.get(2), parts.get(3), query);
                }
                case "exec" -> {
                    requireParts(parts, 4);
                    upgrade(ctx, request, requests.exec(parts.get(1), parts.get(2), parts.get(3), query));
                    return;
                }
                case "attach" -> {
                    requireParts(parts, 4);
                    upgrade(ctx, request, requests.attach(parts.get(1), parts.get(2), parts.get(3), query));
                    return;
                }
                case "portForward" -> {
                    requireParts(parts, 3);
                    upgrade(ctx, request, requests.portForward(parts.get(1), parts.get(2), query));
                    return;
                }
                default -> throw PlainError.notFound("404 page not found");
            }
            request.release();
        } catch (PlainError e) {
            request.release();
            answer(channel, e.status(), TEXT, e.getMessage().getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeFailure e) {
            request.release();
            HttpResponseStatus status = e.isNotFound() ? HttpResponseStatus.NOT_FOUND : HttpResponseStatus.INTERNAL_SERVER_ERROR;
            answer(channel, status, TEXT, e.getMessage().getBytes(StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            request.release();
            LOG.error("Request {} failed", path, e);
            answer(channel, HttpResponseStatus.INTERNAL_SERVER_ERROR, TEXT, "internal error of the node agent".getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** Hands the connection over on its event loop. */
    private static void upgrade(ChannelHandlerContext ctx, FullHttpRequest request, StreamBridge bridge) throws PlainError {
        if (!HttpHeaderValues.WEBSOCKET.contentEqualsIgnoreCase(String.valueOf(request.headers().get(HttpHeaderNames.UPGRADE)))) {
            throw PlainError.badRequest("this request must be upgraded to a WebSocket");
        }
        ctx.channel().eventLoop().execute(() -> {
            WebSocketServerHandshaker handshaker = new WebSocketServerHandshakerFactory(request.uri(), SUBPROTOCOLS, false, MAX_FRAME).newHandshaker(request);
            if (handshaker == null) {
                request.release();
                WebSocketServerHandshakerFactory.sendUnsupportedVersionResponse(ctx.channel());
                return;
            }
            ctx.pipeline().remove(HttpObjectAggregator.class);
            handshaker.handshake(ctx.channel(), request).addListener(done -> {
                request.release();
                if (done.isSuccess()) {
                    ctx.pipeline().replace(HttpHandler.class, "bridge", bridge);
                } else {
                    ctx.close();
                }
            });
        });
    }

    private static void answer(Channel channel, HttpResponseStatus status, String contentType, byte[] body) {
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType).setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        channel.writeAndFlush(response);
    }

    private static void requireParts(List<String> parts, int count) throws PlainError {
        if (parts.size() != count || parts.stream().anyMatch(String::isEmpty)) {
            throw PlainError.notFound("404 page not found");
        }
    }

    private static void requireMethod(FullHttpRequest request, HttpMethod method) throws PlainError {
        if (!request.method().equals(method)) {
            throw new PlainError(HttpResponseStatus.METHOD_NOT_ALLOWED, "only " + method + " is allowed here");
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOG.debug("Connection of {}: {}", ctx.channel().remoteAddress(), cause.toString());
        ctx.close();
    }
}
