package io.jakube.agent.pod;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.jakube.agent.api.FakeClusterObjects;
import io.jakube.agent.cri.CriRuntime;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.pull.ImagePuller;
import io.jakube.agent.resources.PodCgroups;
import io.jakube.common.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pods on a real containerd, with an API server of which only the pod calls are there. */
class PodsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir Path root;
    private final LinkedBlockingQueue<JsonNode> statuses = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> deleted = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final FakeClusterObjects objects = new FakeClusterObjects();
    private PrivateContainerd containerd;
    private CriRuntime runtime;
    private Pods pods;
    private RuntimeWatcher watcher;

    @BeforeEach
    void start() throws Exception {
        containerd = new PrivateContainerd(root);
        startAgent();
    }

    private void startAgent() {
        runtime = new CriRuntime(containerd.socket());
        awaitRuntime();
        PodApi api = new PodApi() {
            @Override
            public void patchStatus(Pod pod, ObjectNode patch) {
                statuses.add(patch.path("status"));
            }

            @Override
            public void delete(Pod pod) {
                deleted.add(pod.getMetadata().getName());
                pods.remove(pod);
            }
        };
        PodEvents podEvents = new PodEvents((regarding, type, reason, message) -> events.add(reason));
        NodeFacts node = new NodeFacts("n", "n", List.of("192.0.2.1"), Map.of(), 8L << 30);
        pods = new Pods(new PodServices(runtime, new PodPaths(root), () -> node, new PodDns(List.of("10.96.0.10"), "cluster.local", Path.of("/etc/resolv.conf")),
                podEvents, api, objects, new ImagePuller(runtime, objects, podEvents, true), Optional.of(new PodCgroups()), true, InstantSource.system()));
        watcher = new RuntimeWatcher(runtime, pods::runtimeChanged);
    }

    /** The socket accepts connections a moment before the runtime behind it is initialized. */
    private void awaitRuntime() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                runtime.listPodSandboxes(Map.of());
                return;
            } catch (RuntimeFailure e) {
                assertThat(System.nanoTime()).as("containerd answers: " + e.getMessage()).isLessThan(deadline);
            }
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (containerd != null) {
            stopAgent();
            containerd.close();
        }
    }

    private void stopAgent() throws Exception {
        pods.close();
        watcher.close();
        runtime.close();
    }

    private static Pod pod(String name, String spec) {
        Pod pod = Json.convert(Json.readObject(("{\"spec\":" + spec + "}").getBytes(StandardCharsets.UTF_8)), Pod.class);
        return new PodBuilder(pod).withApiVersion("v1").withKind("Pod")
                .withNewMetadata().withName(name).withNamespace("ns").withUid(UUID.randomUUID().toString()).withResourceVersion("1").endMetadata()
                .build();
    }

    private JsonNode await(String what, Predicate<JsonNode> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        JsonNode last = Json.object();
        while (System.nanoTime() < deadline) {
            JsonNode status = statuses.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (status == null) {
                break;
            }
            last = status;
            if (wanted.test(status)) {
                return status;
            }
        }
        throw new AssertionError("no status in which " + what + "; the last was " + last + ", events " + events);
    }

    private static boolean ready(JsonNode status) {
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText().equals("Ready")) {
                return condition.path("status").asText().equals("True");
            }
        }
        return false;
    }

    private void delete(Pod pod, long grace) throws InterruptedException {
        pods.update(new PodBuilder(pod).editMetadata().withDeletionTimestamp(Instant.now().toString()).withDeletionGracePeriodSeconds(grace).endMetadata().build());
        assertThat(deleted.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(pod.getMetadata().getName());
    }

    private String exec(String container, String command) {
        String id = runtime.listContainers(Map.of(Labels.CONTAINER_NAME, container)).getFirst().getId();
        return runtime.execSync(id, List.of("sh", "-c", command), Duration.ofSeconds(20)).getStdout().toStringUtf8().strip();
    }

    @Test
    void a_pod_runs_with_its_volumes_environment_and_network_and_survives_agent_and_containerd() throws Exception {
        objects.configMap("ns", "c", Map.of("key", "one"));
        Pod pod = pod("web", """
                {"initContainers": [{"name": "init", "image": "busybox", "command": ["sh", "-c", "echo prepared > /data/x"], "volumeMounts": [{"name": "data", "mountPath": "/data"}]}],
                 "containers": [{"name": "web", "image": "nginx", "readinessProbe": {"httpGet": {"port": 80}},
                  "env": [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}, {"name": "TEXT", "value": "at $(IP)"}],
                  "resources": {"limits": {"memory": "64Mi", "cpu": "500m"}},
                  "volumeMounts": [{"name": "data", "mountPath": "/data"}, {"name": "config", "mountPath": "/config"}, {"name": "token", "mountPath": "/token"},
                                   {"name": "config", "mountPath": "/one", "subPath": "key"}]}],
                 "volumes": [{"name": "data", "emptyDir": {"medium": "Memory"}}, {"name": "config", "configMap": {"name": "c"}},
                             {"name": "token", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}}]}
                """);
        pods.update(pod);
        JsonNode status = await("the pod is ready", PodsIT::ready);
        String ip = status.path("podIP").asText();
        assertThat(ip).startsWith("10.233.251.");
        assertThat(exec("web", "echo $TEXT; cat /data/x /config/key /token/token; cat /one; hostname; cat /etc/resolv.conf"))
                .contains("at " + ip, "prepared", "one", "token-of-default", "web", "nameserver 10.96.0.10", "search ns.svc.cluster.local svc.cluster.local cluster.local");
        assertThat(exec("web", "grep " + ip + " /etc/hosts")).contains("web");
        assertThat(events).contains("Pulled", "Created", "Started");

        objects.configMap("ns", "c", Map.of("key", "two"));
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!exec("web", "cat /config/key").equals("two")) {
            assertThat(System.nanoTime()).as("the update reaches the volume").isLessThan(deadline);
        }

        String container = runtime.listContainers(Map.of(Labels.CONTAINER_NAME, "web")).getFirst().getId();
        stopAgent();
        containerd.kill();
        containerd.start();
        startAgent();
        Pod known = new PodBuilder(pod).withStatus(Json.convert(status, io.fabric8.kubernetes.api.model.PodStatus.class)).build();
        statuses.clear();
        pods.update(known);
        pods.removeOrphans();
        delete(known, 5);
        assertThat(statuses).as("the adopted pod was never reported unready before its end").noneMatch(s -> s.path("phase").asText().equals("Pending"));
        assertThat(statuses.stream().reduce((a, b) -> b).orElseThrow().at("/containerStatuses/0/state/terminated/containerID").asText()).isEqualTo("containerd://" + container);
        awaitNothingLeft();
    }

    @Test
    void containers_that_fail_are_restarted_with_back_off_and_ones_that_end_make_the_pod_succeed() throws Exception {
        Pod crashing = pod("crash", """
                {"containers": [{"name": "crash", "image": "busybox", "command": ["sh", "-c", "echo lost > /dev/termination-log; exit 3"]}]}
                """);
        pods.update(crashing);
        JsonNode status = await("it backs off", s -> s.at("/containerStatuses/0/state/waiting/reason").asText().equals("CrashLoopBackOff"));
        assertThat(status.path("phase").asText()).isEqualTo("Running");
        assertThat(status.at("/containerStatuses/0/lastState/terminated/exitCode").asInt()).isEqualTo(3);
        assertThat(status.at("/containerStatuses/0/lastState/terminated/message").asText()).isEqualTo("lost\n");
        delete(crashing, 0);

        Pod job = pod("job", """
                {"restartPolicy": "Never", "containers": [{"name": "job", "image": "busybox", "command": ["true"]}]}
                """);
        pods.update(job);
        JsonNode done = await("it has succeeded", s -> s.path("phase").asText().equals("Succeeded"));
        assertThat(done.at("/containerStatuses/0/state/terminated/reason").asText()).isEqualTo("Completed");
        delete(job, 0);
        awaitNothingLeft();
    }

    @Test
    void problems_are_named_as_their_reasons() throws Exception {
        Pod missing = pod("missing", """
                {"containers": [{"name": "a", "image": "busybox", "envFrom": [{"configMapRef": {"name": "none"}}]},
                                {"name": "b", "image": "registry.invalid/x:1", "imagePullPolicy": "Never"}]}
                """);
        pods.update(missing);
        JsonNode status = await("both wait", s -> s.at("/containerStatuses/0/state/waiting/message").asText().contains("configmap")
                && s.at("/containerStatuses/1/state/waiting/reason").asText().equals("ErrImageNeverPull"));
        assertThat(status.at("/containerStatuses/0/state/waiting/reason").asText()).isEqualTo("CreateContainerConfigError");
        assertThat(status.at("/containerStatuses/0/state/waiting/message").asText()).isEqualTo("configmap \"none\" not found");
        delete(missing, 0);
        awaitNothingLeft();
    }

    private void awaitNothingLeft() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!runtime.listPodSandboxes(Map.of()).isEmpty() || !runtime.listContainers(Map.of()).isEmpty()) {
            assertThat(System.nanoTime()).as("everything is removed").isLessThan(deadline);
        }
    }
}
