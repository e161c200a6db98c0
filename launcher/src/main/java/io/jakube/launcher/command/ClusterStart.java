package io.jakube.launcher.command;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.images.ContainerdImages;
import io.jakube.launcher.LaunchException;
import io.jakube.launcher.component.Cluster;
import io.jakube.launcher.component.DnsService;
import io.jakube.launcher.component.LibertyServer;
import io.jakube.launcher.layout.JakubeHome;
import io.jakube.launcher.probe.ClusterProbe;
import io.jakube.launcher.probe.Patience;
import io.jakube.launcher.process.ManagedProcess;
import io.jakube.launcher.process.ProcessActivity;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * One start of a cluster. The parts start beside each other, each waiting by itself for those it needs; this waits for all of them to be ready.
 * If one fails, what this start began is stopped again.
 */
final class ClusterStart {
    /** How long a part that is not ready may show no sign of life. */
    private static final Duration SILENCE = Duration.ofSeconds(120);
    /** How long a part that is busy may take. */
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
    private static final Executor BESIDE = task -> Thread.ofPlatform().daemon().start(task);

    private final JakubeHome home;
    private final Cluster cluster;
    private final Consumer<String> say;
    private final List<Runnable> undo = new ArrayList<>();

    ClusterStart(JakubeHome home, Cluster cluster, Consumer<String> say) {
        this.home = requireNonNull(home, "home is null");
        this.cluster = requireNonNull(cluster, "cluster is null");
        this.say = requireNonNull(say, "say is null");
    }

    /** @return whether anything was started */
    boolean run() {
        try {
            start();
            return !undo.isEmpty();
        } catch (RuntimeException e) {
            undo.reversed().forEach(Runnable::run);
            throw e;
        }
    }

    private void start() {
        cluster.settings().write(Cluster.settingsFile(home));
        CompletableFuture<Void> database = startDatabase();
        CompletableFuture<Void> runtime = startRuntime();
        cluster.ensurePki();
        say.accept(cluster.settings().separate() ? "Starting API server, scheduler and controller manager in three servers" : "Starting API server, scheduler and controller manager");
        cluster.servers().forEach(server -> undoStart(server.process()));
        cluster.startServices();
        say.accept(cluster.simulated() ? "Starting " + cluster.settings().simulatedNodes() + " simulated nodes" : "Starting the node agent");
        undoStart(cluster.agent().process());
        cluster.startAgent();
        finish(database);
        finish(runtime);
        awaitReady();
    }

    private CompletableFuture<Void> startDatabase() {
        say.accept("Starting PostgreSQL");
        boolean ran = cluster.database().isRunning();
        cluster.prepareDatabase();
        CompletableFuture<Void> database = CompletableFuture.runAsync(cluster::startDatabase, BESIDE);
        if (!ran) {
            undo.add(() -> {
                database.exceptionally(e -> null).join();
                cluster.database().stop();
            });
        }
        return database;
    }

    private CompletableFuture<Void> startRuntime() {
        if (cluster.simulated()) {
            return CompletableFuture.completedFuture(null);
        }
        say.accept("Starting containerd");
        undoStart(cluster.containerd().process());
        cluster.startContainerRuntime();
        return CompletableFuture.runAsync(this::importPause, BESIDE);
    }

    /** Waits, and throws what the part threw. */
    private static void finish(CompletableFuture<Void> part) {
        try {
            part.join();
        } catch (CompletionException e) {
            throw switch (e.getCause()) {
                case LaunchException launch -> launch;
                case IllegalStateException sentence -> new LaunchException(String.valueOf(sentence.getMessage()), sentence);
                case java.io.UncheckedIOException io -> new LaunchException(String.valueOf(io.getMessage()), io);
                case null, default -> e;
            };
        }
    }

    private void awaitReady() {
        ManagedProcess apiServer = cluster.servers().getFirst().process();
        ManagedProcess leaders = cluster.servers().getLast().process();
        ManagedProcess agent = cluster.agent().process();
        ClusterProbe probe = new ClusterProbe(home.adminKubeconfig());
        await("The API server", probe::apiServer, apiServer);
        Set<Long> alive = cluster.servers().stream().map(LibertyServer::process).flatMap(process -> process.find().stream()).map(ProcessHandle::pid).collect(Collectors.toSet());
        probe.releaseLeaseOfTheDead("kube-scheduler", alive);
        probe.releaseLeaseOfTheDead("kube-controller-manager", alive);
        new DnsService(home.adminKubeconfig()).ensure();
        await("The node", () -> probe.nodes(Math.max(1, cluster.settings().simulatedNodes())), agent);
        if (!cluster.simulated()) {
            labelNode(probe, cluster.settings().nodeName());
        }
        await("The scheduler", () -> probe.leader("kube-scheduler"), leaders);
        await("The controller manager", () -> probe.leader("kube-controller-manager"), leaders);
        if (!cluster.simulated()) {
            await("Cluster DNS", () -> probe.dns(Cluster.DNS_ADDRESS, Cluster.DOMAIN, Cluster.FIRST_SERVICE_ADDRESS), agent);
        }
    }

    private void importPause() {
        await("containerd", () -> cluster.containerd().answers() ? Optional.empty() : Optional.of("its socket does not answer"), cluster.containerd().process());
        try {
            new ContainerdImages(cluster.containerd().socket()).ensurePauseImage();
        } catch (IOException e) {
            throw new LaunchException("The sandbox image could not be imported into containerd (" + e.getMessage() + ").", e);
        }
    }

    private static void labelNode(ClusterProbe probe, String node) {
        try {
            probe.labelControlPlane(node);
        } catch (IOException e) {
            throw new LaunchException("The node " + node + " could not be labelled as control plane (" + e.getMessage() + ").", e);
        }
    }

    private static void await(String what, Supplier<Optional<String>> probe, ManagedProcess process) {
        Optional<String> complaint = new Patience(SILENCE, LIMIT).await(probe, () -> dead(process), new ProcessActivity(process)::measure);
        if (complaint.isPresent()) {
            throw new LaunchException(what + " did not become ready: " + complaint.get() + ". See " + process.log() + ".");
        }
    }

    private static Optional<String> dead(ManagedProcess process) {
        return process.find().isPresent() ? Optional.empty() : Optional.of("the process " + process.name() + " has ended");
    }

    private void undoStart(ManagedProcess process) {
        if (process.find().isEmpty()) {
            undo.add(() -> process.stop(STOP_PATIENCE));
        }
    }
}
