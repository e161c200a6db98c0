package io.jakube.launcher.command;

import io.jakube.common.client.ApiClients;
import io.jakube.common.client.RestClient;
import io.jakube.common.informer.HttpInformerSource;
import io.jakube.launcher.LaunchException;
import io.jakube.launcher.bench.ClusterBench;
import io.jakube.launcher.bench.Percentiles;
import io.jakube.launcher.bench.ProcessUsage;
import io.jakube.launcher.component.Cluster;
import io.jakube.launcher.component.LibertyServer;
import io.jakube.launcher.layout.ClusterSettings;
import io.jakube.launcher.layout.Distribution;
import io.jakube.launcher.layout.JakubeHome;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the running cluster and prints the figures. */
@Command(name = "bench", mixinStandardHelpOptions = true, subcommands = BenchStoreCommand.class,
        description = "Measure the running cluster: pod start, Deployment, Service programming, idle memory and processor use.")
public final class BenchCommand implements Callable<Integer> {
    @Option(names = "--pods", defaultValue = "20", description = "Pods to start one after another (default: ${DEFAULT-VALUE}).")
    private int pods;

    @Option(names = "--replicas", defaultValue = "30", description = "Replicas of the Deployment (default: ${DEFAULT-VALUE}).")
    private int replicas;

    @Option(names = "--services", defaultValue = "20", description = "Services to program (default: ${DEFAULT-VALUE}).")
    private int services;

    @Option(names = "--idle-seconds", defaultValue = "20", description = "How long to watch the idle cluster, in seconds (default: ${DEFAULT-VALUE}).")
    private int idleSeconds;

    @Override
    public Integer call() throws InterruptedException, IOException {
        JakubeHome home = JakubeHome.fromEnvironment();
        if (!ClusterSettings.existIn(Cluster.settingsFile(home))) {
            throw new LaunchException("There is no cluster at " + home.root() + ": start one with ./jakube up.");
        }
        Cluster cluster = new Cluster(Distribution.current(), home, ClusterSettings.read(Cluster.settingsFile(home)));
        if (Files.exists(UpCommand.timing(home))) {
            System.out.printf("last up, to Ready: %s s (aim 10 s)%n", Files.readString(UpCommand.timing(home)).trim());
        }
        idle(cluster);
        RestClient client = ApiClients.restClient(home.adminKubeconfig(), "jakube-bench");
        HttpInformerSource source = new HttpInformerSource(client);
        try (ClusterBench bench = new ClusterBench(client, source, "jakube-bench-" + Long.toString(System.currentTimeMillis(), 36))) {
            if (pods > 0) {
                List<Percentiles> start = bench.podStart(pods);
                System.out.println("pod create to Running: " + start.get(0) + " (aim p50 0.6 s, p99 1.5 s)");
                System.out.println("pod create to Ready:   " + start.get(1));
            }
            if (replicas > 0) {
                System.out.printf("Deployment of %d pods to all Ready: %.2f s%n", replicas, bench.deployment(replicas));
            }
            if (services > 0 && !cluster.simulated()) {
                System.out.println("Service created to iptables programmed: " + bench.serviceProgramming(services) + " (aim 0.3 s)");
            }
        }
        return 0;
    }

    private void idle(Cluster cluster) throws InterruptedException {
        Map<String, List<Long>> components = new LinkedHashMap<>();
        cluster.database().pid().ifPresent(pid -> components.put("postgresql", ProcessUsage.withDescendants(List.of(pid))));
        for (LibertyServer server : cluster.servers()) {
            server.process().find().ifPresent(p -> components.put(server.process().name(), List.of(p.pid())));
        }
        cluster.containerd().process().find().ifPresent(p -> components.put("containerd", List.of(p.pid())));
        cluster.agent().process().find().ifPresent(p -> components.put("node-agent", List.of(p.pid())));
        Map<String, Double> before = new LinkedHashMap<>();
        components.forEach((name, pids) -> before.put(name, cpu(pids)));
        Thread.sleep(idleSeconds * 1000L);
        double totalCpu = 0;
        long totalMemory = 0;
        List<String> lines = new ArrayList<>();
        for (var component : components.entrySet()) {
            double percent = Math.max(0, (cpu(component.getValue()) - before.get(component.getKey())) / idleSeconds * 100);
            long memory = component.getValue().stream().mapToLong(ProcessUsage::residentBytes).sum();
            totalCpu += percent;
            totalMemory += memory;
            lines.add(String.format("  %-20s %5d MB  %5.1f %%", component.getKey(), memory >> 20, percent));
        }
        System.out.printf("idle: %d MB resident (aim 600 MB), %.1f %% of one core (aim 5 %%), over %d s%n", totalMemory >> 20, totalCpu, idleSeconds);
        lines.forEach(System.out::println);
    }

    private static double cpu(List<Long> pids) {
        return pids.stream().mapToDouble(ProcessUsage::cpuSeconds).sum();
    }
}
