package io.jakube.db.postgres;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Plain sockets on which a read with a time-out of one millisecond does not wait. pgjdbc reads that way after each notification to see whether another one
 * follows, which would add more than a millisecond to every event of a quiet watch.
 */
public final class PromptSocketFactory extends SocketFactory {
    private static final int BUFFER_BYTES = 64 << 10;

    /** Called by pgjdbc. */
    public PromptSocketFactory() {
        // Nothing to set up.
    }

    @Override
    public Socket createSocket() {
        return new PromptSocket();
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return connected(new InetSocketAddress(host, port), null);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort) throws IOException {
        return connected(new InetSocketAddress(host, port), new InetSocketAddress(localHost, localPort));
    }

    private static Socket connected(InetSocketAddress remote, @Nullable InetSocketAddress local) throws IOException {
        Socket socket = new PromptSocket();
        if (local != null) {
            socket.bind(local);
        }
        socket.connect(remote);
        return socket;
    }

    private static final class PromptSocket extends Socket {
        private volatile boolean prompt;

        @Override
        public void setSoTimeout(int timeout) throws SocketException {
            prompt = timeout == 1;
            super.setSoTimeout(timeout);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            // Many small rows in one system call, where the server is faster than its reader.
            return new FilterInputStream(new BufferedInputStream(super.getInputStream(), BUFFER_BYTES)) {
                @Override
                public int read() throws IOException {
                    requireNow();
                    return super.read();
                }

                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    requireNow();
                    return super.read(bytes, offset, length);
                }

                private void requireNow() throws IOException {
                    if (prompt && in.available() == 0) {
                        throw new SocketTimeoutException("nothing has come");
                    }
                }
            };
        }
    }
}
