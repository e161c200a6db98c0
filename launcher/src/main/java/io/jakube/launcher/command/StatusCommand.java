package io.jakube.launcher.command;

import io.jakube.launcher.component.Cluster;
import io.jakube.launcher.component.LibertyServer;
import io.jakube.launcher.layout.ClusterSettings;
import io.jakube.launcher.layout.Distribution;
import io.jakube.launcher.layout.JakubeHome;
import io.jakube.launcher.probe.ClusterProbe;
import io.jakube.launcher.process.ManagedProcess;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;

/** Shows each component; the exit code is 1 when one is unhealthy. */
@Command(name = "status", mixinStandardHelpOptions = true, description = "Show each component of the cluster on this machine; exits with 1 when one is unhealthy.")
public final class StatusCommand implements Callable<Integer> {
    private boolean healthy = true;

    @Override
    public Integer call() {
        JakubeHome home = JakubeHome.fromEnvironment();
        if (!ClusterSettings.existIn(Cluster.settingsFile(home))) {
            System.out.println("There is no cluster at " + home.root() + ": start one with ./jakube up.");
            return 1;
        }
        Cluster cluster = new Cluster(Distribution.current(), home, ClusterSettings.read(Cluster.settingsFile(home)));
        ClusterProbe probe = new ClusterProbe(home.adminKubeconfig());
        System.out.printf("%-20s %-8s %-10s %s%n", "COMPONENT", "PID", "STATUS", "DETAIL");
        Optional<Long> database = cluster.database().pid();
        show("postgresql", database, () -> Optional.empty());
        for (LibertyServer server : cluster.servers()) {
            for (String service : server.services()) {
                show(switch (service) {
                    case "apiserver" -> "apiserver";
                    case "scheduler" -> "scheduler";
                    default -> "controller-manager";
                }, pid(server.process()), switch (service) {
                    case "apiserver" -> probe::apiServer;
                    case "scheduler" -> () -> probe.leader("kube-scheduler");
                    default -> () -> probe.leader("kube-controller-manager");
                });
            }
        }
        if (!cluster.simulated()) {
            show("containerd", pid(cluster.containerd().process()), () -> cluster.containerd().answers() ? Optional.empty() : Optional.of("its socket does not answer"));
        }
        show("node-agent", pid(cluster.agent().process()), () -> probe.nodes(Math.max(1, cluster.settings().simulatedNodes())));
        if (!cluster.simulated()) {
            show("cluster-dns", pid(cluster.agent().process()), () -> probe.dns(Cluster.DNS_ADDRESS, Cluster.DOMAIN, Cluster.FIRST_SERVICE_ADDRESS));
        }
        return healthy ? 0 : 1;
    }

    private static Optional<Long> pid(ManagedProcess process) {
        return process.find().map(ProcessHandle::pid);
    }

    private void show(String component, Optional<Long> pid, Supplier<Optional<String>> probe) {
        Optional<String> complaint = pid.isEmpty() ? Optional.of("not running") : probe.get();
        healthy &= complaint.isEmpty();
        System.out.printf("%-20s %-8s %-10s %s%n", component, pid.map(String::valueOf).orElse("-"), complaint.isEmpty() ? "healthy" : pid.isEmpty() ? "stopped" : "unhealthy", complaint.orElse(""));
    }
}
