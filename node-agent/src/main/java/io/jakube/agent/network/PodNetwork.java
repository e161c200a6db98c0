package io.jakube.agent.network;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets the host up for pods: forwarding, the CNI configuration, and the packet filter's rules for traffic of pods.
 *
 * <p>All steps can be repeated. Rules live in chains of our own ({@code JAKUBE-POSTROUTING}, {@code JAKUBE-FORWARD}) with one jump each from the built-in chains. Pods keep
 * running when the agent stops, so stopping leaves everything in place; {@link #cleanup} removes it. Not thread-safe.
 */
public final class PodNetwork {
    private static final Logger LOG = LoggerFactory.getLogger(PodNetwork.class);
    private static final int DEFAULT_MTU = 1500;
    private static final Path BRIDGE_NETFILTER = Path.of("/proc/sys/net/bridge/bridge-nf-call-iptables");

    private final HostCommands host;
    private final Iptables iptables;
    private final CniConfiguration cni;
    private final Optional<Ipv4Cidr> clusterPodCidr;

    /** @param clusterPodCidr all pods' addresses ({@code jakube.pod.cidr}); traffic to them keeps its source address */
    public PodNetwork(HostCommands host, Iptables iptables, CniConfiguration cni, Optional<Ipv4Cidr> clusterPodCidr) {
        this.host = requireNonNull(host, "host is null");
        this.iptables = requireNonNull(iptables, "iptables is null");
        this.cni = requireNonNull(cni, "cni is null");
        this.clusterPodCidr = requireNonNull(clusterPodCidr, "clusterPodCidr is null");
    }

    /** Sets everything up for the node's pod CIDR; when it returns, the runtime can create pods. */
    public void start(Ipv4Cidr podCidr) throws IOException {
        sysctl("net/ipv4/ip_forward", "1");
        CniConfiguration.Attachment attachment = bridgeNetfilter() ? CniConfiguration.Attachment.BRIDGE : CniConfiguration.Attachment.POINT_TO_POINT;
        iptables.restore(rules(podCidr, clusterPodCidr.orElse(podCidr), missingJump("filter", "FORWARD", "JAKUBE-FORWARD"), missingJump("nat", "POSTROUTING", "JAKUBE-POSTROUTING")));
        int mtu = mtu();
        cni.write(podCidr, mtu, attachment);
        LOG.info("pod network {} is up: {}, MTU {}, iptables {}", podCidr, attachment, mtu, iptables.variant());
    }

    /** Own chains in iptables-restore format, and the jumps to them. Multicast and what stays among pods is not masqueraded. */
    private static String rules(Ipv4Cidr podCidr, Ipv4Cidr clusterPodCidr, String filterJump, String natJump) {
        return """
                *filter
                :JAKUBE-FORWARD - [0:0]
                -A JAKUBE-FORWARD -s %1$s -m comment --comment "from pods of this node" -j ACCEPT
                -A JAKUBE-FORWARD -d %1$s -m comment --comment "to pods of this node" -j ACCEPT
                %3$s
                COMMIT
                *nat
                :JAKUBE-POSTROUTING - [0:0]
                -A JAKUBE-POSTROUTING ! -s %1$s -j RETURN
                -A JAKUBE-POSTROUTING -d %2$s -m comment --comment "pod to pod" -j RETURN
                -A JAKUBE-POSTROUTING -d 224.0.0.0/4 -m comment --comment "multicast" -j RETURN
                -A JAKUBE-POSTROUTING -m comment --comment "pod traffic that leaves the cluster" -j MASQUERADE --random-fully
                %4$s
                COMMIT
                """.formatted(podCidr, clusterPodCidr, filterJump, natJump);
    }

    /** Put last, after what others and the service proxy decide. */
    private String missingJump(String table, String from, String to) throws IOException {
        boolean exists = iptables.save(table).lines().anyMatch(line -> line.startsWith("-A " + from + " ") && line.endsWith("-j " + to));
        return exists ? "" : "-A " + from + " -m comment --comment \"jakube pod network\" -j " + to;
    }

    /** Takes away what {@link #start} made, including the bridge and the network namespaces of pods that were removed without their network. */
    public void cleanup() throws IOException {
        cni.remove();
        iptables.removeChains("JAKUBE-");
        if (host.run("ip", "link", "show", "dev", cni.bridge()).succeeded()) {
            for (String line : host.require("ip", "-o", "link", "show", "master", cni.bridge()).lines().toList()) {
                removePort(line);
            }
            host.require("ip", "link", "del", "dev", cni.bridge());
        }
    }

    /** @param line such as {@code 63: vethd6859b54@if2: <BROADCAST> mtu 1500 ... link-netns cni-0a1b} */
    private void removePort(String line) throws IOException {
        List<String> words = List.of(line.split("\\s+"));
        host.run("ip", "link", "del", "dev", words.get(1).replaceFirst("(@.*)?:$", ""));
        int namespace = words.indexOf("link-netns");
        if (namespace > 0 && namespace + 1 < words.size()) {
            String shown = words.get(namespace + 1); // cut off after some 38 characters
            List<String> names = host.require("ip", "netns", "list").lines().map(entry -> entry.split(" ")[0]).filter(name -> name.startsWith(shown)).toList();
            if (names.size() == 1) {
                host.run("ip", "netns", "del", names.getFirst());
            }
        }
    }

    private boolean bridgeNetfilter() throws IOException {
        if (!Files.exists(BRIDGE_NETFILTER)) {
            loadModule("br_netfilter");
        }
        if (!Files.exists(BRIDGE_NETFILTER)) {
            LOG.info("the kernel has no bridge netfilter; pods get routed links instead of a bridge");
            return false;
        }
        sysctl("net/bridge/bridge-nf-call-iptables", "1");
        return true;
    }

    private void loadModule(String name) {
        try {
            host.run("modprobe", name);
        } catch (IOException e) {
            LOG.debug("module {} can't be loaded: {}", name, e.getMessage());
        }
    }

    private void sysctl(String name, String value) throws IOException {
        List<String> command = List.of("tee", "/proc/sys/" + name);
        host.run(command, value).requireSuccess(command);
    }

    /** Of the device with the default route, since what pods send outside leaves by it. */
    private int mtu() throws IOException {
        List<String> words = List.of(host.require("ip", "-4", "route", "show", "default").split("\\s+"));
        int dev = words.indexOf("dev");
        if (dev < 0 || dev + 1 >= words.size()) {
            return DEFAULT_MTU;
        }
        List<String> link = List.of(host.require("ip", "-o", "link", "show", "dev", words.get(dev + 1)).split("\\s+"));
        int mtu = link.indexOf("mtu");
        return mtu < 0 || mtu + 1 >= link.size() ? DEFAULT_MTU : Integer.parseInt(link.get(mtu + 1));
    }
}
