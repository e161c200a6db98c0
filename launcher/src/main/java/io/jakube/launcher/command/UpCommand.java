package io.jakube.launcher.command;

import io.jakube.launcher.LaunchException;
import io.jakube.launcher.component.Cluster;
import io.jakube.launcher.layout.ClusterSettings;
import io.jakube.launcher.layout.Distribution;
import io.jakube.launcher.layout.JakubeHome;
import io.jakube.launcher.preflight.HostPackages;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts a cluster on this host. Running it again starts only what does not run. If it fails, what this call started is stopped again. */
@Command(name = "up", mixinStandardHelpOptions = true, description = "Start a cluster on this machine: PostgreSQL, the control plane, and this host as a node.")
public final class UpCommand implements Callable<Integer> {
    @Option(names = "--port", description = "Port of the API server (default: 6443).")
    private @Nullable Integer port;

    @Option(names = "--separate", negatable = true, description = "Run API server, scheduler and controller manager in a Liberty server each.")
    private @Nullable Boolean separate;

    @Option(names = "--simulate", paramLabel = "N", description = "Run N simulated nodes: pods are scheduled and reported as running, but no container is started. Needs no root.")
    private @Nullable Integer simulate;

    @Option(names = "--node-name", description = "Name of this host's node (default: the host name).")
    private @Nullable String nodeName;

    @Option(names = "--advertise-address", description = "Address by which pods reach the API server (default: that of the default route).")
    private @Nullable String advertiseAddress;

    @Option(names = "--load-balancer-addresses", paramLabel = "LIST", description = "Addresses or ranges for Services of type LoadBalancer (default: the node's own address).")
    private @Nullable String loadBalancerAddresses;

    @Option(
            names = "--prefer-local-images",
            negatable = true,
            description = "Use an image that is on the node when its registry does not answer (default: on when this host is offline).")
    private @Nullable Boolean preferLocalImages;

    @Override
    public Integer call() {
        long begin = System.nanoTime();
        JakubeHome home = JakubeHome.fromEnvironment();
        Distribution distribution = Distribution.current();
        if (!Hosts.isLinux()) {
            throw new LaunchException("Jakube runs on Linux; this is " + System.getProperty("os.name") + ".");
        }
        home.create();
        Cluster cluster = new Cluster(distribution, home, decide(home));
        requireSameKind(distribution, home, cluster);
        cluster.requireFreePorts();
        if (!cluster.simulated()) {
            Set<String> missing = HostPackages.missing();
            if (!missing.isEmpty()) {
                HostPackages.install(missing, home.logs().resolve("packages.log"), UpCommand::say);
            }
        }
        boolean started = new ClusterStart(home, cluster, UpCommand::say).run();
        String seconds = String.format("%.1f", (System.nanoTime() - begin) / 1e9);
        if (started) {
            record(home, seconds);
        }
        say("Ready after " + seconds + " s.");
        System.out.println("export KUBECONFIG=" + home.adminKubeconfig());
        return 0;
    }

    /** Where the seconds of the last start are kept, for {@code bench}. */
    static java.nio.file.Path timing(JakubeHome home) {
        return home.run().resolve("up.seconds");
    }

    private static void record(JakubeHome home, String seconds) {
        try {
            java.nio.file.Files.writeString(timing(home), seconds + "\n");
        } catch (IOException e) {
            throw new LaunchException("The state directory " + home.root() + " cannot be written (" + e.getMessage() + ").", e);
        }
    }

    private ClusterSettings decide(JakubeHome home) {
        boolean known = ClusterSettings.existIn(Cluster.settingsFile(home));
        ClusterSettings old = known ? ClusterSettings.read(Cluster.settingsFile(home)) : null;
        int nodes = simulate != null ? simulate : old != null ? old.simulatedNodes() : 0;
        if (nodes == 0 && !Hosts.isRoot()) {
            say("This user is not root, so no containers can be run here: starting one simulated node instead (pods are scheduled and reported as running, but nothing runs). Use sudo for a real node.");
            nodes = 1;
        }
        ClusterSettings settings = new ClusterSettings(
                port != null ? port : old != null ? old.apiPort() : 6443,
                separate != null ? separate : old != null && old.separate(),
                nodes,
                nodeName != null ? nodeName : old != null ? old.nodeName() : Hosts.nodeName(),
                advertiseAddress != null ? advertiseAddress : Hosts.address(),
                loadBalancerAddresses != null ? loadBalancerAddresses : old != null ? old.loadBalancerAddresses() : "",
                preferLocalImages != null ? preferLocalImages : old != null ? old.preferLocalImages() : Offline.now());
        if (settings.simulatedNodes() < 0) {
            throw new LaunchException("--simulate takes the number of nodes, not " + settings.simulatedNodes() + ".");
        }
        return settings;
    }

    private static void requireSameKind(Distribution distribution, JakubeHome home, Cluster cluster) {
        if (!ClusterSettings.existIn(Cluster.settingsFile(home))) {
            return;
        }
        ClusterSettings old = ClusterSettings.read(Cluster.settingsFile(home));
        boolean runs = new Cluster(distribution, home, old).servers().stream().anyMatch(server -> server.process().find().isPresent());
        if (runs && (old.apiPort() != cluster.settings().apiPort() || old.separate() != cluster.settings().separate() || (old.simulatedNodes() > 0) != cluster.simulated())) {
            throw new LaunchException("The cluster runs with other settings: run jakube down first, then up with the new ones.");
        }
    }

    private static void say(String text) {
        System.out.println(text);
    }
}
