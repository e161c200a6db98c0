package io.jakube.apiserver.streaming.wire;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * WebSocket messages on an upgraded connection (RFC 6455), without extensions. One thread reads; any thread writes, messages in the order of their
 * calls. Pings are answered by the reading thread.
 */
public final class WebSocketConnection implements AutoCloseable {
    /** Normal closure (RFC 6455 §7.4.1). */
    public static final int NORMAL = 1000;

    static final int PROTOCOL_ERROR = 1002;
    static final int TOO_BIG = 1009;
    static final int MAX_MESSAGE = 16 * 1024 * 1024;
    private static final int CONTINUATION = 0;
    private static final int TEXT = 1;
    private static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int FINAL = 0x80;
    private static final int MASKED = 0x80;

    private final Duplex connection;
    private final InputStream in;
    private final OutputStream out;
    private final boolean client;
    private final ReentrantLock writing = new ReentrantLock();
    private boolean closeSent;

    /** Which end of the connection this is: a client masks what it sends, a server demands masks. */
    public enum Role {
        CLIENT,
        SERVER
    }

    /**
     * A complete message.
     *
     * @param text whether it came as text
     */
    public record Message(boolean text, byte[] data) {}

    private record Header(boolean last, int opcode, long length, byte @Nullable [] mask) {}

    public WebSocketConnection(Duplex connection, Role role) {
        this.connection = requireNonNull(connection, "connection is null");
        this.in = connection.in();
        this.out = connection.out();
        this.client = role == Role.CLIENT;
    }

    /**
     * Waits for the next message. Fragments are joined.
     *
     * @return null when the peer has closed
     * @throws IOException when the connection breaks, or the peer breaks the protocol
     */
    public @Nullable Message read() throws IOException {
        @Nullable ByteArrayOutputStream joined = null;
        boolean text = false;
        while (true) {
            Header header = header();
            if (header == null) {
                return null;
            }
            if (header.opcode() >= CLOSE) {
                if (!control(header)) {
                    return null;
                }
                continue;
            }
            if ((header.opcode() == CONTINUATION) != (joined != null) || header.opcode() > BINARY) {
                throw violation(PROTOCOL_ERROR, "unexpected frame");
            }
            if (header.length() + (joined == null ? 0 : joined.size()) > MAX_MESSAGE) {
                throw violation(TOO_BIG, "message too big");
            }
            byte[] data = payload(header);
            if (joined == null) {
                text = header.opcode() == TEXT;
                if (header.last()) {
                    return new Message(text, data);
                }
                joined = new ByteArrayOutputStream();
            }
            joined.write(data);
            if (header.last()) {
                return new Message(text, joined.toByteArray());
            }
        }
    }

    /** Answers a control frame. @return false for the end */
    private boolean control(Header header) throws IOException {
        if (!header.last() || header.length() > 125) {
            throw violation(PROTOCOL_ERROR, "malformed control frame");
        }
        byte[] data = payload(header);
        switch (header.opcode()) {
            case PING -> write(PONG, data, 0, data.length);
            case PONG -> { }
            case CLOSE -> {
                sendClose(data.length >= 2 ? (data[0] & 0xff) << 8 | data[1] & 0xff : NORMAL, "");
                return false;
            }
            default -> throw violation(PROTOCOL_ERROR, "unknown frame");
        }
        return true;
    }

    private @Nullable Header header() throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        if ((first & 0x70) != 0) {
            throw violation(PROTOCOL_ERROR, "reserved bits are set");
        }
        int second = required();
        boolean masked = (second & MASKED) != 0;
        long length = second & 0x7f;
        if (length == 126) {
            length = required() << 8 | required();
        } else if (length == 127) {
            length = 0;
            for (int i = 0; i < 8; i++) {
                length = length << 8 | required();
            }
        }
        if (masked == client || length < 0) {
            throw violation(PROTOCOL_ERROR, client ? "a server must not mask frames" : "a client must mask frames");
        }
        return new Header((first & FINAL) != 0, first & 0xf, length, masked ? exactly(4) : null);
    }

    private int required() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException("the connection broke inside a frame");
        }
        return value;
    }

    private byte[] exactly(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the connection broke inside a frame");
        }
        return bytes;
    }

    private byte[] payload(Header header) throws IOException {
        byte[] data = exactly((int) header.length());
        byte[] mask = header.mask();
        if (mask != null) {
            for (int i = 0; i < data.length; i++) {
                data[i] ^= mask[i & 3];
            }
        }
        return data;
    }

    private IOException violation(int code, String reason) {
        try {
            sendClose(code, reason);
        } catch (IOException e) {
            return e;
        }
        return new IOException("WebSocket: " + reason);
    }

    public void writeBinary(byte[] data, int offset, int length) throws IOException {
        write(BINARY, data, offset, length);
    }

    public void writeText(byte[] data, int offset, int length) throws IOException {
        write(TEXT, data, offset, length);
    }

    private void write(int opcode, byte[] data, int offset, int length) throws IOException {
        int extended = length < 126 ? 0 : length < 1 << 16 ? 2 : 8;
        int head = 2 + extended + (client ? 4 : 0);
        byte[] frame = new byte[head + length];
        frame[0] = (byte) (FINAL | opcode);
        frame[1] = (byte) ((client ? MASKED : 0) | (extended == 0 ? length : extended == 2 ? 126 : 127));
        for (int i = 0; i < extended; i++) {
            frame[2 + i] = (byte) ((long) length >>> 8 * (extended - 1 - i));
        }
        System.arraycopy(data, offset, frame, head, length);
        if (client) {
            int mask = ThreadLocalRandom.current().nextInt();
            for (int i = 0; i < 4; i++) {
                frame[head - 4 + i] = (byte) (mask >>> 24 - 8 * i);
            }
            for (int i = 0; i < length; i++) {
                frame[head + i] ^= frame[head - 4 + (i & 3)];
            }
        }
        writing.lock();
        try {
            if (closeSent) {
                throw new IOException("the WebSocket has been closed");
            }
            closeSent = opcode == CLOSE;
            out.write(frame);
            out.flush();
        } finally {
            writing.unlock();
        }
    }

    /** Says that no more will be sent; the peer answers by closing, which ends {@link #read}. Does nothing the second time. */
    public void sendClose(int code, String reason) throws IOException {
        writing.lock();
        try {
            if (closeSent) {
                return;
            }
            byte[] text = reason.getBytes(StandardCharsets.UTF_8);
            byte[] data = new byte[2 + text.length];
            data[0] = (byte) (code >>> 8);
            data[1] = (byte) code;
            System.arraycopy(text, 0, data, 2, text.length);
            write(CLOSE, data, 0, data.length);
        } finally {
            writing.unlock();
        }
    }

    /** Drops the connection. */
    @Override
    public void close() {
        connection.close();
    }
}
