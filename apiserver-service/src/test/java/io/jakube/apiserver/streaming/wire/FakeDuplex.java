package io.jakube.apiserver.streaming.wire;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Two ends of a connection inside the process. */
public final class FakeDuplex implements Duplex {
    private final BytePipe incoming;
    private final BytePipe outgoing;
    private final InputStream in;
    private final OutputStream out = new Output();

    private FakeDuplex(BytePipe incoming, BytePipe outgoing) {
        this.incoming = incoming;
        this.outgoing = outgoing;
        this.in = incoming.asStream();
    }

    /** A connection's ends. */
    public record Pair(FakeDuplex client, FakeDuplex server) {}

    public static Pair pair() {
        BytePipe up = new BytePipe(64 * 1024);
        BytePipe down = new BytePipe(64 * 1024);
        return new Pair(new FakeDuplex(down, up), new FakeDuplex(up, down));
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
        outgoing.end(null);
        incoming.abandon();
    }

    private final class Output extends OutputStream {
        private final ByteArrayOutputStream buffer = new ByteArrayOutputStream();

        @Override
        public void write(int b) {
            buffer.write(b);
        }

        @Override
        public void write(byte[] data, int offset, int length) {
            buffer.write(data, offset, length);
        }

        @Override
        public void flush() throws IOException {
            try {
                if (!outgoing.put(buffer.toByteArray())) {
                    throw new IOException("broken pipe");
                }
                buffer.reset();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }
    }
}
