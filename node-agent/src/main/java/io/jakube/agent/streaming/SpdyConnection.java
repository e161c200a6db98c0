package io.jakube.agent.streaming;

import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import java.util.Map;

/**
 * A SPDY/3.1 connection to the runtime's streaming server, as CRI's Exec, Attach and PortForward expect it.
 *
 * <p>SPDY's window-based flow control is not used: the library on the other side neither sends nor heeds window updates. TCP holds back a fast
 * sender instead, per connection; {@link #setReading} stops reading. Everything happens on one event loop.
 */
final class SpdyConnection {
    private final Channel channel;
    private int nextStreamId = 1;

    private SpdyConnection(Channel channel) {
        this.channel = channel;
    }

    /**
     * Connects and upgrades.
     *
     * @param protocol the value of {@code X-Stream-Protocol-Version}
     */
    static void open(URI address, String protocol, EventLoop loop, SpdyListener listener) {
        requireNonNull(address, "address is null");
        new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 10_000)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast("http", new HttpClientCodec()).addLast("upgrade", new Upgrade(address, protocol, listener));
                    }
                })
                .connect(address.getHost(), address.getPort())
                .addListener((ChannelFuture connected) -> {
                    if (!connected.isSuccess()) {
                        listener.onClose("the runtime's streaming server does not answer: " + connected.cause().getMessage());
                    }
                });
    }

    /** Opens a stream and returns its id. */
    int openStream(Map<String, String> headers) {
        int id = nextStreamId;
        nextStreamId += 2;
        DefaultSpdySynStreamFrame frame = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
        headers.forEach((name, value) -> frame.headers().set(name, value));
        channel.writeAndFlush(frame);
        return id;
    }

    /** Sends data; takes over the buffer. */
    ChannelFuture send(int streamId, ByteBuf data) {
        return channel.writeAndFlush(new DefaultSpdyDataFrame(streamId, data));
    }

    /** Ends this side's half of a stream. */
    void finish(int streamId) {
        channel.writeAndFlush(new DefaultSpdyDataFrame(streamId, Unpooled.EMPTY_BUFFER).setLast(true));
    }

    void setReading(boolean reading) {
        channel.config().setAutoRead(reading);
    }

    boolean isWritable() {
        return channel.isWritable();
    }

    void close() {
        channel.close();
    }

    /** Waits for the runtime's 101 and then speaks SPDY. */
    private static final class Upgrade extends ChannelDuplexHandler {
        private final URI address;
        private final String protocol;
        private final SpdyListener listener;
        private boolean upgraded;

        Upgrade(URI address, String protocol, SpdyListener listener) {
            this.address = address;
            this.protocol = protocol;
            this.listener = listener;
        }

        @Override
        public void channelActive(ChannelHandlerContext ctx) {
            String target = address.getRawPath() + (address.getRawQuery() == null ? "" : "?" + address.getRawQuery());
            DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, target);
            request.headers()
                    .set(HttpHeaderNames.HOST, address.getAuthority())
                    .set(HttpHeaderNames.CONNECTION, "Upgrade")
                    .set(HttpHeaderNames.UPGRADE, "SPDY/3.1")
                    .set(HttpHeaderNames.CONTENT_LENGTH, 0)
                    .set("X-Stream-Protocol-Version", protocol);
            ctx.writeAndFlush(request);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                if (!upgraded && message instanceof HttpResponse response) {
                    if (!response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
                        listener.onClose("the runtime's streaming server answers " + response.status());
                        upgraded = true;
                        ctx.close();
                        return;
                    }
                    upgraded = true;
                    SpdyConnection connection = new SpdyConnection(ctx.channel());
                    ctx.pipeline().addLast("spdy", new SpdyFrameCodec(SpdyVersion.SPDY_3_1)).addLast("streams", new Streams(connection, listener));
                    ctx.pipeline().remove("http");
                    ctx.pipeline().remove(this);
                    listener.onOpen(connection);
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            if (!upgraded) {
                listener.onClose("the runtime's streaming server closed the connection");
            }
        }
    }

    private static final class Streams extends ChannelDuplexHandler {
        private final SpdyConnection connection;
        private final SpdyListener listener;

        Streams(SpdyConnection connection, SpdyListener listener) {
            this.connection = connection;
            this.listener = listener;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            try {
                switch (message) {
                    case SpdyDataFrame data -> listener.onData(data.streamId(), data.content(), data.isLast());
                    case SpdySynStreamFrame unexpected -> listener.onReset(unexpected.streamId());
                    case SpdySynReplyFrame reply -> {
                        if (reply.isLast()) {
                            listener.onData(reply.streamId(), Unpooled.EMPTY_BUFFER, true);
                        }
                    }
                    case SpdyRstStreamFrame reset -> listener.onReset(reset.streamId());
                    case SpdyPingFrame ping -> connection.channel.writeAndFlush(new DefaultSpdyPingFrame(ping.id()));
                    default -> { }
                }
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            listener.onClose("");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            listener.onClose(String.valueOf(cause.getMessage()));
            ctx.close();
        }
    }
}
