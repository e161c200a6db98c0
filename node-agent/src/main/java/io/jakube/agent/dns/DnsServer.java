package io.jakube.agent.dns;

import static java.util.Objects.requireNonNull;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of cluster DNS.
 *
 * <p>UDP: one thread receives and answers questions about the cluster itself, in microseconds; others go to a virtual thread each. TCP: a virtual thread per
 * connection, questions in order. At most {@link #MOST_WAITING} questions wait for upstream servers and {@link #MOST_CONNECTIONS} connections are open; beyond that, datagrams are dropped
 * (clients ask again) and connections closed.
 */
final class DnsServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DnsServer.class);
    private static final int LARGEST_REQUEST = 4096;
    private static final int MOST_WAITING = 1000;
    private static final int MOST_CONNECTIONS = 500;
    private static final int IDLE_MILLIS = 10_000;

    private final QueryHandler handler;
    private final DatagramSocket datagrams;
    private final ServerSocket connections;
    private final Semaphore waiting = new Semaphore(MOST_WAITING);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /**
     * Binds both sockets and starts to answer.
     *
     * @param address port 0 for any, the same for both
     * @throws IOException if the address is not this host's or its port is taken
     */
    DnsServer(InetSocketAddress address, QueryHandler handler) throws IOException {
        this.handler = requireNonNull(handler, "handler is null");
        connections = new ServerSocket();
        connections.setReuseAddress(true);
        connections.bind(address, 128);
        try {
            datagrams = new DatagramSocket(new InetSocketAddress(address.getAddress(), connections.getLocalPort()));
            datagrams.setReceiveBufferSize(1 << 20);
        } catch (IOException e) {
            connections.close();
            throw e;
        }
        Thread.ofPlatform().name("dns-udp").daemon().start(this::receive);
        Thread.ofVirtual().name("dns-tcp").start(this::accept);
    }

    int port() {
        return connections.getLocalPort();
    }

    private void receive() {
        byte[] buffer = new byte[LARGEST_REQUEST];
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        while (!closed) {
            try {
                packet.setLength(buffer.length);
                datagrams.receive(packet);
                received(Arrays.copyOf(buffer, packet.getLength()), (InetSocketAddress) packet.getSocketAddress());
            } catch (IOException | RuntimeException e) {
                if (!closed) {
                    LOG.warn("a DNS request by UDP failed: {}", e.toString());
                }
            }
        }
    }

    private void received(byte[] wire, InetSocketAddress client) throws IOException {
        Optional<QueryHandler.Request> request = QueryHandler.read(wire, false);
        if (request.isEmpty()) {
            Optional<byte[]> malformed = QueryHandler.malformed(wire);
            if (malformed.isPresent()) {
                send(malformed.get(), client);
            }
        } else if (handler.isImmediate(request.get())) {
            send(handler.answer(request.get()), client);
        } else if (waiting.tryAcquire()) {
            Thread.ofVirtual().name("dns-forward").start(() -> {
                try {
                    send(handler.answer(request.get()), client);
                } catch (IOException | RuntimeException e) {
                    LOG.warn("a DNS request by UDP failed: {}", e.toString());
                } finally {
                    waiting.release();
                }
            });
        }
    }

    private void send(byte[] response, InetSocketAddress client) throws IOException {
        datagrams.send(new DatagramPacket(response, response.length, client));
    }

    private void accept() {
        while (!closed) {
            try {
                Socket socket = connections.accept();
                if (open.size() >= MOST_CONNECTIONS) {
                    socket.close();
                } else {
                    open.add(socket);
                    Thread.ofVirtual().name("dns-connection").start(() -> serve(socket));
                }
            } catch (IOException e) {
                if (!closed) {
                    LOG.warn("a DNS connection failed: {}", e.toString());
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setSoTimeout(IDLE_MILLIS);
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            OutputStream out = socket.getOutputStream();
            while (!closed) {
                byte[] wire = new byte[in.readUnsignedShort()];
                in.readFully(wire);
                Optional<byte[]> response = QueryHandler.read(wire, true).map(handler::answer).or(() -> QueryHandler.malformed(wire));
                if (response.isEmpty()) {
                    return;
                }
                byte[] framed = new byte[response.get().length + 2];
                framed[0] = (byte) (response.get().length >> 8);
                framed[1] = (byte) response.get().length;
                System.arraycopy(response.get(), 0, framed, 2, response.get().length);
                out.write(framed);
            }
        } catch (EOFException | SocketException | SocketTimeoutException e) {
            LOG.trace("DNS connection ended: {}", e.toString());
        } catch (IOException | RuntimeException e) {
            LOG.warn("a DNS request by TCP failed: {}", e.toString());
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        datagrams.close();
        connections.close();
        for (Socket socket : open) {
            socket.close();
        }
    }
}
