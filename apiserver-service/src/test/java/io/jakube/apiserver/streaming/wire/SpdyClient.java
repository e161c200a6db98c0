package io.jakube.apiserver.streaming.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.spdy.DefaultSpdyDataFrame;
import io.netty.handler.codec.spdy.DefaultSpdyPingFrame;
import io.netty.handler.codec.spdy.DefaultSpdySynStreamFrame;
import io.netty.handler.codec.spdy.SpdyDataFrame;
import io.netty.handler.codec.spdy.SpdyFrameCodec;
import io.netty.handler.codec.spdy.SpdyVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A SPDY client for tests. */
public final class SpdyClient {
    private final Duplex connection;
    private final EmbeddedChannel codec = new EmbeddedChannel(new SpdyFrameCodec(SpdyVersion.SPDY_3_1));
    private int next = 1;

    public SpdyClient(Duplex connection) {
        this.connection = connection;
    }

    public int open(Map<String, String> headers) throws IOException {
        int id = next;
        next += 2;
        DefaultSpdySynStreamFrame frame = new DefaultSpdySynStreamFrame(id, 0, (byte) 0);
        headers.forEach((name, value) -> frame.headers().set(name, value));
        send(frame);
        return id;
    }

    public void data(int stream, String text, boolean last) throws IOException {
        send(new DefaultSpdyDataFrame(stream, Unpooled.copiedBuffer(text, StandardCharsets.UTF_8)).setLast(last));
    }

    public void ping(int id) throws IOException {
        send(new DefaultSpdyPingFrame(id));
    }

    private void send(Object frame) throws IOException {
        codec.writeOutbound(frame);
        for (ByteBuf bytes = codec.readOutbound(); bytes != null; bytes = codec.readOutbound()) {
            bytes.readBytes(connection.out(), bytes.readableBytes());
            bytes.release();
        }
        connection.out().flush();
    }

    /** The next frame from the server, null at the end. */
    public Object read() throws IOException {
        for (Object frame = codec.readInbound(); ; frame = codec.readInbound()) {
            if (frame != null) {
                return frame;
            }
            byte[] buffer = new byte[4096];
            int count = connection.in().read(buffer);
            if (count < 0) {
                return null;
            }
            codec.writeInbound(Unpooled.copiedBuffer(buffer, 0, count));
        }
    }

    /** All text of a stream until its end; frames of others are dropped. */
    public String text(int stream) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Object frame = read(); frame != null; frame = read()) {
            if (frame instanceof SpdyDataFrame data && data.streamId() == stream) {
                text.append(data.content().toString(StandardCharsets.UTF_8));
                if (data.isLast()) {
                    return text.toString();
                }
            }
        }
        return text.toString();
    }
}
