package io.jakube.agent.proxy;

import static io.jakube.agent.proxy.Objects.nodePort;
import static io.jakube.agent.proxy.Objects.ready;
import static io.jakube.agent.proxy.Objects.service;
import static io.jakube.agent.proxy.Objects.slice;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.jakube.agent.network.CniConfiguration;
import io.jakube.agent.network.HostCommands;
import io.jakube.agent.network.Ipv4Cidr;
import io.jakube.agent.network.Iptables;
import io.jakube.agent.network.NetworkNamespace;
import io.jakube.agent.network.PodNetwork;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.informer.Informer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host with a bridge, two pods that answer HTTP with their name on port 8080, and a client outside, each in a network namespace; real connections through
 * real iptables.
 */
class ServiceProxyIT {
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final String HOST = "192.0.2.11";
    private static final String VIP = "10.96.0.5";

    @TempDir Path directory;
    private final List<AutoCloseable> resources = new ArrayList<>();
    private final FakeInformerSource source = new FakeInformerSource();
    private final Informer<Service> services = new Informer<>(Service.class);
    private final Informer<EndpointSlice> slices = new Informer<>(EndpointSlice.class);
    private final Informer<Node> nodes = new Informer<>(Node.class);
    private NetworkNamespace host;
    private NetworkNamespace podA;
    private NetworkNamespace podB;
    private NetworkNamespace outside;
    private Iptables iptables;
    private IptablesBackend backend;
    private ServiceProxy proxy;

    @BeforeEach
    void buildHost() throws Exception {
        assumeTrue(Files.isExecutable(BUSYBOX), "Debian's package busybox-static is not installed");
        Files.copy(BUSYBOX, directory.resolve("busybox"));
        host = keep(NetworkNamespace.create());
        outside = keep(NetworkNamespace.create());
        host.configure("""
                ip link add cni0 type bridge
                ip addr add 10.244.1.1/24 dev cni0
                ip link set cni0 up
                ip link add uplink type veth peer name eth0 netns %s
                ip addr add %s/24 dev uplink
                ip link set uplink up
                """.formatted(outside.name(), HOST));
        outside.configure("""
                ip addr add 192.0.2.1/24 dev eth0
                ip link set eth0 up
                ip route add default via %s
                """.formatted(HOST));
        host.configure("ip route add default via 192.0.2.1");
        podA = serve("a", "10.244.1.2");
        podB = serve("b", "10.244.1.3");
        iptables = Iptables.detect(host.commands());
        new PodNetwork(host.commands(), iptables, new CniConfiguration(directory.resolve("net.d"), directory.resolve("ipam"), "cni0"),
                Optional.of(Ipv4Cidr.parse("10.244.0.0/16"))).start(Ipv4Cidr.parse("10.244.1.0/24"));
        backend = new IptablesBackend(host.commands(), iptables, Optional.of(Ipv4Cidr.parse("10.244.0.0/16")));
        services.start(source);
        slices.start(source);
        nodes.start(source);
        proxy = new ServiceProxy(services, slices, nodes, new ServiceModel(Set.of("10.96.0.10")), backend, host.commands(), "node", Duration.ofMillis(500));
        proxy.start();
        source.list(Node.class);
    }

    @AfterEach
    void removeHost() throws Exception {
        if (proxy != null) {
            proxy.close();
        }
        for (AutoCloseable resource : resources.reversed()) {
            resource.close();
        }
    }

    private void begin(Service... initial) throws InterruptedException {
        source.list(Service.class, initial);
        source.list(EndpointSlice.class);
        assertThat(proxy.awaitFirstSync(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void pods_the_node_and_outside_clients_reach_a_service_that_comes_and_goes() throws Exception {
        begin();
        Service web = nodePort("web", VIP, 30008, "Cluster");
        web.getSpec().setExternalIPs(List.of("198.51.100.7"));
        source.put(web);
        source.put(slice("web", ready("10.244.1.2", "node"), ready("10.244.1.3", "node")));

        awaitAnswers(podA, VIP + ":80", "a", "b");
        awaitAnswers(host, VIP + ":80", "a", "b");
        awaitAnswers(outside, HOST + ":30008", "a", "b");
        awaitAnswers(host, "127.0.0.1:30008", "a", "b");
        awaitAnswers(outside, "198.51.100.7:80", "a", "b");

        source.put(slice("web", ready("10.244.1.2", "node")));
        awaitAnswers(podA, VIP + ":80", "a");
        awaitAnswers(podB, VIP + ":80", "a");

        source.put(slice("web"));
        awaitRefused(podB, VIP + ":80");
        awaitRefused(outside, HOST + ":30008");

        source.delete(web);
        await(() -> !iptables.save("nat").contains("default/web") && !iptables.save("filter").contains("default/web"), "rules of a deleted service are gone");
        assertThat(iptables.save("nat")).doesNotContainPattern("KUBE-(SVC|SEP|EXT)-");
    }

    @Test
    void the_first_round_removes_what_an_earlier_run_left_and_incremental_rounds_equal_a_full_one() throws Exception {
        iptables.restore("*nat\n:KUBE-SVC-AAAAAAAAAAAAAAAA - [0:0]\n-A KUBE-SVC-AAAAAAAAAAAAAAAA -j RETURN\nCOMMIT\n");
        begin(service("gone", "10.96.0.9").build());
        assertThat(iptables.save("nat")).doesNotContain("KUBE-SVC-AAAAAAAAAAAAAAAA");

        IntStream.range(0, 20).forEach(i -> source.put(nodePort("web" + i, "10.96.1." + i, 30100 + i, i % 2 == 0 ? "Local" : "Cluster")));
        IntStream.range(0, 20).forEach(i -> source.put(slice("web" + i, ready("10.244.1.2", "node"), ready("10.244.2.2", "other"))));
        IntStream.range(0, 20).filter(i -> i % 3 == 0).forEach(i -> source.put(slice("web" + i)));
        source.delete(services.lister().get("default", "gone").orElseThrow());
        await(() -> iptables.save("nat").contains("default/web19") && !iptables.save("filter").contains("default/gone"), "all services are programmed");
        awaitQuiet();
        List<String> incremental = state();

        new IptablesBackend(host.commands(), iptables, Optional.of(Ipv4Cidr.parse("10.244.0.0/16"))).replace(model());
        assertThat(incremental).containsExactlyElementsOf(state());
        assertThat(iptables.save("nat").lines().filter(line -> line.startsWith("-A KUBE-SERVICES")).toList().getLast()).contains("KUBE-NODEPORTS");
    }

    @Test
    void rules_that_somebody_flushed_come_back() throws Exception {
        begin(service("web", VIP).build());
        assertThat(backend.isIntact()).isTrue();
        host.commands().require("iptables", "-t", "nat", "-F");
        assertThat(backend.isIntact()).isFalse();
        source.put(slice("web", ready("10.244.1.2", "node")));
        awaitAnswers(podB, VIP + ":80", "a");
    }

    @Test
    void outside_clients_keep_their_address_under_policy_local_and_a_client_its_endpoint_under_affinity() throws Exception {
        begin();
        Service local = nodePort("web", VIP, 30008, "Local");
        local.getSpec().setSessionAffinity("ClientIP");
        source.put(local);
        source.put(slice("web", ready("10.244.1.2", "node"), ready("10.244.1.3", "node")));
        List<String> peer = new ArrayList<>(List.of(""));
        await(() -> peer.set(0, fetch(outside, HOST + ":30008/cgi-bin/peer")) != null && peer.getFirst().strip().matches("\\[?(::ffff:)?192\\.0\\.2\\.1]?"), () -> "the client's own address arrives, not: " + peer);
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            seen.add(fetch(podA, VIP + ":80"));
        }
        assertThat(seen).hasSize(1);
    }

    @Test
    void cleanup_leaves_nothing() throws Exception {
        begin(nodePort("web", VIP, 30008, "Cluster"));
        proxy.close();
        backend.cleanup();
        assertThat(iptables.save("nat") + iptables.save("filter")).doesNotContainPattern("\\bKUBE-");
    }

    private <T extends AutoCloseable> T keep(T resource) {
        resources.add(resource);
        return resource;
    }

    private NetworkNamespace serve(String name, String address) throws IOException {
        NetworkNamespace pod = keep(host.pod("cni0", address + "/24", "10.244.1.1"));
        Path www = Files.createDirectories(directory.resolve(name + "/cgi-bin")).getParent();
        Files.writeString(www.resolve("index.html"), name);
        Path peer = Files.writeString(www.resolve("cgi-bin/peer"), "#!/bin/sh\necho\necho $REMOTE_ADDR\n");
        assertThat(peer.toFile().setExecutable(true)).isTrue();
        Process server = new ProcessBuilder("ip", "netns", "exec", pod.name(), BUSYBOX.toString(), "httpd", "-f", "-p", "8080", "-h", www.toString())
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        keep(() -> {
            server.destroy();
            server.waitFor(5, TimeUnit.SECONDS);
        });
        return pod;
    }

    /** In a root of its own, as a static busybox must not meet the host's name service libraries. Long enough for a lost SYN or a rate-limited refusal. */
    private String fetch(NetworkNamespace from, String address) throws IOException {
        HostCommands.Result result = from.commands().run("chroot", directory.toString(), "/busybox", "timeout", "5", "/busybox", "wget", "-q", "-O", "-", "http://" + address);
        return result.succeeded() ? result.output() : "exit code " + result.exitCode() + ": " + result.error();
    }

    /** All of these and nothing else answer within many tries. */
    private void awaitAnswers(NetworkNamespace from, String address, String... names) throws Exception {
        Set<String> expected = Set.of(names);
        Set<String> seen = new HashSet<>();
        await(() -> {
            seen.clear();
            for (int i = 0; i < 40 && !seen.equals(expected) && expected.containsAll(seen); i++) {
                seen.add(fetch(from, address));
            }
            if (expected.size() == 1 && seen.equals(expected)) {
                for (int i = 0; i < 5; i++) {
                    seen.add(fetch(from, address));
                }
            }
            return seen.equals(expected);
        }, () -> address + " is answered by " + seen + ", not " + expected);
    }

    private void awaitRefused(NetworkNamespace from, String address) throws Exception {
        List<String> last = new ArrayList<>(List.of(""));
        await(() -> last.set(0, fetch(from, address)) != null && last.getFirst().contains("refused"), () -> address + " is refused, not: " + last);
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private void await(Condition condition, String what) throws Exception {
        await(condition, () -> what);
    }

    private void await(Condition condition, Supplier<String> what) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
        while (!condition.holds()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    /** Until two looks at the rules in a row are the same. */
    private void awaitQuiet() throws Exception {
        List<List<String>> last = new ArrayList<>(List.of(List.of()));
        await(() -> {
            List<String> now = state();
            boolean same = now.equals(last.getFirst());
            last.set(0, now);
            return same;
        }, "rules settle");
    }

    /** All chains and rules, regardless of their order among services. */
    private List<String> state() throws IOException {
        return (iptables.save("filter") + iptables.save("nat")).lines().filter(line -> line.startsWith("-A ") || line.startsWith(":KUBE-"))
                .map(line -> line.replaceAll(" \\[\\d+:\\d+]", "")).sorted().toList();
    }

    private Map<ObjectKey, List<ServicePort>> model() {
        var all = new HashMap<ObjectKey, List<ServicePort>>();
        ServiceModel model = new ServiceModel(Set.of());
        services.lister().list().forEach(service -> {
            String name = service.getMetadata().getName();
            all.put(new ObjectKey("default", name),
                    model.ports(service, slices.lister().byIndex(ServiceProxy.BY_SERVICE, "default/" + name), new EndpointSelection.Place("node", "")));
        });
        return all;
    }
}
