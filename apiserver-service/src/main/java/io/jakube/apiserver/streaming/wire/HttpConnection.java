package io.jakube.apiserver.streaming.wire;

import static java.util.Objects.requireNonNull;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 exchange as a client (RFC 9112) on a connection of its own, which may end in another protocol: after a 101 the connection's bytes are
 * {@link #in} and {@link #out}. Confined to one thread at a time; after an upgrade, one reader and one writer.
 */
public final class HttpConnection implements Duplex {
    private static final int BUFFER = 16 * 1024;
    private static final int MAX_HEAD = 256 * 1024;

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;

    /** Takes over the connected socket. */
    public HttpConnection(Socket socket) throws IOException {
        this.socket = requireNonNull(socket, "socket is null");
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), BUFFER);
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
    }

    /** Sends a request that has no body. @param target path and query, encoded */
    public void send(String method, String target, List<Map.Entry<String, String>> headers) throws IOException {
        head(method, target, headers);
        out.flush();
    }

    /**
     * Sends a request with a body.
     *
     * @param length in bytes, or negative where it is not known: sent in chunks then
     */
    public void send(String method, String target, List<Map.Entry<String, String>> headers, InputStream body, long length) throws IOException {
        List<Map.Entry<String, String>> all = new ArrayList<>(headers);
        all.add(length >= 0 ? Map.entry("Content-Length", Long.toString(length)) : Map.entry("Transfer-Encoding", "chunked"));
        head(method, target, all);
        byte[] buffer = new byte[BUFFER];
        for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
            if (length < 0 && count > 0) {
                out.write((Integer.toHexString(count) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            }
            out.write(buffer, 0, count);
            if (length < 0 && count > 0) {
                out.write('\r');
                out.write('\n');
                out.flush();
            }
        }
        if (length < 0) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        out.flush();
    }

    private void head(String method, String target, List<Map.Entry<String, String>> headers) throws IOException {
        StringBuilder head = new StringBuilder(256).append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
        for (Map.Entry<String, String> header : headers) {
            if (header.getKey().indexOf('\n') >= 0 || header.getValue().indexOf('\n') >= 0 || header.getValue().indexOf('\r') >= 0) {
                throw new IOException("a header contains a line break");
            }
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Waits for the answer's head; interim answers other than 101 are skipped. */
    public ResponseHead response() throws IOException {
        while (true) {
            ResponseHead head = readHead();
            if (head.status() >= 200 || head.status() == 101) {
                return head;
            }
        }
    }

    private ResponseHead readHead() throws IOException {
        String[] status = line().split(" ", 3);
        if (status.length < 2 || !status[0].startsWith("HTTP/1.")) {
            throw new IOException("malformed HTTP response");
        }
        List<Map.Entry<String, String>> headers = new ArrayList<>();
        int size = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            size += line.length();
            int colon = line.indexOf(':');
            if (colon <= 0 || size > MAX_HEAD) {
                throw new IOException("malformed or too large HTTP response header");
            }
            headers.add(Map.entry(line.substring(0, colon).strip(), line.substring(colon + 1).strip()));
        }
        try {
            return new ResponseHead(Integer.parseInt(status[1]), status.length > 2 ? status[2] : "", headers);
        } catch (NumberFormatException e) {
            throw new IOException("malformed HTTP status", e);
        }
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException(line.isEmpty() ? "EOF" : "unexpected EOF");
            }
            if (line.length() > MAX_HEAD) {
                throw new IOException("HTTP line too long");
            }
            line.append((char) c);
        }
        if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
            line.setLength(line.length() - 1);
        }
        return line.toString();
    }

    /**
     * The answer's body, unwrapped from its transfer coding; ends where the body ends.
     *
     * @param method the request's, since a HEAD is answered without body
     */
    public InputStream body(ResponseHead head, String method) throws IOException {
        if (method.equals("HEAD") || head.status() == 204 || head.status() == 304) {
            return InputStream.nullInputStream();
        }
        if (head.header("Transfer-Encoding").filter(coding -> coding.toLowerCase(java.util.Locale.ROOT).endsWith("chunked")).isPresent()) {
            return new ChunkedInput(in);
        }
        @Nullable String length = head.header("Content-Length").orElse(null);
        if (length == null) {
            return in;
        }
        try {
            return new BoundedInput(in, Long.parseLong(length));
        } catch (NumberFormatException e) {
            throw new IOException("malformed Content-Length", e);
        }
    }

    /** How long a read waits, in milliseconds; 0 for ever. */
    public void setReadTimeout(int milliseconds) throws IOException {
        socket.setSoTimeout(milliseconds);
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
        try {
            socket.close();
        } catch (IOException e) {
            org.slf4j.LoggerFactory.getLogger(HttpConnection.class).debug("closing: {}", e.getMessage());
        }
    }
}
