package io.jakube.agent.streaming;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Joins one WebSocket of the API server to one SPDY connection of the runtime: each channel is a stream. Runs on the WebSocket's event loop, which
 * the SPDY connection shares. Either side that cannot take more makes the other stop reading. When all streams that carry output have ended, or the
 * runtime closes, the WebSocket is closed; when the WebSocket goes, so does the connection.
 */
public final class StreamBridge extends SimpleChannelInboundHandler<WebSocketFrame> implements SpdyListener {
    private static final int MAX_FRAME = 64 * 1024;
    private static final int NORMAL = 1000;

    private final URI address;
    private final String protocol;
    private final Map<Integer, Map<String, String>> wanted;
    private final Set<Integer> outputs;
    private final int errorChannel;
    private final boolean signalsEnd;
    private final Map<Integer, Integer> streamOf = new HashMap<>();
    private final Map<Integer, Integer> channelOf = new HashMap<>();
    private final Set<Integer> open = new HashSet<>();
    private final Queue<ByteBuf> early = new ArrayDeque<>();
    private @Nullable ChannelHandlerContext socket;
    private @Nullable SpdyConnection runtime;
    private boolean closing;

    private StreamBridge(
            URI address, String protocol, Map<Integer, Map<String, String>> wanted, Set<Integer> outputs, int errorChannel, boolean signalsEnd) {
        super(true);
        this.address = requireNonNull(address, "address is null");
        this.protocol = protocol;
        this.wanted = wanted;
        this.outputs = outputs;
        this.errorChannel = errorChannel;
        this.signalsEnd = signalsEnd;
    }

    /** For exec and attach. @param address from CRI's Exec or Attach */
    public static StreamBridge command(URI address, boolean stdin, boolean stdout, boolean stderr, boolean tty) {
        Map<Integer, Map<String, String>> streams = new LinkedHashMap<>();
        streams.put(ChannelFrames.ERROR, Map.of("streamtype", "error"));
        if (stdin) {
            streams.put(ChannelFrames.STDIN, Map.of("streamtype", "stdin"));
        }
        if (stdout) {
            streams.put(ChannelFrames.STDOUT, Map.of("streamtype", "stdout"));
        }
        if (stderr && !tty) {
            streams.put(ChannelFrames.STDERR, Map.of("streamtype", "stderr"));
        }
        if (tty) {
            streams.put(ChannelFrames.RESIZE, Map.of("streamtype", "resize"));
        }
        Set<Integer> outputs = new HashSet<>(Set.of(ChannelFrames.ERROR, ChannelFrames.STDOUT, ChannelFrames.STDERR));
        outputs.retainAll(streams.keySet());
        return new StreamBridge(address, "v4.channel.k8s.io", streams, outputs, ChannelFrames.ERROR, false);
    }

    /** For one forwarded connection. @param address from CRI's PortForward */
    public static StreamBridge portForward(URI address, int port) {
        String number = Integer.toString(port);
        Map<Integer, Map<String, String>> streams = new LinkedHashMap<>();
        streams.put(1, Map.of("streamtype", "error", "port", number, "requestid", "0"));
        streams.put(0, Map.of("streamtype", "data", "port", number, "requestid", "0"));
        return new StreamBridge(address, "portforward.k8s.io", streams, Set.of(0, 1), 1, true);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        socket = ctx;
        SpdyConnection.open(address, protocol, ctx.channel().eventLoop(), this);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
        switch (frame) {
            case BinaryWebSocketFrame data -> input(data.content());
            case TextWebSocketFrame data -> input(data.content());
            case ContinuationWebSocketFrame data -> input(data.content());
            case PingWebSocketFrame ping -> ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
            case CloseWebSocketFrame close -> ctx.writeAndFlush(close.retain()).addListener(ChannelFutureListener.CLOSE);
            default -> { }
        }
    }

    private void input(ByteBuf data) {
        if (runtime == null) {
            early.add(data.retain());
            return;
        }
        if (!data.isReadable()) {
            return;
        }
        int channel = data.readUnsignedByte();
        if (channel == ChannelFrames.CLOSE) {
            Integer stream = data.isReadable() ? streamOf.get((int) data.readUnsignedByte()) : null;
            if (stream != null) {
                runtime.finish(stream);
            }
            return;
        }
        Integer stream = streamOf.get(channel);
        if (stream != null && (channel == ChannelFrames.STDIN || channel == ChannelFrames.RESIZE) && data.isReadable()) {
            SpdyConnection target = runtime;
            target.send(stream, data.retainedSlice()).addListener(sent -> resume(target));
            if (!target.isWritable() && socket != null) {
                socket.channel().config().setAutoRead(false);
            }
        }
    }

    private void resume(SpdyConnection target) {
        if (socket != null && target.isWritable()) {
            socket.channel().config().setAutoRead(true);
        }
    }

    @Override
    public void onOpen(SpdyConnection connection) {
        runtime = connection;
        wanted.forEach((channel, headers) -> {
            int stream = connection.openStream(headers);
            streamOf.put(channel, stream);
            channelOf.put(stream, channel);
            open.add(channel);
        });
        if (errorChannel == 1) {
            connection.finish(streamOf.get(errorChannel));
        }
        for (ByteBuf data = early.poll(); data != null; data = early.poll()) {
            input(data);
            data.release();
        }
        if (socket == null || !socket.channel().isActive()) {
            connection.close();
        }
    }

    @Override
    public void onData(int streamId, ByteBuf data, boolean last) {
        Integer channel = channelOf.get(streamId);
        if (channel == null || socket == null) {
            return;
        }
        while (data.isReadable()) {
            socket.write(ChannelFrames.frame(channel, data.readSlice(Math.min(MAX_FRAME, data.readableBytes()))));
        }
        socket.flush();
        if (!socket.channel().isWritable() && runtime != null) {
            runtime.setReading(false);
        }
        if (last) {
            ended(channel);
        }
    }

    @Override
    public void onReset(int streamId) {
        Integer channel = channelOf.get(streamId);
        if (channel != null) {
            ended(channel);
        }
    }

    private void ended(int channel) {
        if (open.remove(channel) && signalsEnd && channel == 0 && socket != null) {
            socket.writeAndFlush(ChannelFrames.end(channel));
        }
        if (outputs.stream().noneMatch(open::contains)) {
            closeSocket("");
        }
    }

    @Override
    public void onClose(String problem) {
        closeSocket(problem);
    }

    private void closeSocket(String problem) {
        if (closing || socket == null) {
            return;
        }
        closing = true;
        if (!problem.isEmpty()) {
            socket.write(ChannelFrames.text(errorChannel, errorChannel == ChannelFrames.ERROR ? failure(problem) : problem));
        }
        socket.writeAndFlush(new CloseWebSocketFrame(NORMAL, "")).addListener(ChannelFutureListener.CLOSE);
        if (runtime != null) {
            runtime.close();
        }
    }

    private static String failure(String problem) {
        return io.jakube.common.json.Json.object()
                .put("kind", "Status")
                .put("apiVersion", "v1")
                .put("status", "Failure")
                .put("message", problem)
                .put("reason", "InternalError")
                .put("code", 500)
                .toString();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (runtime != null) {
            runtime.setReading(ctx.channel().isWritable());
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        closing = true;
        early.forEach(ByteBuf::release);
        early.clear();
        if (runtime != null) {
            runtime.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
