package io.jakube.agent.dns;

import static java.util.Objects.requireNonNull;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;

/**
 * Asks upstream servers, one after the other, and never for long: a server that did not answer is passed over for some seconds, and while all of them are
 * silent questions fail at once except for one trial a second. Thread-safe; callers wait on their own thread.
 */
final class Forwarder {
    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);
    private static final Duration SILENT_FOR = Duration.ofSeconds(10);
    private static final Duration TRIAL_EVERY = Duration.ofSeconds(1);
    private static final int LARGEST_DATAGRAM = 4096;

    private final Supplier<List<InetSocketAddress>> servers;
    private final Duration patience;
    private final InstantSource clock;
    private final Map<InetSocketAddress, Long> silentUntil = new ConcurrentHashMap<>();
    private volatile long nextTrial;

    /** @param patience how long to wait for one server */
    Forwarder(Supplier<List<InetSocketAddress>> servers, Duration patience, InstantSource clock) {
        this.servers = requireNonNull(servers, "servers is null");
        this.patience = requireNonNull(patience, "patience is null");
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Sends a query on.
     *
     * @param tcp whether the client can take an answer of any size
     * @return the upstream answer with the query's id; empty if nobody answered
     */
    Optional<Message> ask(Message query, boolean tcp) {
        List<InetSocketAddress> all = servers.get();
        long now = clock.millis();
        List<InetSocketAddress> candidates = all.stream().filter(server -> silentUntil.getOrDefault(server, 0L) <= now).toList();
        if (candidates.isEmpty()) {
            if (all.isEmpty() || now < nextTrial) {
                return Optional.empty();
            }
            nextTrial = now + TRIAL_EVERY.toMillis();
            candidates = all;
        }
        Message failure = null;
        for (InetSocketAddress server : candidates) {
            try {
                Message answer = exchange(query, server, tcp);
                silentUntil.remove(server);
                if (answer.getRcode() != Rcode.SERVFAIL && answer.getRcode() != Rcode.REFUSED) {
                    return Optional.of(answer);
                }
                failure = answer;
            } catch (IOException e) {
                if (silentUntil.put(server, clock.millis() + SILENT_FOR.toMillis()) == null) {
                    LOG.warn("name server {} does not answer: {}", server, e.toString());
                }
            }
        }
        return Optional.ofNullable(failure);
    }

    private Message exchange(Message query, InetSocketAddress server, boolean tcp) throws IOException {
        Message own = query.clone();
        own.getHeader().setID(ThreadLocalRandom.current().nextInt(1 << 16));
        byte[] wire = own.toWire();
        Message answer = udp(wire, own, server);
        if (tcp && answer.getHeader().getFlag(Flags.TC)) {
            answer = tcp(wire, own, server);
        }
        answer.getHeader().setID(query.getHeader().getID());
        return answer;
    }

    /** A connected socket takes datagrams from that server only; the random id and port and the question guard against forged ones. */
    private Message udp(byte[] wire, Message query, InetSocketAddress server) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(server);
            socket.send(new DatagramPacket(wire, wire.length));
            long deadline = System.nanoTime() + patience.toNanos();
            DatagramPacket packet = new DatagramPacket(new byte[LARGEST_DATAGRAM], LARGEST_DATAGRAM);
            while (true) {
                long left = (deadline - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new SocketTimeoutException("no answer in " + patience.toMillis() + " ms");
                }
                socket.setSoTimeout((int) left);
                socket.receive(packet);
                byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
                Message answer = parse(bytes);
                if (answer != null && matches(query, answer)) {
                    return answer;
                }
                packet.setLength(LARGEST_DATAGRAM);
            }
        }
    }

    private Message tcp(byte[] wire, Message query, InetSocketAddress server) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server, (int) patience.toMillis());
            socket.setSoTimeout((int) patience.toMillis());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            byte[] framed = new byte[wire.length + 2];
            framed[0] = (byte) (wire.length >> 8);
            framed[1] = (byte) wire.length;
            System.arraycopy(wire, 0, framed, 2, wire.length);
            out.write(framed);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] bytes = new byte[in.readUnsignedShort()];
            in.readFully(bytes);
            Message answer = parse(bytes);
            if (answer == null || !matches(query, answer)) {
                throw new IOException("answer to another question");
            }
            return answer;
        }
    }

    private static @Nullable Message parse(byte[] bytes) {
        try {
            return new Message(bytes);
        } catch (IOException e) {
            return null;
        }
    }

    private static boolean matches(Message query, Message answer) {
        return answer.getHeader().getID() == query.getHeader().getID() && answer.getHeader().getFlag(Flags.QR)
                && (answer.getQuestion() == null || answer.getQuestion().equals(query.getQuestion()));
    }
}
