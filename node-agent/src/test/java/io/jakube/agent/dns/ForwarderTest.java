package io.jakube.agent.dns;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

class ForwarderTest {
    private static final Duration PATIENCE = Duration.ofMillis(300);

    @TempDir Path directory;
    private final List<DatagramSocket> sockets = new ArrayList<>();
    private Instant now = Instant.EPOCH;
    private final InstantSource clock = () -> now;
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void close() {
        sockets.forEach(DatagramSocket::close);
    }

    /** A name server that gives each query to a function; one that returns the query unchanged never answers. */
    private InetSocketAddress server(UnaryOperator<Message> answer) throws IOException {
        DatagramSocket socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        sockets.add(socket);
        Thread.ofVirtual().start(() -> {
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            try {
                while (true) {
                    packet.setLength(4096);
                    socket.receive(packet);
                    asked.incrementAndGet();
                    Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
                    Message response = answer.apply(query);
                    if (response != query) {
                        byte[] wire = response.toWire();
                        socket.send(new DatagramPacket(wire, wire.length, packet.getSocketAddress()));
                    }
                }
            } catch (IOException e) {
                socket.close();
            }
        });
        return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private static Message reply(Message query, int rcode, String address) {
        Message response = new Message(query.getHeader().getID());
        response.getHeader().setFlag(Flags.QR);
        response.getHeader().setRcode(rcode);
        response.addRecord(query.getQuestion(), Section.QUESTION);
        if (!address.isEmpty()) {
            response.addRecord(new ARecord(query.getQuestion().getName(), DClass.IN, 60, InetAddress.ofLiteral(address)), Section.ANSWER);
        }
        return response;
    }

    private static Message query() {
        return Message.newQuery(Record.newRecord(Zone.name("example.com."), Type.A, DClass.IN));
    }

    @Test
    void the_next_server_is_asked_when_one_fails_and_the_answer_has_the_clients_id() throws IOException {
        InetSocketAddress broken = server(query -> reply(query, Rcode.SERVFAIL, ""));
        InetSocketAddress good = server(query -> reply(query, Rcode.NOERROR, "192.0.2.80"));
        Message query = query();
        Message answer = new Forwarder(() -> List.of(broken, good), Duration.ofSeconds(10), clock).ask(query, false).orElseThrow();
        assertThat(answer.getHeader().getID()).isEqualTo(query.getHeader().getID());
        assertThat(answer.getSection(Section.ANSWER)).singleElement().extracting(Record::rdataToString).isEqualTo("192.0.2.80");
    }

    @Test
    void answers_to_other_questions_are_not_believed() throws IOException {
        InetSocketAddress forger = server(query -> {
            Message forged = reply(query, Rcode.NOERROR, "192.0.2.66");
            forged.getHeader().setID(query.getHeader().getID() ^ 1);
            return forged;
        });
        assertThat(new Forwarder(() -> List.of(forger), PATIENCE, clock).ask(query(), false)).isEmpty();
    }

    @Test
    void while_all_servers_are_silent_only_one_trial_a_second_waits() throws IOException {
        InetSocketAddress silent = server(query -> query);
        Forwarder forwarder = new Forwarder(() -> List.of(silent), PATIENCE, clock);
        assertThat(forwarder.ask(query(), false)).isEmpty();
        assertThat(asked).hasValue(1);
        assertThat(forwarder.ask(query(), false)).isEmpty();
        assertThat(asked).as("the trial").hasValue(2);
        for (int i = 0; i < 100; i++) {
            assertThat(forwarder.ask(query(), false)).isEmpty();
        }
        assertThat(asked).as("no further packets within the second").hasValue(2);
        now = now.plusSeconds(1);
        assertThat(forwarder.ask(query(), false)).isEmpty();
        assertThat(asked).hasValue(3);
    }

    @Test
    void resolver_configuration_is_read_again_when_it_changes_and_never_names_ourselves() throws IOException {
        Path file = Files.writeString(directory.resolve("resolv.conf"), "search x\nnameserver 192.0.2.53\n nameserver 10.96.0.10 \nnameserver bad\n;nameserver 192.0.2.1\n");
        UpstreamServers servers = new UpstreamServers(file, Set.of(InetAddress.ofLiteral("10.96.0.10")));
        assertThat(servers.current()).extracting(server -> server.getAddress().getHostAddress()).containsExactly("192.0.2.53");
        Files.writeString(file, "nameserver 192.0.2.54\n");
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
        assertThat(servers.current()).extracting(server -> server.getAddress().getHostAddress()).containsExactly("192.0.2.54");
        Files.delete(file);
        assertThat(servers.current()).hasSize(1);
    }

    @Test
    void answers_are_kept_as_long_as_they_say_but_not_long() {
        AnswerCache cache = new AnswerCache(clock);
        AnswerCache.Question question = new AnswerCache.Question(Zone.name("example.com."), Type.A, false);
        cache.put(question, reply(query(), Rcode.NOERROR, "192.0.2.80"));
        now = now.plusSeconds(AnswerCache.LONGEST_SECONDS - 1);
        assertThat(cache.find(new AnswerCache.Question(Zone.name("EXAMPLE.com."), Type.A, false))).isPresent();
        assertThat(cache.find(new AnswerCache.Question(Zone.name("example.com."), Type.A, true))).isEmpty();
        now = now.plusSeconds(1);
        assertThat(cache.find(question)).isEmpty();

        cache.put(question, reply(query(), Rcode.NXDOMAIN, ""));
        assertThat(cache.find(question)).as("a negative answer without SOA").isEmpty();
        Message negative = reply(query(), Rcode.NXDOMAIN, "");
        negative.addRecord(new SOARecord(Zone.name("com."), DClass.IN, 900, Zone.name("a."), Zone.name("b."), 1, 1, 1, 1, 7), Section.AUTHORITY);
        cache.put(question, negative);
        now = now.plusSeconds(6);
        assertThat(cache.find(question)).isPresent();
        now = now.plusSeconds(1);
        assertThat(cache.find(question)).isEmpty();
    }
}
