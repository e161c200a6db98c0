package io.jakube.agent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.util.List;
import java.util.UUID;

/** A fresh network namespace with its loopback up; closing removes it with all devices and rules in it. */
public final class NetworkNamespace implements AutoCloseable {
    private final String name = "jk-" + UUID.randomUUID();
    private final HostCommands root = new ProcessHostCommands();
    private final HostCommands inside = new ProcessHostCommands("ip", "netns", "exec", name);

    private NetworkNamespace() throws IOException {
        root.require("ip", "netns", "add", name);
        inside.require("ip", "link", "set", "lo", "up");
    }

    /** Skips the test where namespaces can't be made. */
    public static NetworkNamespace create() throws IOException {
        assumeTrue(System.getProperty("user.name").equals("root"), "network namespaces need root");
        return new NetworkNamespace();
    }

    public String name() {
        return name;
    }

    /** Runs commands inside. */
    public HostCommands commands() {
        return inside;
    }

    public void configure(String script) throws IOException {
        inside.run(List.of("sh", "-e"), script).requireSuccess(List.of("sh", "-e"));
    }

    /** A namespace that stands for a pod: joined to a bridge of this one in hairpin mode as by the CNI plugin, with its gateway as default route. */
    public NetworkNamespace pod(String bridge, String addressWithPrefix, String gateway) throws IOException {
        NetworkNamespace pod = new NetworkNamespace();
        String outer = "v" + pod.name.substring(3, 11);
        configure("""
                ip link add %1$s type veth peer name eth0 netns %2$s
                ip link set %1$s master %3$s up
                bridge link set dev %1$s hairpin on
                """.formatted(outer, pod.name, bridge));
        pod.configure("""
                ip addr add %s dev eth0
                ip link set eth0 up
                ip route add default via %s
                """.formatted(addressWithPrefix, gateway));
        return pod;
    }

    @Override
    public void close() throws IOException {
        assertThat(root.run("ip", "netns", "del", name).succeeded()).isTrue();
    }
}
