package io.jakube.apiserver;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a watch on a thread of its own and takes it apart into events. */
public final class WatchReader implements AutoCloseable {
    private static final int TIMEOUT_SECONDS = 20;

    private final BlockingQueue<Optional<JsonNode>> events = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    WatchReader(ApiResponse.Streaming stream) {
        thread = Thread.ofVirtual().start(() -> {
            try {
                stream.writer().write(new Lines(), () -> closed);
            } catch (IOException | InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                events.add(Optional.empty());
            }
        });
    }

    private final class Lines extends OutputStream {
        private final StringBuilder line = new StringBuilder();

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            line.append(new String(bytes, offset, length, StandardCharsets.ISO_8859_1));
        }

        @Override
        public void flush() throws IOException {
            for (String text : line.toString().split("\n")) {
                if (!text.isEmpty()) {
                    events.add(Optional.of(Json.mapper().readTree(text)));
                }
            }
            line.setLength(0);
        }
    }

    /** The next event; null once the stream has ended. Fails if neither comes in time. */
    public @Nullable JsonNode next() {
        try {
            Optional<JsonNode> event = events.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no event within " + TIMEOUT_SECONDS + " s");
            }
            return event.orElse(null);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** {@code TYPE name} of the next event. */
    public String summary() {
        JsonNode event = next();
        return event == null ? "END" : event.path("type").asText() + " " + event.path("object").path("metadata").path("name").asText();
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
