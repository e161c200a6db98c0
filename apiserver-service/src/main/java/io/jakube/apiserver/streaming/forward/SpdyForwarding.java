package io.jakube.apiserver.streaming.forward;

import static java.util.Objects.requireNonNull;

import io.jakube.apiserver.streaming.wire.SpdySession;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code portforward.k8s.io}: for every connection the client opens a pair of SPDY streams, {@code streamType} error and data, joined by
 * {@code requestID} and with the same {@code port}. One thread reads for all connections.
 */
final class SpdyForwarding {
    private static final Logger LOG = LoggerFactory.getLogger(SpdyForwarding.class);
    private static final int MAX_PORT = 65_535;

    private final SpdySession session;
    private final BiFunction<Integer, NodeForward.Sink, NodeForward> connector;
    private final Map<String, Integer> waitingErrors = new HashMap<>();
    private final Map<String, SpdySession.Opened> waitingData = new HashMap<>();
    private final Map<Integer, NodeForward> forwards = new HashMap<>();

    /** @param connector makes the node's end of a connection to a port */
    SpdyForwarding(SpdySession session, BiFunction<Integer, NodeForward.Sink, NodeForward> connector) {
        this.session = requireNonNull(session, "session is null");
        this.connector = requireNonNull(connector, "connector is null");
    }

    /** Runs until the client leaves. */
    void run() {
        try {
            for (SpdySession.Event event = session.read(); event != null; event = session.read()) {
                switch (event) {
                    case SpdySession.Opened opened -> opened(opened);
                    case SpdySession.Data data -> {
                        NodeForward forward = forwards.get(data.stream());
                        if (forward != null) {
                            forward.input(data.data());
                            if (data.last()) {
                                forward.endInput();
                                forwards.remove(data.stream());
                            }
                        }
                    }
                    case SpdySession.Reset reset -> {
                        NodeForward forward = forwards.remove(reset.stream());
                        if (forward != null) {
                            forward.abort();
                        }
                    }
                }
            }
        } catch (IOException e) {
            LOG.debug("a port-forward's client left: {}", e.getMessage());
        } finally {
            forwards.values().forEach(NodeForward::abort);
        }
    }

    private void opened(SpdySession.Opened opened) throws IOException {
        String type = opened.headers().getOrDefault("streamtype", "");
        int port = port(opened.headers().getOrDefault("port", ""));
        if (port == 0 || !(type.equals("error") || type.equals("data"))) {
            session.reset(opened.stream());
            return;
        }
        session.accept(opened.stream());
        // Clients before 1.3 send no request id: their error stream comes just before its data stream.
        int pair = type.equals("error") ? opened.stream() : opened.stream() - 2;
        String id = opened.headers().getOrDefault("requestid", "stream-" + pair);
        if (type.equals("error")) {
            SpdySession.Opened data = waitingData.remove(id);
            if (data == null) {
                waitingErrors.put(id, opened.stream());
            } else {
                begin(data, opened.stream(), port);
            }
        } else {
            Integer error = waitingErrors.remove(id);
            if (error == null) {
                waitingData.put(id, opened);
            } else {
                begin(opened, error, port);
            }
        }
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            return port > 0 && port <= MAX_PORT ? port : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private void begin(SpdySession.Opened data, int error, int port) {
        NodeForward forward = connector.apply(port, new Streams(data.stream(), error));
        if (data.last()) {
            forward.endInput();
        } else {
            forwards.put(data.stream(), forward);
        }
        forward.start();
    }

    private final class Streams implements NodeForward.Sink {
        private final int data;
        private final int error;
        private @Nullable String problem;
        private boolean dataEnded;

        Streams(int data, int error) {
            this.data = data;
            this.error = error;
        }

        @Override
        public void data(byte[] bytes, int offset, int length) throws IOException {
            session.data(data, bytes, offset, length);
        }

        @Override
        public void error(String text) throws IOException {
            if (problem == null) {
                problem = text;
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                session.data(error, bytes, 0, bytes.length);
            }
        }

        @Override
        public void endData() throws IOException {
            if (!dataEnded) {
                dataEnded = true;
                session.end(data);
            }
        }

        @Override
        public void end() throws IOException {
            endData();
            session.end(error);
        }
    }
}
