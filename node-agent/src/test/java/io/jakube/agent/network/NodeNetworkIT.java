package io.jakube.agent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeNetworkIT {
    @TempDir Path directory;
    private NetworkNamespace host;

    @BeforeEach
    void createHost() throws IOException {
        host = NetworkNamespace.create();
        host.configure("""
                ip link add uplink type veth peer name far
                ip link set far up
                ip link set uplink mtu 1400 up
                ip addr add 192.0.2.11/24 dev uplink
                ip route add default via 192.0.2.1
                """);
    }

    @AfterEach
    void removeHost() throws IOException {
        if (host != null) {
            host.close();
        }
    }

    @Test
    void the_pod_network_can_be_set_up_twice_and_removed() throws IOException {
        Iptables iptables = Iptables.detect(host.commands());
        CniConfiguration cni = new CniConfiguration(directory.resolve("net.d"), directory.resolve("networks"), "cni-test0");
        PodNetwork network = new PodNetwork(host.commands(), iptables, cni, Optional.of(Ipv4Cidr.parse("10.244.0.0/16")));
        network.start(Ipv4Cidr.parse("10.244.1.0/24"));
        String nat = iptables.save("nat");
        network.start(Ipv4Cidr.parse("10.244.1.0/24"));

        assertThat(rules(iptables.save("nat"))).isEqualTo(rules(nat)).containsExactly(
                "-A POSTROUTING -m comment --comment \"jakube pod network\" -j JAKUBE-POSTROUTING",
                "-A JAKUBE-POSTROUTING ! -s 10.244.1.0/24 -j RETURN",
                "-A JAKUBE-POSTROUTING -d 10.244.0.0/16 -m comment --comment \"pod to pod\" -j RETURN",
                "-A JAKUBE-POSTROUTING -d 224.0.0.0/4 -m comment --comment multicast -j RETURN",
                "-A JAKUBE-POSTROUTING -m comment --comment \"pod traffic that leaves the cluster\" -j MASQUERADE --random-fully");
        assertThat(rules(iptables.save("filter"))).hasSize(3);
        assertThat(host.commands().require("cat", "/proc/sys/net/ipv4/ip_forward").strip()).isEqualTo("1");
        assertThat(directory.resolve("net.d/10-jakube.conflist")).content().contains("\"mtu\":1400");

        host.configure("ip link add cni-test0 type bridge");
        NetworkNamespace abandonedPod = host.pod("cni-test0", "10.244.1.5/24", "10.244.1.1");
        network.cleanup();
        assertThat(host.commands().require("ip", "netns", "list")).doesNotContain(abandonedPod.name());
        assertThat(host.commands().require("ip", "link")).doesNotContain(abandonedPod.name().substring(3, 11));
        network.cleanup();
        assertThat(rules(iptables.save("nat"))).isEmpty();
        assertThat(iptables.save("nat") + iptables.save("filter")).doesNotContain("JAKUBE-");
        assertThat(host.commands().run("ip", "link", "show", "cni-test0").succeeded()).isFalse();
    }

    @Test
    void routes_follow_the_nodes_and_leave_others_alone() throws IOException {
        NodeRoutes routes = new NodeRoutes(host.commands(), "a");
        host.configure("ip route add 198.51.100.0/24 via 192.0.2.1");
        routes.sync(List.of(NodeRoutesTest.node("a", "10.244.1.0/24", "192.0.2.11"), NodeRoutesTest.node("b", "10.244.2.0/24", "192.0.2.12"),
                NodeRoutesTest.node("c", "10.244.3.0/24", "192.0.2.13"), NodeRoutesTest.node("unreachable", "10.244.4.0/24", "203.0.113.99")));
        assertThat(routes()).contains("10.244.2.0/24 via 192.0.2.12", "10.244.3.0/24 via 192.0.2.13");
        routes.sync(List.of(NodeRoutesTest.node("b", "10.244.2.0/24", "192.0.2.22")));
        assertThat(routes()).contains("10.244.2.0/24 via 192.0.2.22").doesNotContain("10.244.3.0/24");
        routes.cleanup();
        assertThat(routes()).doesNotContain("10.244").contains("198.51.100.0/24 via 192.0.2.1");
    }

    @Test
    void rules_in_both_kinds_of_iptables_are_refused() throws IOException {
        for (String command : List.of("iptables-nft", "iptables-legacy")) {
            host.commands().require(command, "-A", "INPUT", "-p", "udp", "--dport", "9", "-j", "DROP");
        }
        assertThatThrownBy(() -> Iptables.detect(host.commands())).isInstanceOf(PreflightException.class).hasMessageContaining("both kinds of iptables");
        host.commands().require("iptables-nft", "-F", "INPUT");
        assertThat(Iptables.detect(host.commands()).variant()).isEqualTo(Iptables.Variant.LEGACY);
        host.commands().require("iptables-legacy", "-F", "INPUT");
        host.commands().require("iptables-nft", "-A", "INPUT", "-p", "udp", "--dport", "9", "-j", "DROP");
        assertThat(Iptables.detect(host.commands()).variant()).isEqualTo(Iptables.Variant.NFT);
    }

    @Test
    void absence_of_iptables_is_said_in_a_sentence() {
        HostCommands none = (command, input) -> {
            throw new IOException("Cannot run program \"" + command.getFirst() + "\"");
        };
        assertThatThrownBy(() -> Iptables.detect(none)).isInstanceOf(PreflightException.class).hasMessageContaining("install the package iptables");
    }

    private String routes() throws IOException {
        return host.commands().require("ip", "route");
    }

    private static List<String> rules(String saved) {
        return saved.lines().filter(line -> line.startsWith("-A ")).toList();
    }
}
