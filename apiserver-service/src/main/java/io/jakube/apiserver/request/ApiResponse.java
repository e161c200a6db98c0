package io.jakube.apiserver.request;

import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** What the server answers, independent of the transport. */
public sealed interface ApiResponse {
    int status();

    String contentType();

    /** Further headers. */
    Map<String, List<String>> headers();

    /** A complete answer. */
    record Complete(int status, String contentType, Map<String, List<String>> headers, byte[] body) implements ApiResponse {
        public Complete(int status, String contentType, byte[] body) {
            this(status, contentType, Map.of(), body);
        }
    }

    /** An answer that is written while it comes into being (watch, followed logs), on a thread of its own. */
    record Streaming(int status, String contentType, Map<String, List<String>> headers, Writer writer) implements ApiResponse {}

    /** Writes a streaming body. */
    @FunctionalInterface
    interface Writer {
        /**
         * Writes until done, then returns. Headers have been flushed. The stream's {@code flush} reaches the client.
         *
         * @param closing true once the server shuts down or the client is known to be gone
         */
        void write(OutputStream out, BooleanSupplier closing) throws IOException, InterruptedException;
    }
}
