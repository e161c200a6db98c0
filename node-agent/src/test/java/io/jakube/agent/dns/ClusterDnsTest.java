package io.jakube.agent.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.jakube.agent.network.ProcessHostCommands;
import io.jakube.agent.proxy.FakeInformerSource;
import io.jakube.common.informer.Informer;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** The whole server on loopback sockets, asked by an ordinary client. */
class ClusterDnsTest {
    @TempDir Path directory;
    private final FakeInformerSource source = new FakeInformerSource();
    private final Informer<Service> services = new Informer<>(Service.class);
    private final Informer<EndpointSlice> slices = new Informer<>(EndpointSlice.class);
    private ClusterDns dns;

    @BeforeEach
    void start() throws IOException {
        services.start(source);
        slices.start(source);
        Path resolverConfiguration = Files.writeString(directory.resolve("resolv.conf"), "# nobody\nnameserver 127.0.0.1\n");
        dns = new ClusterDns(new ProcessHostCommands(), services, slices, Zone.of("cluster.local", InetAddress.ofLiteral("127.0.0.1")), 0, resolverConfiguration);
        dns.start();
    }

    @AfterEach
    void stop() throws IOException {
        dns.close();
    }

    private void listed() {
        source.list(Service.class, ClusterResolverTest.service("kubernetes", "10.96.0.1"));
        source.list(EndpointSlice.class);
    }

    private static Message question(String name, int type) {
        return Message.newQuery(Record.newRecord(Zone.name(name), type, DClass.IN));
    }

    private Message ask(Message query, boolean tcp) throws IOException {
        SimpleResolver client = new SimpleResolver(InetAddress.getLoopbackAddress());
        client.setPort(dns.port());
        client.setEDNS(-1);
        client.setTCP(tcp);
        client.setIgnoreTruncation(true);
        client.setTimeout(Duration.ofSeconds(10));
        return client.send(query);
    }

    @Test
    void absence_says_nothing_before_the_first_lists() throws IOException {
        assertThat(dns.isReady()).isFalse();
        assertThat(ask(question("kubernetes.default.svc.cluster.local.", Type.A), false).getRcode()).isEqualTo(Rcode.SERVFAIL);
        listed();
        assertThat(dns.isReady()).isTrue();
        Message answer = ask(question("kubernetes.default.svc.cluster.local.", Type.A), false);
        assertThat(answer.getSection(Section.ANSWER)).singleElement().extracting(Record::rdataToString).isEqualTo("10.96.0.1");
        assertThat(answer.getHeader().getFlag(Flags.AA)).isTrue();
        assertThat(ask(question("kubernetes.default.svc.cluster.local.", Type.A), true).getSection(Section.ANSWER)).hasSize(1);
    }

    @Test
    void services_come_change_and_go() throws IOException {
        listed();
        Service service = ClusterResolverTest.service("db", "None");
        source.put(slices(1));
        source.put(service);
        assertThat(ask(question("db.default.svc.cluster.local.", Type.A), false).getSection(Section.ANSWER)).hasSize(1);
        source.put(slices(3));
        assertThat(ask(question("db.default.svc.cluster.local.", Type.A), false).getSection(Section.ANSWER)).hasSize(3);
        source.delete(service);
        assertThat(ask(question("db.default.svc.cluster.local.", Type.A), false).getRcode()).isEqualTo(Rcode.NXDOMAIN);
    }

    @Test
    void long_answers_are_truncated_to_what_the_client_takes_and_whole_by_tcp() throws IOException {
        listed();
        source.put(ClusterResolverTest.service("db", "None"));
        source.put(slices(60));
        Message plain = ask(question("db.default.svc.cluster.local.", Type.A), false);
        assertThat(plain.getHeader().getFlag(Flags.TC)).isTrue();
        assertThat(plain.numBytes()).isLessThanOrEqualTo(512);
        assertThat(plain.getOPT()).isNull();

        Message query = question("db.default.svc.cluster.local.", Type.A);
        query.addRecord(new OPTRecord(4096, 0, 0), Section.ADDITIONAL);
        Message large = ask(query, false);
        assertThat(large.getSection(Section.ANSWER)).hasSize(60);
        assertThat(large.getHeader().getFlag(Flags.TC)).isFalse();
        assertThat(large.getOPT().getPayloadSize()).isEqualTo(1232);

        assertThat(ask(question("db.default.svc.cluster.local.", Type.A), true).getSection(Section.ANSWER)).hasSize(60);
    }

    private static EndpointSlice slices(int endpoints) {
        return ClusterResolverTest.slice("db", IntStream.rangeClosed(1, endpoints).mapToObj(i -> ClusterResolverTest.endpoint("10.244.1." + i, null, true)).toArray(Endpoint[]::new));
    }

    @Test
    void without_upstream_servers_other_names_fail_at_once_and_aliases_stand_alone() throws IOException {
        listed();
        long start = System.nanoTime();
        assertThat(ask(question("example.com.", Type.A), false).getRcode()).isEqualTo(Rcode.SERVFAIL);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
        source.put(new ServiceBuilder(ClusterResolverTest.service("ext", "")).editSpec().withType("ExternalName").withExternalName("example.com").endSpec().build());
        Message answer = ask(question("ext.default.svc.cluster.local.", Type.A), false);
        assertThat(answer.getRcode()).isEqualTo(Rcode.NOERROR);
        assertThat(answer.getSection(Section.ANSWER)).singleElement().extracting(Record::rdataToString).isEqualTo("example.com.");
    }

    @Test
    void requests_that_are_not_plain_questions_get_the_code_for_it() throws IOException {
        listed();
        Message update = question("cluster.local.", Type.SOA);
        update.getHeader().setOpcode(Opcode.UPDATE);
        assertThat(ask(update, false).getRcode()).isEqualTo(Rcode.NOTIMP);
        assertThat(ask(Message.newQuery(Record.newRecord(Zone.name("version.bind."), Type.TXT, DClass.CH)), false).getRcode()).isEqualTo(Rcode.REFUSED);
        Message version1 = question("kubernetes.default.svc.cluster.local.", Type.A);
        version1.addRecord(new OPTRecord(1232, 0, 1), Section.ADDITIONAL);
        assertThat(ask(version1, false).getRcode()).isEqualTo(Rcode.BADVERS);

        byte[] garbage = new byte[20];
        garbage[0] = 0x12;
        garbage[1] = 0x34;
        garbage[5] = 9;
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(10_000);
            socket.send(new DatagramPacket(garbage, garbage.length, InetAddress.getLoopbackAddress(), dns.port()));
            DatagramPacket packet = new DatagramPacket(new byte[512], 512);
            socket.receive(packet);
            Message answer = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
            assertThat(answer.getRcode()).isEqualTo(Rcode.FORMERR);
            assertThat(answer.getHeader().getID()).isEqualTo(0x1234);
        }
        assertThat(ask(question("kubernetes.default.svc.cluster.local.", Type.A), false).getRcode()).isEqualTo(Rcode.NOERROR);
    }

    @Test
    void questions_in_a_row_on_one_connection_are_answered_in_order() throws IOException {
        listed();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), dns.port()));
            socket.setSoTimeout(10_000);
            for (int id = 1; id <= 3; id++) {
                Message query = question("kubernetes.default.svc.cluster.local.", Type.A);
                query.getHeader().setID(id);
                byte[] wire = query.toWire();
                socket.getOutputStream().write(new byte[] {(byte) (wire.length >> 8), (byte) wire.length});
                socket.getOutputStream().write(wire);
            }
            DataInputStream in = new DataInputStream(socket.getInputStream());
            for (int id = 1; id <= 3; id++) {
                byte[] wire = new byte[in.readUnsignedShort()];
                in.readFully(wire);
                assertThat(new Message(wire).getHeader().getID()).isEqualTo(id);
            }
        }
    }
}
