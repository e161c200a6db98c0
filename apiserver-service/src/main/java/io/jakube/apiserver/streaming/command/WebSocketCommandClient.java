package io.jakube.apiserver.streaming.command;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.streaming.CommandFlags;
import io.jakube.apiserver.streaming.wire.WebSocketConnection;
import io.jakube.apiserver.streaming.wire.WebSocketConnection.Message;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Channels in WebSocket messages: a channel byte and data, or in the base64 protocols a digit and base64 in text. */
final class WebSocketCommandClient implements CommandClient {
    private static final String V5 = "v5.channel.k8s.io";
    private static final String V4 = "v4.channel.k8s.io";
    private static final String V4_BASE64 = "v4.base64.channel.k8s.io";
    private static final String V1 = "channel.k8s.io";
    private static final String V1_BASE64 = "base64.channel.k8s.io";

    /** Subprotocols spoken; without any, a client gets {@code channel.k8s.io}. */
    static final Set<String> PROTOCOLS = Set.of(V5, V4, V4_BASE64, V1, V1_BASE64);

    private static final byte[] NOTHING = new byte[0];

    private final WebSocketConnection socket;
    private final CommandFlags flags;
    private final boolean base64;
    private final boolean halfClose;
    private final boolean statusObject;

    WebSocketCommandClient(WebSocketConnection socket, String protocol, CommandFlags flags) {
        this.socket = requireNonNull(socket, "socket is null");
        this.flags = requireNonNull(flags, "flags is null");
        base64 = protocol.equals(V4_BASE64) || protocol.equals(V1_BASE64);
        halfClose = protocol.equals(V5);
        statusObject = protocol.startsWith("v");
    }

    /** An empty message on the first channel written tells the client that the connection stands. */
    @Override
    public void open() throws IOException {
        send(flags.stdout() ? Channels.STDOUT : flags.stderr() ? Channels.STDERR : Channels.ERROR, NOTHING, 0, 0);
    }

    @Override
    public @Nullable Input read() throws IOException {
        while (true) {
            Message message = socket.read();
            if (message == null) {
                return null;
            }
            byte[] data = message.data();
            if (data.length == 0) {
                continue;
            }
            if (base64) {
                return new Input(data[0] - '0', decode(data), 0, false);
            }
            int channel = data[0] & 0xff;
            if (channel == Channels.CLOSE && halfClose) {
                if (data.length > 1) {
                    return new Input(data[1] & 0xff, NOTHING, 0, true);
                }
                continue;
            }
            return new Input(channel, data, 1, false);
        }
    }

    private static byte[] decode(byte[] data) throws IOException {
        try {
            return Base64.getDecoder().decode(Arrays.copyOfRange(data, 1, data.length));
        } catch (IllegalArgumentException e) {
            throw new IOException("malformed base64 from the client", e);
        }
    }

    @Override
    public void write(int channel, byte[] data, int offset, int length) throws IOException {
        if (length > 0) {
            send(channel, data, offset, length);
        }
    }

    @Override
    public void status(byte[] status) throws IOException {
        byte[] text = statusObject ? status : StatusText.of(status);
        write(Channels.ERROR, text, 0, text.length);
    }

    private void send(int channel, byte[] data, int offset, int length) throws IOException {
        byte[] content = base64 ? Base64.getEncoder().encode(Arrays.copyOfRange(data, offset, offset + length)) : data;
        int from = base64 ? 0 : offset;
        int count = base64 ? content.length : length;
        byte[] message = new byte[count + 1];
        message[0] = (byte) (base64 ? '0' + channel : channel);
        System.arraycopy(content, from, message, 1, count);
        if (base64) {
            socket.writeText(message, 0, message.length);
        } else {
            socket.writeBinary(message, 0, message.length);
        }
    }

    @Override
    public void finish() throws IOException {
        socket.sendClose(WebSocketConnection.NORMAL, "");
    }
}
