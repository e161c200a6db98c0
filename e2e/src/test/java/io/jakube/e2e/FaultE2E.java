package io.jakube.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.e2e.fixture.Await;
import io.jakube.e2e.fixture.Kubectl;
import io.jakube.e2e.fixture.Manifest;
import io.jakube.e2e.fixture.Outcome;
import io.jakube.e2e.fixture.RunningProgram;
import io.jakube.e2e.fixture.TestCluster;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any one process may be killed: nothing acknowledged is lost, containers run on, and watches resume or end with 410. */
@WholeSystem
class FaultE2E {
    private static final String CONTAINERS = "{range .items[*]}{.metadata.name} {.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}{\"\\n\"}{end}";

    @BeforeAll
    static void startPods(Kubectl kubectl) {
        kubectl.apply(Manifest.webDeployment("web", 2));
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=85s");
    }

    @ParameterizedTest
    @ValueSource(strings = {"apiserver", "postgresql", "node-agent", "containerd"})
    void killed(String component, TestCluster cluster, Kubectl kubectl) {
        String containers = kubectl.jsonpath("pods", CONTAINERS);
        long pid = cluster.processes().get(component);
        Set<String> acknowledged;
        try (RunningProgram watch = kubectl.start("get", "configmaps", "-w", "-o", "name");
                Writer writer = new Writer(kubectl, component)) {
            Await.that("some writes", () -> writer.acknowledged().size(), count -> count >= 3);
            watch.awaitOutput("configmap/" + component + "-0\n", Await.PATIENCE);
            ProcessHandle.of(pid).orElseThrow().destroyForcibly();
            Await.that(component + " to be gone", () -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false), alive -> !alive);
            assertThat(cluster.jakube("status").exitCode()).as("status while %s is dead", component).isEqualTo(1);
            cluster.jakube("up").orFail();
            int now = writer.acknowledged().size();
            Await.that("writes after the fault", () -> writer.acknowledged().size(), count -> count >= now + 3);
            writer.stop();
            acknowledged = writer.acknowledged();
            seenOrEnded(watch, acknowledged);
        }
        assertThat(cluster.jakube("status").exitCode()).isZero();
        Set<String> stored = kubectl.ok("get", "configmaps", "-o", "jsonpath={range .items[*]}{.metadata.name}={.data.value}{\"\\n\"}{end}").lines().collect(Collectors.toSet());
        assertThat(stored).containsAll(acknowledged.stream().map(name -> name + "=" + name).toList());
        kubectl.awaitCondition("Ready", "pods", "-l", "app=web");
        assertThat(kubectl.jsonpath("pods", CONTAINERS)).as("containers run on").isEqualTo(containers);
        assertThat(kubectl.ok("exec", "deployment/web", "--", "wget", "-q", "-O", "-", "http://127.0.0.1/")).contains("Welcome to nginx!");
        kubectl.apply(Manifest.idlePod("after-" + component));
        kubectl.awaitReady("pod/after-" + component);
        kubectl.ok("delete", "pod", "after-" + component);
    }

    /** A watch either saw every acknowledged write, or has ended by itself: with its server, or with 410. Never does it go on with a gap. */
    private static void seenOrEnded(RunningProgram watch, Set<String> acknowledged) {
        Await.that("the watch to see all writes or to end", () -> watch, running -> {
            Set<String> seen = running.out().lines().map(line -> line.replace("configmap/", "")).collect(Collectors.toSet());
            return !running.isAlive() || seen.containsAll(acknowledged);
        });
        if (!watch.isAlive()) {
            List<String> seen = watch.out().lines().map(line -> line.replace("configmap/", "")).filter(acknowledged::contains).distinct().toList();
            List<String> order = new ArrayList<>(acknowledged);
            order.sort((a, b) -> Integer.compare(number(a), number(b)));
            assertThat(order.subList(0, seen.size())).as("what was seen before the end has no gap").isEqualTo(seen);
        }
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring(name.lastIndexOf('-') + 1));
    }

    /** Creates one config map after the other and notes which creations were acknowledged. */
    private static final class Writer implements AutoCloseable {
        private final Set<String> acknowledged = Collections.synchronizedSet(new TreeSet<>());
        private final AtomicBoolean stop = new AtomicBoolean();
        private final Thread thread;

        Writer(Kubectl kubectl, String prefix) {
            thread = Thread.ofVirtual().start(() -> {
                for (int i = 0; !stop.get(); i++) {
                    String name = prefix + "-" + i;
                    Outcome outcome = kubectl.run("create", "configmap", name, "--from-literal=value=" + name, "--request-timeout=10s");
                    if (outcome.succeeded()) {
                        acknowledged.add(name);
                    }
                }
            });
        }

        Set<String> acknowledged() {
            synchronized (acknowledged) {
                return new TreeSet<>(acknowledged);
            }
        }

        @Override
        public void close() {
            stop();
        }

        /** Returns after the last write. */
        void stop() {
            stop.set(true);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
