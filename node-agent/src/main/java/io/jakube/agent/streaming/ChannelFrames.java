package io.jakube.agent.streaming;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import java.nio.charset.StandardCharsets;

/** Frames of {@code v4.channel.k8s.io} and {@code v5.channel.k8s.io}: a channel byte, then data. */
final class ChannelFrames {
    static final int STDIN = 0;
    static final int STDOUT = 1;
    static final int STDERR = 2;
    static final int ERROR = 3;
    static final int RESIZE = 4;
    static final int CLOSE = 255;

    private ChannelFrames() {}

    /** Does not take over the buffer's reference. */
    static BinaryWebSocketFrame frame(int channel, ByteBuf data) {
        return new BinaryWebSocketFrame(Unpooled.wrappedBuffer(Unpooled.wrappedBuffer(new byte[] {(byte) channel}), data.retainedSlice()));
    }

    static BinaryWebSocketFrame text(int channel, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] all = new byte[bytes.length + 1];
        all[0] = (byte) channel;
        System.arraycopy(bytes, 0, all, 1, bytes.length);
        return new BinaryWebSocketFrame(Unpooled.wrappedBuffer(all));
    }

    static BinaryWebSocketFrame end(int channel) {
        return new BinaryWebSocketFrame(Unpooled.wrappedBuffer(new byte[] {(byte) CLOSE, (byte) channel}));
    }
}
