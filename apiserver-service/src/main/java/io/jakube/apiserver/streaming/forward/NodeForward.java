package io.jakube.apiserver.streaming.forward;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.streaming.node.Nodes;
import io.jakube.apiserver.streaming.wire.BytePipe;
import io.jakube.apiserver.streaming.wire.WebSocketConnection;
import io.jakube.apiserver.streaming.wire.WebSocketConnection.Message;
import io.jakube.common.status.ApiException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One forwarded connection: a WebSocket to the pod's node, fed from a pipe, so that a connection whose target does not read holds up no other of the same
 * client until the pipe is full. Input comes by {@link #input}, output goes to the {@link Sink}; two virtual threads carry the bytes.
 */
final class NodeForward {
    private static final Logger LOG = LoggerFactory.getLogger(NodeForward.class);
    private static final int CAPACITY = 1 << 20;
    private static final int MAX_FRAME = 512 * 1024;
    private static final int DATA = 0;
    private static final int ERROR = 1;
    private static final int CLOSE = 255;

    private final Nodes nodes;
    private final Nodes.Address address;
    private final String target;
    private final Sink sink;
    private final BytePipe pipe = new BytePipe(CAPACITY);

    /** Where a forwarded connection's output goes. */
    interface Sink {
        void data(byte[] data, int offset, int length) throws IOException;

        /** Says what went wrong; nothing but {@link #end} follows. */
        void error(String text) throws IOException;

        /** The target sends no more, and may still take more. Called at most once. */
        void endData() throws IOException;

        /** The connection is over. Called once, also after an error. */
        void end() throws IOException;
    }

    NodeForward(Nodes nodes, Nodes.Address address, String namespace, String pod, int port, Sink sink) {
        this.nodes = requireNonNull(nodes, "nodes is null");
        this.address = requireNonNull(address, "address is null");
        this.target = "/portForward/" + namespace + "/" + pod + "?port=" + port;
        this.sink = requireNonNull(sink, "sink is null");
    }

    void start() {
        Thread.ofVirtual().name("forward").start(this::run);
    }

    /** Bytes for the target, which are handed over. Waits while too many are on their way. */
    void input(byte[] data) throws IOException {
        try {
            pipe.put(data);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /** The client sends no more. */
    void endInput() {
        pipe.end(null);
    }

    /** The client has gone: nothing more is sent either way. */
    void abort() {
        pipe.end(new IOException("the client has gone"));
    }

    private void run() {
        try {
            try (WebSocketConnection node = nodes.webSocket(address, target)) {
                Thread.ofVirtual().name("forward-input").start(() -> send(node));
                receive(node);
            } catch (ApiException e) {
                sink.error(e.getMessage());
            }
            sink.end();
        } catch (IOException e) {
            LOG.debug("a forwarded connection's client left: {}", e.getMessage());
        } finally {
            pipe.abandon();
        }
    }

    private void send(WebSocketConnection node) {
        try {
            for (byte[] data = pipe.take(); data != null; data = pipe.take()) {
                for (int at = 0; at < data.length; at += MAX_FRAME) {
                    int count = Math.min(MAX_FRAME, data.length - at);
                    byte[] frame = new byte[count + 1];
                    frame[0] = DATA;
                    System.arraycopy(data, at, frame, 1, count);
                    node.writeBinary(frame, 0, frame.length);
                }
            }
            node.writeBinary(new byte[] {(byte) CLOSE, DATA}, 0, 2);
        } catch (IOException e) {
            LOG.debug("a forwarded connection's input ended: {}", e.getMessage());
            node.close();
        }
    }

    /** Ends when the target has sent all. @throws IOException when the client cannot be written to */
    private void receive(WebSocketConnection node) throws IOException {
        while (true) {
            Message message;
            try {
                message = node.read();
            } catch (IOException e) {
                LOG.debug("a forwarded connection broke: {}", e.getMessage());
                return;
            }
            if (message == null) {
                return;
            }
            byte[] data = message.data();
            if (data.length == 0) {
                continue;
            }
            switch (data[0] & 0xff) {
                case DATA -> sink.data(data, 1, data.length - 1);
                case ERROR -> {
                    if (data.length > 1) {
                        sink.error(new String(data, 1, data.length - 1, StandardCharsets.UTF_8));
                    }
                }
                case CLOSE -> sink.endData();
                default -> { }
            }
        }
    }
}
