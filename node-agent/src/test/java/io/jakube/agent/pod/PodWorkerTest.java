package io.jakube.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.jakube.agent.api.FakeClusterObjects;
import io.jakube.agent.cri.v1.PodSandboxState;
import io.jakube.agent.pull.ImagePuller;
import io.jakube.agent.simulated.SimulatedRuntime;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop of a pod from creation to removal, on a simulated runtime. */
class PodWorkerTest {
    @TempDir Path root;
    private final LinkedBlockingQueue<JsonNode> statuses = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> deleted = new LinkedBlockingQueue<>();
    private final SimulatedRuntime runtime = new SimulatedRuntime("10.200", InstantSource.system());
    private Pods pods;

    @BeforeEach
    void start() {
        PodApi api = new PodApi() {
            @Override
            public void patchStatus(Pod pod, ObjectNode patch) {
                statuses.add(patch.path("status"));
            }

            @Override
            public void delete(Pod pod) {
                deleted.add(pod.getMetadata().getName());
            }
        };
        PodEvents events = new PodEvents((regarding, type, reason, message) -> { });
        FakeClusterObjects objects = new FakeClusterObjects();
        NodeFacts node = new NodeFacts("n", "n", List.of("192.0.2.1"), Map.of("cpu", new Quantity("2"), "pods", new Quantity("4")), 8L << 30);
        pods = new Pods(new PodServices(runtime, new PodPaths(root), () -> node, new PodDns(List.of("10.96.0.10"), "cluster.local", Path.of("/etc/resolv.conf")), events, api,
                objects, new ImagePuller(runtime, objects, events, false), Optional.empty(), false, InstantSource.system()));
    }

    @AfterEach
    void stop() {
        pods.close();
    }

    private JsonNode await(Predicate<JsonNode> wanted) throws InterruptedException {
        JsonNode status;
        do {
            status = statuses.poll(20, TimeUnit.SECONDS);
            assertThat(status).as("a status that is wanted").isNotNull();
        } while (!wanted.test(status));
        return status;
    }

    private static boolean ready(JsonNode status) {
        return status.at("/conditions/2/type").asText().equals("Ready") && status.at("/conditions/2/status").asText().equals("True");
    }

    private static Pod deleting(Pod pod) {
        return new PodBuilder(pod).editMetadata().withDeletionTimestamp("2026-01-01T00:00:00Z").withDeletionGracePeriodSeconds(1L).endMetadata().build();
    }

    @Test
    void a_pod_is_started_reported_stopped_and_forgotten() throws InterruptedException {
        Pod pod = PodFixtures.pod("Always", List.of(PodFixtures.sidecar("s")), new ContainerBuilder(PodFixtures.container("a"))
                .withNewReadinessProbe().withNewHttpGet().withPort(new IntOrString(80)).endHttpGet().endReadinessProbe().build());
        pods.update(pod);
        assertThat(await(s -> true).path("phase").asText()).isEqualTo("Pending");
        JsonNode running = await(PodWorkerTest::ready);
        assertThat(running.path("phase").asText()).isEqualTo("Running");
        assertThat(running.path("podIP").asText()).startsWith("10.200.");
        assertThat(runtime.listContainers(Map.of())).hasSize(2);

        pods.update(deleting(pod));
        assertThat(deleted.poll(20, TimeUnit.SECONDS)).isEqualTo("p");
        pods.remove(pod);
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!pods.list().isEmpty()) {
            assertThat(System.nanoTime()).as("the pod is forgotten").isLessThan(deadline);
            Thread.onSpinWait();
        }
        assertThat(runtime.listPodSandboxes(Map.of())).isEmpty();
        assertThat(runtime.listContainers(Map.of())).isEmpty();
    }

    private static Pod named(String name, Pod pod) {
        return new PodBuilder(pod).editMetadata().withName(name).withUid(name).endMetadata().build();
    }

    private static Pod asking(String name, String cpu, int hostPort) {
        return named(name, PodFixtures.pod("Always", List.of(), new ContainerBuilder(PodFixtures.container("a"))
                .addNewPort().withContainerPort(80).withHostPort(hostPort).endPort().editOrNewResources().addToRequests("cpu", new Quantity(cpu)).endResources().build()));
    }

    @Test
    void a_pod_the_node_has_no_room_for_fails_and_runs_nothing() throws InterruptedException {
        Pod first = asking("first", "1500m", 8000);
        pods.update(first);
        await(PodWorkerTest::ready);
        pods.update(asking("second", "501m", 9000));
        JsonNode refused = await(s -> s.path("phase").asText().equals("Failed"));
        assertThat(refused.path("reason").asText()).isEqualTo("OutOfcpu");
        assertThat(refused.path("message").asText()).isEqualTo("Pod was rejected: Node didn't have enough resource: cpu, requested: 501, used: 1500, capacity: 2000");
        pods.update(asking("third", "500m", 8000));
        assertThat(await(s -> s.path("phase").asText().equals("Failed")).path("reason").asText()).isEqualTo("NodePorts");
        assertThat(runtime.listContainers(Map.of())).hasSize(1);

        pods.update(deleting(first));
        assertThat(deleted.poll(20, TimeUnit.SECONDS)).isEqualTo("first");
        pods.remove(first);
        pods.update(asking("fourth", "2", 8000));
        await(PodWorkerTest::ready);
    }

    @Test
    void a_container_that_ends_is_restarted_and_its_restarts_are_counted() throws InterruptedException {
        pods.update(PodFixtures.pod("Always", List.of(), PodFixtures.container("a")));
        await(PodWorkerTest::ready);
        runtime.stopContainer(runtime.listContainers(Map.of()).getFirst().getId(), Duration.ZERO);
        pods.runtimeChanged(List.of("uid"));
        JsonNode status = await(s -> ready(s) && s.at("/containerStatuses/0/restartCount").asInt() == 1);
        assertThat(status.at("/containerStatuses/0/lastState/terminated/exitCode").asInt()).isEqualTo(143);
    }

    @Test
    void a_pod_whose_containers_have_ended_for_good_gets_a_final_phase_and_loses_its_sandbox() throws InterruptedException {
        pods.update(PodFixtures.pod("Never", List.of(), PodFixtures.container("a")));
        await(PodWorkerTest::ready);
        runtime.stopContainer(runtime.listContainers(Map.of()).getFirst().getId(), Duration.ZERO);
        pods.runtimeChanged(List.of("uid"));
        assertThat(await(s -> !s.path("phase").asText().equals("Running")).path("phase").asText()).isEqualTo("Failed");
        assertThat(runtime.listPodSandboxes(Map.of())).hasSize(1).allMatch(s -> s.getState() == PodSandboxState.SANDBOX_NOTREADY);
    }
}
