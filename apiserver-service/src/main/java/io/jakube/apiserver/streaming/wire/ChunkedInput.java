package io.jakube.apiserver.streaming.wire;

import java.io.IOException;
import java.io.InputStream;

/** A body in the chunked transfer coding (RFC 9112 §7.1), unwrapped; trailers are dropped. */
final class ChunkedInput extends InputStream {
    private static final int MAX_LINE = 8192;
    private static final int LINE_END = 2;

    private final InputStream in;
    private long left;
    private boolean first = true;
    private boolean ended;

    ChunkedInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (left == 0 && !ended) {
            nextChunk();
        }
        if (ended) {
            return -1;
        }
        int count = in.read(target, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new IOException("unexpected EOF");
        }
        left -= count;
        return count;
    }

    /** 0 when the next read would have to wait; between chunks the line end of the last one does not count. */
    @Override
    public int available() throws IOException {
        return left > 0 ? (int) Math.min(left, in.available()) : Math.max(0, in.available() - LINE_END);
    }

    private void nextChunk() throws IOException {
        if (!first) {
            line();
        }
        first = false;
        String size = line();
        int extension = size.indexOf(';');
        try {
            left = Long.parseLong((extension < 0 ? size : size.substring(0, extension)).strip(), 16);
        } catch (NumberFormatException e) {
            throw new IOException("malformed chunk", e);
        }
        if (left == 0) {
            ended = true;
            String trailer = line();
            while (!trailer.isEmpty()) {
                trailer = line();
            }
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || line.length() > MAX_LINE) {
                throw new IOException("unexpected EOF");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }
}
