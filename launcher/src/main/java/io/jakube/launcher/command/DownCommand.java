package io.jakube.launcher.command;

import io.jakube.launcher.LaunchException;
import io.jakube.launcher.component.Cluster;
import io.jakube.launcher.component.HostCleanup;
import io.jakube.launcher.layout.ClusterSettings;
import io.jakube.launcher.layout.Distribution;
import io.jakube.launcher.layout.JakubeHome;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Stops the cluster on this host and keeps its data. */
@Command(
        name = "down",
        mixinStandardHelpOptions = true,
        description = {
            "Stop the cluster on this machine and keep its data.",
            "Containers go on running, and the next up adopts them; --purge stops and removes everything, the data included."
        })
public final class DownCommand implements Callable<Integer> {
    /** The first processes of a build write their class archives when they end. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Option(names = "--purge", description = "Also stop the containers and remove all data below $JAKUBE_HOME, the pod network and the iptables rules.")
    private boolean purge;

    @Override
    public Integer call() {
        JakubeHome home = JakubeHome.fromEnvironment();
        if (!home.exists()) {
            System.out.println("There is no cluster at " + home.root() + ".");
            return 0;
        }
        if (ClusterSettings.existIn(Cluster.settingsFile(home))) {
            Cluster cluster = new Cluster(Distribution.current(), home, ClusterSettings.read(Cluster.settingsFile(home)));
            System.out.println("Stopping the node agent");
            cluster.agent().process().stop(PATIENCE);
            System.out.println("Stopping the control plane");
            cluster.servers().reversed().forEach(server -> server.process().stop(PATIENCE));
            if (purge && !cluster.simulated()) {
                System.out.println("Removing containers, pod network and iptables rules");
                new HostCleanup(home, cluster.containerd()).run();
            }
            cluster.containerd().process().stop(PATIENCE);
            System.out.println("Stopping PostgreSQL");
            cluster.database().stop();
        } else if (!purge) {
            throw new LaunchException("There is no cluster in " + home.root() + " (its settings are missing): nothing was stopped.");
        }
        if (purge) {
            HostCleanup.removeTree(home.root());
            System.out.println("Removed " + home.root());
        }
        return 0;
    }
}
