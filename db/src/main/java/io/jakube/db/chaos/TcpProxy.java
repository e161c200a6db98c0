package io.jakube.db.chaos;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;

/**
 * A network between clients and a server on this machine that can be slow, cut or silent. Silent means that nothing passes and nobody is told, as when packets are
 * lost: what was sent arrives when it ends. Two virtual threads per connection. Thread-safe.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int CHUNK = 16 << 10;
    private static final int CONNECT_MILLIS = 2_000;

    private final IntSupplier target;
    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile int delayMillis;
    private volatile boolean silent;

    /** @param target the port on the loopback address that connections are led to, asked for each one */
    public TcpProxy(IntSupplier target) {
        this.target = target;
        try {
            server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Each stretch of bytes takes this much longer, in milliseconds. */
    public void delay(int millis) {
        delayMillis = millis;
    }

    public void silence(boolean value) {
        lock.lock();
        try {
            silent = value;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Resets every connection. */
    public void cut() {
        sockets.forEach(TcpProxy::reset);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                Thread.ofVirtual().start(() -> connect(client));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    Thread.yield();
                }
            }
        }
    }

    private void connect(Socket client) {
        Socket upstream = new Socket();
        sockets.add(client);
        sockets.add(upstream);
        try {
            awaitSound();
            upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target.getAsInt()), CONNECT_MILLIS);
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> pump(upstream, client));
            pump(client, upstream);
        } catch (IOException e) {
            reset(client);
            reset(upstream);
            forget(client, upstream);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] chunk = new byte[CHUNK];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                int delay = delayMillis;
                if (delay > 0) {
                    Thread.sleep(delay);
                }
                awaitSound();
                out.write(chunk, 0, n);
            }
            awaitSound();
            from.close();
            to.close();
        } catch (IOException e) {
            reset(from);
            reset(to);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            forget(from, to);
        }
    }

    private void forget(Socket one, Socket other) {
        sockets.remove(one);
        sockets.remove(other);
    }

    private void awaitSound() {
        if (silent) {
            lock.lock();
            try {
                while (silent) {
                    changed.awaitUninterruptibly();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    private static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            // It is closed already.
        }
    }

    @Override
    public void close() {
        silence(false);
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cut();
    }
}
