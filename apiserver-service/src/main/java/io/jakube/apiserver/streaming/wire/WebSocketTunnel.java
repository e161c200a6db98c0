package io.jakube.apiserver.streaming.wire;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Bytes of another protocol in binary WebSocket messages, whose borders mean nothing (KEP-4006, port-forward). */
public final class WebSocketTunnel implements Duplex {
    private final WebSocketConnection socket;
    private final InputStream in = new Input();
    private final OutputStream out = new Output();

    public WebSocketTunnel(WebSocketConnection socket) {
        this.socket = requireNonNull(socket, "socket is null");
    }

    @Override
    public InputStream in() {
        return in;
    }

    @Override
    public OutputStream out() {
        return out;
    }

    @Override
    public void close() {
        socket.close();
    }

    private final class Input extends InputStream {
        private byte[] current = new byte[0];
        private int position;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            while (position == current.length) {
                WebSocketConnection.@Nullable Message message = socket.read();
                if (message == null) {
                    return -1;
                }
                current = message.data();
                position = 0;
            }
            int count = Math.min(length, current.length - position);
            System.arraycopy(current, position, target, offset, count);
            position += count;
            return count;
        }
    }

    private final class Output extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] data, int offset, int length) throws IOException {
            socket.writeBinary(data, offset, length);
        }
    }
}
