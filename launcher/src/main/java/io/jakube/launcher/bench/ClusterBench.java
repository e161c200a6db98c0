package io.jakube.launcher.bench;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.jakube.common.client.DeleteOptions;
import io.jakube.common.client.RestClient;
import io.jakube.common.informer.EventHandler;
import io.jakube.common.informer.Informer;
import io.jakube.common.informer.InformerSource;
import io.jakube.launcher.LaunchException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Times what users wait for, as a client sees it: from the request to the watch event. Works in a namespace of its own, which it removes.
 * Not thread-safe.
 */
public final class ClusterBench implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(120);
    private static final String IMAGE = "jakube.io/pause:1";

    private final RestClient client;
    private final String namespace;
    private final Informer<Pod> pods;
    private final Map<String, Long> running = new ConcurrentHashMap<>();
    private final Map<String, Long> ready = new ConcurrentHashMap<>();

    public ClusterBench(RestClient client, InformerSource source, String namespace) throws InterruptedException {
        this.client = requireNonNull(client, "client is null");
        this.namespace = requireNonNull(namespace, "namespace is null");
        client.create(new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build());
        this.pods = new Informer<>(Pod.class, new InformerSource.Filter(namespace, "", ""), Informer::dropManagedFields);
        pods.addHandler(EventHandler.forEach(this::note));
        pods.start(source);
        if (!pods.awaitSync(PATIENCE)) {
            throw new LaunchException("The pods of namespace " + namespace + " could not be watched.");
        }
    }

    private void note(Pod pod) {
        long now = System.nanoTime();
        String name = pod.getMetadata().getName();
        if (pod.getStatus() != null && "Running".equals(pod.getStatus().getPhase())) {
            running.putIfAbsent(name, now);
        }
        if (isReady(pod)) {
            ready.putIfAbsent(name, now);
        }
    }

    private static boolean isReady(Pod pod) {
        List<PodCondition> conditions = pod.getStatus() == null ? null : pod.getStatus().getConditions();
        return conditions != null && conditions.stream().anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    }

    /**
     * Creates pods one after another, each when the last is Ready.
     *
     * @return seconds to Running and to Ready
     */
    public List<Percentiles> podStart(int count) throws InterruptedException {
        List<Double> toRunning = new ArrayList<>();
        List<Double> toReady = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String name = "start-" + i;
            long begin = System.nanoTime();
            client.create(new PodBuilder()
                    .withNewMetadata().withName(name).withNamespace(namespace).addToLabels("bench", "start").endMetadata()
                    .withNewSpec().withTerminationGracePeriodSeconds(0L)
                    .addNewContainer().withName("c").withImage(IMAGE).withImagePullPolicy("IfNotPresent").endContainer().endSpec().build());
            if (!pods.await(() -> ready.containsKey(name), PATIENCE)) {
                throw new LaunchException("Pod " + name + " did not become Ready within " + PATIENCE.toSeconds() + " s: kubectl describe pod -n " + namespace + " " + name);
            }
            toRunning.add((running.get(name) - begin) / 1e9);
            toReady.add((ready.get(name) - begin) / 1e9);
            client.delete(Pod.class, namespace, name, DeleteOptions.NONE.withGracePeriodSeconds(0));
        }
        return List.of(Percentiles.of(toRunning), Percentiles.of(toReady));
    }

    /** Creates a Deployment. @return seconds until all its pods are Ready */
    public double deployment(int replicas) throws InterruptedException {
        long begin = System.nanoTime();
        client.create(new DeploymentBuilder()
                .withNewMetadata().withName("deploy").withNamespace(namespace).endMetadata()
                .withNewSpec().withReplicas(replicas).withNewSelector().addToMatchLabels("bench", "deploy").endSelector()
                .withNewTemplate().withNewMetadata().addToLabels("bench", "deploy").endMetadata()
                .withNewSpec().withTerminationGracePeriodSeconds(0L)
                .addNewContainer().withName("c").withImage(IMAGE).withImagePullPolicy("IfNotPresent").addNewPort().withContainerPort(80).endPort().endContainer()
                .endSpec().endTemplate().endSpec().build());
        boolean all = pods.await(() -> ready.keySet().stream().filter(name -> name.startsWith("deploy-")).count() >= replicas, PATIENCE);
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (!all) {
            throw new LaunchException("The Deployment's " + replicas + " pods did not become Ready within " + PATIENCE.toSeconds() + " s: kubectl get pods -n " + namespace);
        }
        return seconds;
    }

    /** Creates Services for the Deployment's pods and looks for their addresses in the host's NAT rules. @return seconds from request to rules */
    public Percentiles serviceProgramming(int count) throws InterruptedException {
        List<Double> seconds = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long begin = System.nanoTime();
            Service service = client.create(new ServiceBuilder()
                    .withNewMetadata().withName("service-" + i).withNamespace(namespace).endMetadata()
                    .withNewSpec().addToSelector("bench", "deploy").addNewPort().withPort(80).endPort().endSpec().build());
            String rule = "-d " + service.getSpec().getClusterIP() + "/32";
            long deadline = begin + PATIENCE.toNanos();
            while (!natRules().contains(rule)) {
                if (System.nanoTime() > deadline) {
                    throw new LaunchException("Service " + service.getMetadata().getName() + " was not programmed within " + PATIENCE.toSeconds() + " s.");
                }
                Thread.sleep(5);
            }
            seconds.add((System.nanoTime() - begin) / 1e9);
        }
        return Percentiles.of(seconds);
    }

    private static String natRules() {
        try {
            Process process = new ProcessBuilder("iptables-save", "-t", "nat").redirectErrorStream(true).start();
            return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new LaunchException("iptables-save could not be run (" + e.getMessage() + ").", e);
        }
    }

    /** Removes everything and waits until it is gone. */
    @Override
    public void close() {
        try {
            client.delete(Deployment.class, namespace, "deploy", DeleteOptions.NONE.withPropagationPolicy("Background"));
        } catch (io.jakube.common.status.ApiException e) {
            if (!e.is("NotFound")) {
                throw e;
            }
        }
        client.delete(Namespace.class, "", namespace, DeleteOptions.NONE);
        try {
            pods.await(() -> pods.lister().list().isEmpty(), PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        pods.close();
    }
}
