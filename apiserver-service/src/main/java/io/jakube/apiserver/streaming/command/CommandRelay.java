package io.jakube.apiserver.streaming.command;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.streaming.command.CommandClient.Input;
import io.jakube.apiserver.streaming.wire.Duplex;
import io.jakube.apiserver.streaming.wire.WebSocketConnection;
import io.jakube.apiserver.streaming.wire.WebSocketConnection.Message;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins a command's client to its node: input on one virtual thread, output on the caller's. Either side that does not read makes the other wait. A client
 * that leaves takes the connection to the node with it, which ends the command's streams; a node that leaves without word gives the client a failure.
 */
final class CommandRelay {
    private static final Logger LOG = LoggerFactory.getLogger(CommandRelay.class);
    private static final int MAX_FRAME = 512 * 1024;

    /** As upstream's: how long a client may take to open the streams it announced. */
    private static final Duration OPENING = Duration.ofSeconds(30);

    private final Duplex connection;
    private final CommandClient client;
    private final WebSocketConnection node;

    /** @param connection the client's, which the client speaks over */
    CommandRelay(Duplex connection, CommandClient client, WebSocketConnection node) {
        this.connection = requireNonNull(connection, "connection is null");
        this.client = requireNonNull(client, "client is null");
        this.node = requireNonNull(node, "node is null");
    }

    /** Runs until the command or the client has ended. */
    void run() {
        try {
            Thread guard = Thread.ofVirtual().name("command-guard").start(this::limitOpening);
            client.open();
            guard.interrupt();
            Thread input = Thread.ofVirtual().name("command-input").start(this::input);
            output();
            client.finish();
            input.join(Duplex.LINGER);
        } catch (IOException e) {
            LOG.debug("a command's client left: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            node.close();
        }
    }

    private void limitOpening() {
        try {
            Thread.sleep(OPENING);
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void input() {
        try {
            for (Input input = client.read(); input != null; input = client.read()) {
                if (input.channel() == Channels.STDIN || input.channel() == Channels.RESIZE) {
                    forward(input);
                }
            }
        } catch (IOException e) {
            LOG.debug("a command's input ended: {}", e.getMessage());
        } finally {
            node.close();
        }
    }

    private void forward(Input input) throws IOException {
        for (int at = input.offset(); at < input.data().length; at += MAX_FRAME) {
            int count = Math.min(MAX_FRAME, input.data().length - at);
            byte[] frame = new byte[count + 1];
            frame[0] = (byte) input.channel();
            System.arraycopy(input.data(), at, frame, 1, count);
            node.writeBinary(frame, 0, frame.length);
        }
        if (input.end()) {
            node.writeBinary(new byte[] {(byte) Channels.CLOSE, (byte) input.channel()}, 0, 2);
        }
    }

    /** Ends when the node closes. @throws IOException when the client cannot be written to */
    private void output() throws IOException {
        boolean ended = false;
        while (true) {
            Message message;
            try {
                message = node.read();
            } catch (IOException e) {
                LOG.debug("a command's node left: {}", e.getMessage());
                message = null;
            }
            if (message == null) {
                if (!ended) {
                    client.status(StatusText.lost());
                }
                return;
            }
            byte[] data = message.data();
            if (data.length == 0) {
                continue;
            }
            switch (data[0]) {
                case Channels.STDOUT, Channels.STDERR -> client.write(data[0], data, 1, data.length - 1);
                case Channels.ERROR -> {
                    ended = true;
                    client.status(Arrays.copyOfRange(data, 1, data.length));
                }
                default -> { }
            }
        }
    }
}
