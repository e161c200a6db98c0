package io.jakube.apiserver.streaming.forward;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.streaming.wire.Duplex;
import io.jakube.apiserver.streaming.wire.WebSocketConnection;
import io.jakube.apiserver.streaming.wire.WebSocketConnection.Message;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code v4.channel.k8s.io} for port-forward: one connection per port of the query; port number i has the channels 2i for data and 2i+1 for errors, and
 * both begin with the port as two bytes, the lower first. The WebSocket ends when all connections have.
 */
final class ChannelForwarding {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelForwarding.class);

    private final WebSocketConnection socket;
    private final boolean base64;
    private final List<Integer> ports;
    private final BiFunction<Integer, NodeForward.Sink, NodeForward> connector;
    private final AtomicInteger open;

    ChannelForwarding(WebSocketConnection socket, boolean base64, List<Integer> ports, BiFunction<Integer, NodeForward.Sink, NodeForward> connector) {
        this.socket = requireNonNull(socket, "socket is null");
        this.base64 = base64;
        this.ports = List.copyOf(ports);
        this.connector = requireNonNull(connector, "connector is null");
        this.open = new AtomicInteger(ports.size());
    }

    /** Runs until the client leaves. */
    void run() {
        List<NodeForward> forwards = new ArrayList<>();
        try {
            for (int i = 0; i < ports.size(); i++) {
                int port = ports.get(i);
                byte[] number = {(byte) port, (byte) (port >>> 8)};
                send(2 * i, number, 0, number.length);
                send(2 * i + 1, number, 0, number.length);
                forwards.add(connector.apply(port, new Channel(2 * i)));
            }
            forwards.forEach(NodeForward::start);
            for (Message message = socket.read(); message != null; message = socket.read()) {
                byte[] data = message.data();
                if (data.length > 0) {
                    int channel = base64 ? data[0] - '0' : data[0] & 0xff;
                    if (channel >= 0 && channel % 2 == 0 && channel / 2 < forwards.size()) {
                        byte[] content = Arrays.copyOfRange(data, 1, data.length);
                        forwards.get(channel / 2).input(base64 ? Base64.getDecoder().decode(content) : content);
                    }
                }
            }
        } catch (IOException | IllegalArgumentException e) {
            LOG.debug("a port-forward's client left: {}", e.getMessage());
        } finally {
            forwards.forEach(NodeForward::abort);
        }
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

    private final class Channel implements NodeForward.Sink {
        private final int number;
        private boolean ended;

        Channel(int number) {
            this.number = number;
        }

        @Override
        public void data(byte[] data, int offset, int length) throws IOException {
            send(number, data, offset, length);
        }

        @Override
        public void error(String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            send(number + 1, bytes, 0, bytes.length);
        }

        /** The protocol cannot say that one direction has ended: the connection has. */
        @Override
        public void endData() throws IOException {
            end();
        }

        @Override
        public void end() throws IOException {
            if (ended) {
                return;
            }
            ended = true;
            if (open.decrementAndGet() == 0) {
                socket.sendClose(WebSocketConnection.NORMAL, "");
                Thread.ofVirtual().name("forward-linger").start(this::linger);
            }
        }

        /** The client answers a close by closing; one that does not is left. */
        private void linger() {
            try {
                Thread.sleep(Duplex.LINGER);
                socket.close();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
