package io.jakube.apiserver.streaming.wire;

import static java.util.Objects.requireNonNull;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyGoAwayFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdyRstStreamFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynReplyFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyPingFrame;
import io.netty.handler.codec.spdy.SpdyRstStreamFrame;
import io.netty.handler.codec.spdy.SpdySessionStatus;
import io.netty.handler.codec.spdy.SpdyStreamStatus;
import io.netty.handler.codec.spdy.SpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyVersion;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The server's end of a SPDY/3.1 connection whose streams the client opens, as Kubernetes' clients use it. One thread reads; any thread writes. Pings are
 * answered by the reading thread.
 *
 * <p>SPDY's flow control is not used: the library of those clients neither sends nor heeds window updates. TCP holds back a fast sender, for all streams
 * together.
 */
public final class SpdySession {
    private static final int MAX_CHUNK = 64 * 1024;
    private static final int MAX_HEADER = 64 * 1024;
    private static final int COMPRESSION = 6;
    private static final int WINDOW_BITS = 15;
    private static final int MEMORY_LEVEL = 8;
    private static final int BUFFER = 32 * 1024;

    private final InputStream in;
    private final OutputStream out;
    private final EmbeddedChannel decoder = codec();
    private final EmbeddedChannel encoder = codec();
    private final ReentrantLock writing = new ReentrantLock();
    private final byte[] buffer = new byte[BUFFER];
    private int lastStream;

    /** What the client did. */
    public sealed interface Event {
        int stream();
    }

    /** A new stream. @param headers names in lower case */
    public record Opened(int stream, Map<String, String> headers, boolean last) implements Event {}

    /** Data of a stream. @param last whether the client's half of the stream ends with it */
    public record Data(int stream, byte[] data, boolean last) implements Event {}

    /** The client gave up a stream. */
    public record Reset(int stream) implements Event {}

    public SpdySession(Duplex connection) {
        requireNonNull(connection, "connection is null");
        in = connection.in();
        out = connection.out();
    }

    private static EmbeddedChannel codec() {
        EmbeddedChannel channel = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1, MAX_CHUNK, MAX_HEADER, COMPRESSION, WINDOW_BITS, MEMORY_LEVEL));
        channel.config().setAllocator(UnpooledByteBufAllocator.DEFAULT);
        return channel;
    }

    /** Waits for the client. @return null at the end of the connection */
    public @Nullable Event read() throws IOException {
        while (true) {
            Object frame = decoder.readInbound();
            if (frame == null) {
                int count = in.read(buffer);
                if (count < 0) {
                    return null;
                }
                try {
                    decoder.writeInbound(Unpooled.copiedBuffer(buffer, 0, count));
                } catch (RuntimeException e) {
                    throw new IOException("malformed SPDY frame: " + e.getMessage(), e);
                }
                continue;
            }
            try {
                Event event = event(frame);
                if (event != null) {
                    return event;
                }
            } finally {
                ReferenceCountUtil.release(frame);
            }
        }
    }

    private @Nullable Event event(Object frame) throws IOException {
        return switch (frame) {
            case SpdyDataFrame data -> {
                byte[] bytes = new byte[data.content().readableBytes()];
                data.content().readBytes(bytes);
                yield new Data(data.streamId(), bytes, data.isLast());
            }
            case SpdySynStreamFrame opened -> {
                if (opened.isInvalid() || opened.isTruncated()) {
                    throw new IOException("malformed SPDY headers");
                }
                lastStream = Math.max(lastStream, opened.streamId());
                Map<String, String> headers = new HashMap<>();
                opened.headers().forEach(header -> headers.putIfAbsent(header.getKey().toString().toLowerCase(Locale.ROOT), header.getValue().toString()));
                yield new Opened(opened.streamId(), headers, opened.isLast());
            }
            case SpdyRstStreamFrame reset -> new Reset(reset.streamId());
            case SpdyPingFrame ping -> {
                send(new DefaultSpdyPingFrame(ping.id()));
                yield null;
            }
            default -> null;
        };
    }

    /** Accepts a stream. The reply carries a header since the codec leaves out an empty header block, for which Go's clients wait for ever. */
    public void accept(int stream) throws IOException {
        DefaultSpdySynReplyFrame reply = new DefaultSpdySynReplyFrame(stream);
        reply.headers().set(":status", "200");
        send(reply);
    }

    public void data(int stream, byte[] data, int offset, int length) throws IOException {
        send(new DefaultSpdyDataFrame(stream, Unpooled.wrappedBuffer(data, offset, length)));
    }

    /** Ends the server's half of a stream. */
    public void end(int stream) throws IOException {
        send(new DefaultSpdyDataFrame(stream, Unpooled.EMPTY_BUFFER).setLast(true));
    }

    /** Refuses or gives up a stream. */
    public void reset(int stream) throws IOException {
        send(new DefaultSpdyRstStreamFrame(stream, SpdyStreamStatus.CANCEL));
    }

    /** Says that no more streams are accepted. */
    public void goAway() throws IOException {
        send(new DefaultSpdyGoAwayFrame(lastStream, SpdySessionStatus.OK));
    }

    private void send(SpdyFrame frame) throws IOException {
        writing.lock();
        try {
            encoder.writeOutbound(frame);
            for (ByteBuf encoded = encoder.readOutbound(); encoded != null; encoded = encoder.readOutbound()) {
                byte[] bytes = new byte[encoded.readableBytes()];
                encoded.readBytes(bytes);
                encoded.release();
                out.write(bytes);
            }
            out.flush();
        } finally {
            writing.unlock();
        }
    }
}
