package io.jakube.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jakube.agent.images.TestImages;
import io.jakube.e2e.fixture.Await;
import io.jakube.e2e.fixture.Kubectl;
import io.jakube.e2e.fixture.Manifest;
import io.jakube.e2e.fixture.NetworkNamespace;
import io.jakube.e2e.fixture.Outcome;
import io.jakube.e2e.fixture.Program;
import io.jakube.e2e.fixture.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One command starts a cluster, others stop, inspect and remove it. */
@WholeSystem
class LifecycleE2E {
    private static final String CONTAINER = "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}";

    @Test
    void upAgainIsHarmless(TestCluster cluster) {
        Map<String, Long> before = cluster.processes();
        assertThat(before.keySet()).contains("postgresql", "apiserver", "scheduler", "controller-manager", "containerd", "node-agent");
        Outcome up = cluster.jakube("up");
        assertThat(up.orFail().lines().toList().getLast()).isEqualTo("export KUBECONFIG=" + cluster.kubeconfig());
        assertThat(cluster.processes()).isEqualTo(before);
        Outcome status = cluster.jakube("status");
        assertThat(status.exitCode()).isZero();
        assertThat(status.out()).doesNotContain("unhealthy", "stopped");
    }

    @Test
    void downKeepsObjectsAndContainers(TestCluster cluster, Kubectl kubectl) {
        kubectl.apply(Manifest.idlePod("keeper"));
        kubectl.ok("create", "configmap", "kept", "--from-literal=a=1");
        kubectl.awaitReady("pod/keeper");
        String container = kubectl.jsonpath("pod/keeper", CONTAINER);
        String started = kubectl.shell("keeper", "stat -c %Z /proc/1");
        String uid = kubectl.jsonpath("configmap/kept", "{.metadata.uid}");
        cluster.jakube("down").orFail();
        try {
            Outcome status = cluster.jakube("status");
            assertThat(status.exitCode()).isEqualTo(1);
            assertThat(status.out()).contains("stopped");
            assertThat(kubectl.run("get", "pods").succeeded()).isFalse();
        } finally {
            cluster.jakube("up").orFail();
        }
        assertThat(kubectl.jsonpath("configmap/kept", "{.metadata.uid} {.data.a}")).isEqualTo(uid + " 1");
        kubectl.awaitReady("pod/keeper");
        assertThat(kubectl.jsonpath("pod/keeper", CONTAINER)).as("adopted, not restarted").isEqualTo(container);
        assertThat(kubectl.shell("keeper", "stat -c %Z /proc/1")).as("the same process").isEqualTo(started);
        kubectl.apply(Manifest.idlePod("newcomer"));
        kubectl.awaitReady("pod/newcomer");
    }

    @Test
    void imageLoadTakesWhatIsAnImage(TestCluster cluster, Kubectl kubectl, @TempDir Path directory) throws IOException {
        Path archive = Files.write(directory.resolve("image.tar"), TestImages.busybox("example.com/team/tool:v7"));
        assertThat(cluster.jakube("image", "load", archive.toString()).orFail()).isEqualTo("Loaded example.com/team/tool:v7\n");
        kubectl.ok("run", "loaded", "--image=example.com/team/tool:v7", "--restart=Never", "--", "echo", "from the archive");
        kubectl.awaitPath("pod/loaded", "{.status.phase}", "Succeeded");
        assertThat(kubectl.ok("logs", "loaded")).isEqualTo("from the archive\n");
        String missing = cluster.jakube("image", "load", directory.resolve("nothing.tar").toString()).expectFailure();
        assertThat(missing.lines().toList()).singleElement().asString().contains("nothing.tar");
        Path text = Files.writeString(directory.resolve("text.tar"), "this is no archive");
        assertThat(cluster.jakube("image", "load", text.toString()).expectFailure().lines().toList()).singleElement().asString().contains("text.tar");
    }

    @Test
    void busyPortsAreRefusedInOneSentence(TestCluster cluster, @TempDir Path home) {
        try (NetworkNamespace network = new NetworkNamespace()) {
            Outcome outcome = network.enter(Program.of("sh", "-c", """
                    busybox nc -l -p 6443 & listener=$!
                    trap 'kill $listener' EXIT
                    until busybox netstat -ltn | grep -q :6443; do :; done
                    "$0" up --simulate 1
                    """, cluster.repository().resolve("jakube").toString()).withEnvironment("JAKUBE_HOME", home.toString())).run();
            assertThat(outcome.exitCode()).isEqualTo(1);
            assertThat(outcome.err().lines().toList()).singleElement().asString().contains("Port 6443");
            assertThat(network.enter(cluster.jakube()).withEnvironment("JAKUBE_HOME", home.toString()).with("status").run().exitCode()).as("nothing was started").isEqualTo(1);
        }
    }

    @Test
    void ordinaryUsersGetSimulatedNodes(TestCluster cluster) throws IOException {
        Program asNobody = Program.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups");
        assumeTrue(asNobody.with("test", "-x", cluster.repository().resolve("jakube").toString()).run().succeeded(), "other users cannot reach the repository at " + cluster.repository());
        // Liberty's archive leaves its files to their owner, who is root here.
        Program.of("chmod", "-R", "a+rX", cluster.repository().resolve("target/liberty/wlp").toString()).run().orFail();
        Path home = Files.createTempDirectory(Path.of("/tmp"), "jakube-e2e-nobody");
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxrwxrwx"));
        try (NetworkNamespace network = new NetworkNamespace()) {
            Program jakube = network.enter(asNobody.with(cluster.repository().resolve("jakube").toString()).withEnvironment("JAKUBE_HOME", home.resolve("state").toString()).withEnvironment("HOME", home.toString()));
            Program kubectl = network.enter(asNobody.with("kubectl", "--kubeconfig", home.resolve("state/kubeconfig").toString()).withEnvironment("HOME", home.toString()));
            try {
                assertThat(jakube.with("up", "--simulate", "3", "--separate").within(Duration.ofMinutes(6)).run().orFail()).contains("simulated");
                assertThat(kubectl.with("get", "nodes", "--no-headers").run().orFail().lines().toList()).hasSize(3).allMatch(line -> line.contains(" Ready "));
                kubectl.with("create", "deployment", "web", "--image=nginx", "--replicas=6").run().orFail();
                kubectl.with("rollout", "status", "deployment/web", "--timeout=85s").run().orFail();
                assertThat(kubectl.with("get", "pods", "-o", "jsonpath={range .items[*]}{.spec.nodeName}{\"\\n\"}{end}").run().orFail().lines().distinct()).as("spread over all nodes").hasSize(3);
                assertThat(jakube.with("status").run().exitCode()).isZero();
            } finally {
                jakube.with("down", "--purge").run().orFail();
            }
            assertThat(home.resolve("state")).doesNotExist();
        } finally {
            Program.of("rm", "-rf", home.toString()).run().orFail();
        }
    }

    @Test
    void aTooOldJdkIsNamed(TestCluster cluster, @TempDir Path directory) throws IOException {
        // A PATH and a file system view without a JDK 25: only what the script itself needs.
        Outcome outcome = Program.of("unshare", "--mount", "sh", "-c", "for d in /usr/lib/jvm /opt; do [ -d $d ] && mount -t tmpfs none $d; done; exec \"$0\" status", cluster.repository().resolve("jakube").toString())
                .withEnvironment("JAVA_HOME", directory.toString())
                .withEnvironment("HOME", directory.toString())
                .withEnvironment("PATH", "/usr/bin:/bin")
                .run();
        assumeTrue(!outcome.out().contains("COMPONENT"), "a JDK 25 is found outside /usr/lib/jvm and /opt on this host");
        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err().lines().toList()).singleElement().asString().contains("JDK 25");
    }

    @Test
    void secretsAreReadableByTheirOwnerOnly(TestCluster cluster) {
        String open = Program.of("find", cluster.home().toString(), "-xdev", "-path", "*/node/containerd", "-prune", "-o", "-type", "f", "-perm", "/077", "(", "-name", "*.key", "-o", "-name", "*.password", "-o", "-name", "*.p12", "-o", "-name", "kubeconfig", "-o",
                "-path", "*/kubeconfigs/*", "-o", "-name", "secrets.xml", ")", "-print").run().orFail();
        assertThat(open).isEmpty();
        String password = Await.that("the key store's password", () -> read(cluster.home().resolve("pki/keystore.password")), text -> !text.isEmpty());
        assertThat(Program.of("sh", "-c", "cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' '").run().out()).doesNotContain(password);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
