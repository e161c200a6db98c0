package io.jakube.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.e2e.fixture.Await;
import io.jakube.e2e.fixture.Kubectl;
import io.jakube.e2e.fixture.Manifest;
import io.jakube.e2e.fixture.Outcome;
import io.jakube.e2e.fixture.RunningProgram;
import io.jakube.e2e.fixture.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stock kubectl's commands do what they do on any Kubernetes cluster, and say the same. */
@WholeSystem
class KubectlE2E {
    @BeforeAll
    static void startWhatManyTestsLookAt(Kubectl kubectl) {
        kubectl.apply(Manifest.webDeployment("web", 2));
        kubectl.apply(Manifest.idlePod("tool"));
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=85s");
        kubectl.awaitReady("pod/tool");
    }

    @Test
    void createGenerators(Kubectl kubectl) {
        assertThat(kubectl.ok("create", "deployment", "generated", "--image=" + Manifest.NGINX, "--replicas=0")).isEqualTo("deployment.apps/generated created\n");
        assertThat(kubectl.jsonpath("deployment/generated", "{.spec.selector.matchLabels.app}")).isEqualTo("generated");
        assertThat(kubectl.ok("create", "configmap", "settings", "--from-literal=colour=blue", "--from-literal=size=7")).isEqualTo("configmap/settings created\n");
        assertThat(kubectl.jsonpath("configmap/settings", "{.data.colour}{.data.size}")).isEqualTo("blue7");
        assertThat(kubectl.ok("create", "secret", "generic", "pass", "--from-literal=password=s3cret")).isEqualTo("secret/pass created\n");
        assertThat(new String(Base64.getDecoder().decode(kubectl.jsonpath("secret/pass", "{.data.password}")))).isEqualTo("s3cret");
        assertThat(kubectl.ok("create", "service", "clusterip", "generated", "--tcp=80:8080")).isEqualTo("service/generated created\n");
        assertThat(kubectl.jsonpath("service/generated", "{.spec.ports[0].targetPort}")).isEqualTo("8080");
        assertThat(kubectl.ok("create", "service", "nodeport", "outside", "--tcp=80")).isEqualTo("service/outside created\n");
        assertThat(Integer.parseInt(kubectl.jsonpath("service/outside", "{.spec.ports[0].nodePort}"))).isBetween(30000, 32767);
        assertThat(kubectl.ok("create", "job", "once", "--image=" + Manifest.BUSYBOX, "--", "true")).isEqualTo("job.batch/once created\n");
        kubectl.awaitCondition("Complete", "job/once");
        assertThat(kubectl.ok("create", "role", "reader", "--verb=get,list", "--resource=pods")).isEqualTo("role.rbac.authorization.k8s.io/reader created\n");
        assertThat(kubectl.ok("create", "serviceaccount", "robot")).isEqualTo("serviceaccount/robot created\n");
        assertThat(kubectl.ok("create", "token", "robot").strip().split("\\.")).hasSize(3);
        assertThat(kubectl.refused("create", "configmap", "settings")).contains("error: failed to create configmap: configmaps \"settings\" already exists");
    }

    @Test
    void createNamespaceAndMakeItTheDefault(TestCluster cluster, @TempDir Path directory) throws IOException {
        Path own = Files.copy(cluster.kubeconfig(), directory.resolve("kubeconfig"));
        Kubectl kubectl = cluster.kubectl(own, "");
        assertThat(kubectl.ok("create", "namespace", "dev")).isEqualTo("namespace/dev created\n");
        try {
            assertThat(kubectl.ok("config", "set-context", "--current", "--namespace=dev")).contains("modified");
            assertThat(kubectl.run("get", "pods").err()).isEqualTo("No resources found in dev namespace.\n");
            kubectl.apply(Manifest.idlePod("here"));
            assertThat(kubectl.ok("get", "pods", "-n", "dev", "-o", "name")).isEqualTo("pod/here\n");
        } finally {
            kubectl.ok("delete", "namespace", "dev");
        }
        assertThat(kubectl.refused("get", "namespace", "dev")).contains("Error from server (NotFound): namespaces \"dev\" not found");
    }

    @Test
    void applyOnTheClient(Kubectl kubectl) {
        String manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {a: '1', b: '2'}\n";
        assertThat(kubectl.apply(manifest)).isEqualTo("configmap/applied created\n");
        assertThat(kubectl.apply(manifest)).isEqualTo("configmap/applied unchanged\n");
        kubectl.ok("patch", "configmap", "applied", "-p", "{\"data\":{\"c\":\"3\"}}");
        assertThat(kubectl.apply("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {a: '1'}\n")).isEqualTo("configmap/applied configured\n");
        assertThat(kubectl.json("get", "configmap", "applied").path("data").toString()).as("what was applied before goes, what others set stays").isEqualTo("{\"a\":\"1\",\"c\":\"3\"}");
        assertThat(kubectl.okWith(manifest, "apply", "--dry-run=server", "-f", "-")).isEqualTo("configmap/applied configured (server dry run)\n");
        assertThat(kubectl.json("get", "configmap", "applied").path("data").has("b")).isFalse();
    }

    @Test
    void applyOnTheServer(Kubectl kubectl) {
        String manifest = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: owned}\ndata: {a: '1'}\n";
        assertThat(kubectl.okWith(manifest, "apply", "--server-side", "-f", "-")).isEqualTo("configmap/owned serverside-applied\n");
        String conflict = kubectl.refusedWith(manifest.replace("'1'", "'2'"), "apply", "--server-side", "--field-manager=other", "-f", "-");
        assertThat(conflict).contains("conflict with \"kubectl\": .data.a");
        kubectl.okWith(manifest.replace("'1'", "'2'"), "apply", "--server-side", "--field-manager=other", "--force-conflicts", "-f", "-");
        assertThat(kubectl.jsonpath("configmap/owned", "{.data.a}")).isEqualTo("2");
        assertThat(kubectl.ok("get", "configmap", "owned", "--show-managed-fields", "-o", "jsonpath={.metadata.managedFields[*].manager}")).contains("other");
    }

    @Test
    void getInEveryFormat(TestCluster cluster, Kubectl kubectl) {
        assertThat(kubectl.ok("get", "pods").lines().findFirst().orElse("")).matches("NAME +READY +STATUS +RESTARTS +AGE");
        assertThat(kubectl.ok("get", "pods", "-o", "wide").lines().findFirst().orElse("")).matches("NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES");
        assertThat(kubectl.ok("get", "deployments", "-o", "wide").lines().findFirst().orElse("")).matches("NAME +READY +UP-TO-DATE +AVAILABLE +AGE +CONTAINERS +IMAGES +SELECTOR");
        assertThat(kubectl.ok("get", "pod", "tool", "-o", "yaml")).startsWith("apiVersion: v1\nkind: Pod\nmetadata:\n").contains("\n  name: tool\n").contains("\n  phase: Running\n");
        JsonNode pod = kubectl.json("get", "pod", "tool");
        assertThat(pod.path("spec").path("nodeName").asText()).isEqualTo(cluster.node());
        assertThat(kubectl.ok("get", "pod", "tool", "-o", "jsonpath={.metadata.name} {.status.phase}")).isEqualTo("tool Running");
        assertThat(kubectl.ok("get", "pod/tool", "deployment/web", "-o", "name")).isEqualTo("pod/tool\ndeployment.apps/web\n");
        assertThat(kubectl.ok("get", "pods", "-A")).startsWith("NAMESPACE").contains(kubectl.namespace());
        assertThat(kubectl.ok("get", "pods", "-l", "app=web", "-o", "name").lines()).hasSize(2);
        assertThat(kubectl.ok("get", "pods", "-l", "app in (tool),app!=web", "-o", "name")).isEqualTo("pod/tool\n");
        assertThat(kubectl.ok("get", "pods", "--field-selector=metadata.name=tool,status.phase=Running", "-o", "name")).isEqualTo("pod/tool\n");
        assertThat(kubectl.ok("get", "pods", "--field-selector=status.phase=Failed", "-o", "name")).isEmpty();
        assertThat(kubectl.ok("get", "pod", "tool", "--show-labels").lines().toList().getLast()).endsWith("app=tool");
        assertThat(kubectl.ok("get", "pods", "tool", "-o", "custom-columns=WHO:.metadata.name,IMAGE:.spec.containers[0].image")).isEqualTo("WHO    IMAGE\ntool   " + Manifest.BUSYBOX + "\n");
        assertThat(kubectl.ok("get", "all")).contains("pod/tool", "deployment.apps/web", "replicaset.apps/web-");
        assertThat(kubectl.refused("get", "pod", "nobody")).isEqualTo("Error from server (NotFound): pods \"nobody\" not found\n");
        assertThat(kubectl.refused("get", "unicorns")).contains("error: the server doesn't have a resource type \"unicorns\"");
        assertThat(kubectl.refused("get", "pods", "--field-selector=spec.colour=red")).contains("field label not supported: spec.colour");
    }

    @Test
    void getWatches(Kubectl kubectl) {
        try (RunningProgram watch = kubectl.start("get", "configmaps", "-w", "--output-watch-events", "-l", "watched=yes")) {
            // kubectl prints nothing for an empty list, so what shows that it watches is the first event.
            Await.that("the watch to see a change", () -> {
                kubectl.apply("{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"seen\",\"labels\":{\"watched\":\"yes\"}},\"data\":{\"n\":\"" + System.nanoTime() + "\"}}");
                return watch.out();
            }, out -> out.contains("seen"));
            kubectl.ok("label", "configmap", "seen", "watched-");
            watch.awaitOutput("DELETED", Await.PATIENCE);
        }
        try (RunningProgram watch = kubectl.start("get", "pods", "-w", "-l", "app=passing")) {
            kubectl.apply(Manifest.shellPod("passing", "exit 0").replace("\"spec\":{", "\"spec\":{\"restartPolicy\":\"Never\","));
            watch.awaitOutput("Completed", Await.PATIENCE);
            assertThat(watch.out().lines().findFirst().orElse("")).startsWith("NAME");
        }
    }

    @Test
    void describe(TestCluster cluster, Kubectl kubectl) {
        assertThat(kubectl.ok("describe", "pod", "tool")).contains("Status:           Running", "Container ID:  containerd://", "QoS Class:                   BestEffort", "Scheduled", "Started");
        assertThat(kubectl.ok("describe", "deployment", "web")).contains("2 desired | 2 updated | 2 total | 2 available | 0 unavailable", "RollingUpdate", "ScalingReplicaSet");
        assertThat(kubectl.in("").ok("describe", "node", cluster.node())).contains("Allocatable:", "Allocated resources:", "KubeletReady", "PodCIDR:");
        assertThat(kubectl.in("default").ok("describe", "service", "kubernetes")).contains("https  443/TCP", "Endpoints:");
        assertThat(kubectl.in("").ok("describe", "namespace", kubectl.namespace())).contains("Status:       Active");
    }

    @Test
    void logs(Kubectl kubectl) {
        kubectl.apply(Manifest.shellPod("talker", "trap 'exit 0' TERM; for i in 1 2 3; do echo line $i; done; while [ ! -f /tmp/go ]; do usleep 100000; done; echo line 4; sleep 3600 & wait"));
        kubectl.awaitReady("pod/talker");
        Await.that("three lines", () -> kubectl.ok("logs", "talker"), "line 1\nline 2\nline 3\n"::equals);
        assertThat(kubectl.ok("logs", "talker", "--tail=1")).isEqualTo("line 3\n");
        assertThat(kubectl.ok("logs", "talker", "-c", "main", "--since=1h")).startsWith("line 1\n");
        assertThat(kubectl.ok("logs", "talker", "--timestamps", "--tail=1")).matches("\\d{4}-\\d\\d-\\d\\dT\\S+Z line 3\n");
        assertThat(kubectl.ok("logs", "-l", "app=talker", "--prefix", "--tail=1")).isEqualTo("[pod/talker/main] line 3\n");
        try (RunningProgram follow = kubectl.start("logs", "-f", "talker", "--tail=1")) {
            follow.awaitOutput("line 3", Await.PATIENCE);
            kubectl.shell("talker", "touch /tmp/go");
            follow.awaitOutput("line 4", Await.PATIENCE);
            kubectl.ok("delete", "pod", "talker", "--wait=false");
            assertThat(follow.await(Await.PATIENCE).exitCode()).as("following ends with the container").isZero();
        }
        assertThat(kubectl.refused("logs", "tool", "-c", "nobody")).contains("container nobody is not valid for pod tool");
        assertThat(kubectl.refused("logs", "tool", "--previous")).contains("previous terminated container \"main\" in pod \"tool\" not found");
    }

    @Test
    void logsOfTheContainerBefore(Kubectl kubectl) {
        kubectl.apply(Manifest.shellPod("twice", "if [ -f /data/once ]; then echo second; trap 'exit 0' TERM; sleep 3600 & wait; else touch /data/once; echo first; exit 3; fi")
                .replace("\"spec\":{", "\"spec\":{\"volumes\":[{\"name\":\"data\",\"emptyDir\":{}}],")
                .replace("\"name\":\"main\"", "\"name\":\"main\",\"volumeMounts\":[{\"name\":\"data\",\"mountPath\":\"/data\"}]"));
        kubectl.awaitPath("pod/twice", "{.status.containerStatuses[0].restartCount}{.status.containerStatuses[0].state.running.startedAt}", state -> state.startsWith("1") && state.length() > 2);
        Await.that("the second start's log", () -> kubectl.ok("logs", "twice"), "second\n"::equals);
        assertThat(kubectl.ok("logs", "twice", "--previous")).isEqualTo("first\n");
        assertThat(kubectl.jsonpath("pod/twice", "{.status.containerStatuses[0].lastState.terminated.exitCode}")).isEqualTo("3");
    }

    @Test
    void exec(Kubectl kubectl) {
        assertThat(kubectl.ok("exec", "tool", "--", "echo", "a  b", "c")).isEqualTo("a  b c\n");
        Outcome failed = kubectl.run("exec", "tool", "--", "sh", "-c", "echo out; echo err >&2; exit 42");
        assertThat(failed.exitCode()).isEqualTo(42);
        assertThat(failed.out()).isEqualTo("out\n");
        assertThat(failed.err()).startsWith("err\n").contains("command terminated with exit code 42");
        assertThat(kubectl.okWith("hello\n", "exec", "-i", "tool", "--", "cat")).isEqualTo("hello\n");
        assertThat(kubectl.okWith("x".repeat(3_000_000), "exec", "-i", "tool", "--", "wc", "-c").strip()).isEqualTo("3000000");
        assertThat(kubectl.ok("exec", "deployment/web", "--", "cat", "/usr/share/nginx/html/index.html")).contains("Welcome to nginx!");
        assertThat(kubectl.refused("exec", "tool", "--", "no-such-program")).contains("no-such-program");
        assertThat(kubectl.refused("exec", "nobody", "--", "true")).contains("pods \"nobody\" not found");
    }

    @Test
    void execOnATerminal(Kubectl kubectl) {
        // script(1) gives kubectl a terminal, of 33 lines and 111 columns here.
        String command = "stty rows 33 cols 111; kubectl --namespace=" + kubectl.namespace() + " exec -it tool -- sh";
        try (RunningProgram terminal = kubectl.program().instead("script", "--quiet", "--return", "--command", command, "/dev/null").start()) {
            terminal.awaitOutput("# ", Await.PATIENCE);
            terminal.type("tty");
            terminal.awaitOutput("/dev/pts/", Await.PATIENCE);
            terminal.type("stty size");
            terminal.awaitOutput("33 111", Await.PATIENCE);
            terminal.type("exit 7");
            assertThat(terminal.await(Await.PATIENCE).exitCode()).isEqualTo(7);
        }
    }

    @Test
    void copy(Kubectl kubectl, @TempDir Path directory) throws IOException {
        Path there = Files.createDirectory(directory.resolve("there"));
        Files.writeString(there.resolve("a.txt"), "alpha\n");
        Files.writeString(Files.createDirectory(there.resolve("deep")).resolve("b.txt"), "beta\n".repeat(100_000));
        kubectl.ok("cp", there.toString(), "tool:/tmp/copied");
        assertThat(kubectl.shell("tool", "cat /tmp/copied/a.txt; wc -l < /tmp/copied/deep/b.txt")).isEqualTo("alpha\n100000\n");
        kubectl.ok("cp", "tool:/tmp/copied/deep/b.txt", directory.resolve("back.txt").toString());
        assertThat(directory.resolve("back.txt")).hasSameTextualContentAs(there.resolve("deep/b.txt"));
    }

    @Test
    void attachAndRun(Kubectl kubectl) {
        assertThat(kubectl.okWith("one two three\n", "run", "counter", "--image=" + Manifest.BUSYBOX, "--restart=Never", "--rm", "-i", "--quiet", "--", "sh", "-c", "read line; echo got $line")).contains("got one two three");
        kubectl.awaitGone("pod/counter");
        kubectl.apply(Manifest.shellPod("ticker", "trap 'exit 0' TERM; while :; do echo tick; usleep 200000; done"));
        kubectl.awaitReady("pod/ticker");
        try (RunningProgram attached = kubectl.start("attach", "ticker")) {
            attached.awaitOutput("tick", Await.PATIENCE);
        }
        kubectl.ok("delete", "pod", "ticker", "--wait=false");
        assertThat(kubectl.ok("run", "plain", "--image=" + Manifest.NGINX, "--port=80", "--labels=run=plain")).isEqualTo("pod/plain created\n");
        kubectl.awaitReady("pod/plain");
    }

    @Test
    void attachEndsWithAContainerThatHasATerminalTheClientHasNot(Kubectl kubectl) {
        try (RunningProgram run = kubectl.start("run", "terminal", "--image=" + Manifest.BUSYBOX, "--restart=Never", "-it", "--quiet", "--", "sh", "-c", "sleep 1; [ -t 1 ] && exit 7")) {
            assertThat(run.await(Await.PATIENCE).exitCode()).isEqualTo(7);
        }
    }

    @Test
    void portForward(TestCluster cluster, Kubectl kubectl) {
        kubectl.ok("expose", "deployment", "web", "--name=forwarded", "--port=8000", "--target-port=80");
        String pod = kubectl.jsonpath("pods", "{.items[?(@.metadata.labels.app==\"web\")].metadata.name}").split(" ")[0];
        for (String[] target : new String[][] {{"pod/" + pod, "8080"}, {"deployment/web", "80"}, {"service/forwarded", "8000"}}) {
            try (RunningProgram forward = kubectl.start("port-forward", target[0], ":" + target[1])) {
                forward.awaitOutput("Forwarding from 127.0.0.1:", Await.PATIENCE);
                Matcher port = Pattern.compile("127\\.0\\.0\\.1:(\\d+)").matcher(forward.out());
                assertThat(port.find()).isTrue();
                for (int i = 0; i < 5; i++) {
                    assertThat(cluster.curl("http://127.0.0.1:" + port.group(1) + "/").orFail()).as(target[0]).contains("Welcome to nginx!");
                }
            }
        }
    }

    @Test
    void deleteGracefullyForcedAndBySelector(Kubectl kubectl) {
        kubectl.apply(Manifest.shellPod("slow", "trap 'while [ ! -f /tmp/go ]; do usleep 50000; done; exit 0' TERM; sleep 3600 & wait").replace("\"terminationGracePeriodSeconds\":1", "\"terminationGracePeriodSeconds\":60"));
        kubectl.apply(Manifest.idlePod("stuck").replace("\"terminationGracePeriodSeconds\":1", "\"terminationGracePeriodSeconds\":600").replace("trap 'exit 0' TERM", "trap '' TERM"));
        kubectl.awaitReady("pod/slow", "pod/stuck");
        assertThat(kubectl.ok("delete", "pod", "slow", "--wait=false")).isEqualTo("pod \"slow\" deleted\n");
        assertThat(kubectl.jsonpath("pod/slow", "{.metadata.deletionGracePeriodSeconds}")).isEqualTo("60");
        assertThat(kubectl.ok("get", "pod", "slow")).contains("Terminating");
        kubectl.shell("slow", "touch /tmp/go");
        kubectl.awaitGone("pod/slow");
        Outcome forced = kubectl.run("delete", "pod", "stuck", "--force", "--grace-period=0");
        assertThat(forced.orFail()).contains("pod \"stuck\" force deleted");
        assertThat(forced.err()).contains("Immediate deletion does not wait for confirmation");
        assertThat(kubectl.ok("get", "pod", "stuck", "--ignore-not-found")).isEmpty();
        kubectl.ok("create", "configmap", "bulk-1");
        kubectl.ok("create", "configmap", "bulk-2");
        kubectl.ok("label", "configmap", "bulk-1", "bulk-2", "bulk=yes");
        assertThat(kubectl.ok("delete", "configmaps", "-l", "bulk=yes")).isEqualTo("configmap \"bulk-1\" deleted\nconfigmap \"bulk-2\" deleted\n");
        assertThat(kubectl.refused("delete", "configmap", "bulk-1")).isEqualTo("Error from server (NotFound): configmaps \"bulk-1\" not found\n");
        assertThat(kubectl.ok("delete", "configmap", "bulk-1", "--ignore-not-found")).isEmpty();
    }

    @Test
    void edit(Kubectl kubectl, @TempDir Path directory) throws IOException {
        Path editor = Files.writeString(directory.resolve("editor"), "#!/bin/sh\nsed -i 's/colour: blue/colour: green/' \"$1\"\n");
        Files.setPosixFilePermissions(editor, PosixFilePermissions.fromString("rwxr-xr-x"));
        kubectl.ok("create", "configmap", "edited", "--from-literal=colour=blue");
        Kubectl editing = kubectl.withEnvironment(Map.of("KUBE_EDITOR", editor.toString()));
        assertThat(editing.ok("edit", "configmap", "edited")).isEqualTo("configmap/edited edited\n");
        assertThat(kubectl.jsonpath("configmap/edited", "{.data.colour}")).isEqualTo("green");
        assertThat(editing.run("edit", "configmap", "edited").err()).contains("Edit cancelled, no changes made.");
    }

    @Test
    void patchInThreeDialects(Kubectl kubectl) {
        kubectl.ok("create", "deployment", "patched", "--image=" + Manifest.NGINX, "--replicas=0");
        assertThat(kubectl.ok("patch", "deployment", "patched", "-p", "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"nginx\",\"imagePullPolicy\":\"Never\"},{\"name\":\"side\",\"image\":\"" + Manifest.BUSYBOX + "\"}]}}}}"))
                .isEqualTo("deployment.apps/patched patched\n");
        assertThat(kubectl.jsonpath("deployment/patched", "{.spec.template.spec.containers[*].name} {.spec.template.spec.containers[?(@.name==\"nginx\")].image}")).as("merged by name").isIn("side nginx " + Manifest.NGINX, "nginx side " + Manifest.NGINX);
        kubectl.ok("patch", "deployment", "patched", "--type=merge", "-p", "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"only\",\"image\":\"" + Manifest.BUSYBOX + "\"}]}}}}");
        assertThat(kubectl.jsonpath("deployment/patched", "{.spec.template.spec.containers[*].name}")).as("replaced").isEqualTo("only");
        kubectl.ok("patch", "deployment", "patched", "--type=json", "-p", "[{\"op\":\"test\",\"path\":\"/spec/template/spec/containers/0/name\",\"value\":\"only\"},{\"op\":\"replace\",\"path\":\"/spec/template/spec/containers/0/name\",\"value\":\"first\"}]");
        assertThat(kubectl.jsonpath("deployment/patched", "{.spec.template.spec.containers[*].name}")).isEqualTo("first");
        assertThat(kubectl.refused("patch", "deployment", "patched", "--type=json", "-p", "[{\"op\":\"test\",\"path\":\"/spec/replicas\",\"value\":9}]")).isNotEmpty();
        assertThat(kubectl.ok("patch", "deployment", "patched", "--type=merge", "-p", "{}")).isEqualTo("deployment.apps/patched patched (no change)\n");
    }

    @Test
    void labelAnnotateScale(Kubectl kubectl) {
        kubectl.ok("create", "deployment", "marked", "--image=" + Manifest.NGINX, "--replicas=0");
        assertThat(kubectl.ok("label", "deployment", "marked", "tier=front")).isEqualTo("deployment.apps/marked labeled\n");
        assertThat(kubectl.refused("label", "deployment", "marked", "tier=back")).contains("already has a value (front), and --overwrite is false");
        kubectl.ok("label", "deployment", "marked", "tier=back", "--overwrite");
        assertThat(kubectl.jsonpath("deployment/marked", "{.metadata.labels.tier}")).isEqualTo("back");
        assertThat(kubectl.ok("label", "deployment", "marked", "tier-")).isEqualTo("deployment.apps/marked unlabeled\n");
        assertThat(kubectl.ok("annotate", "deployment", "marked", "note=some text")).isEqualTo("deployment.apps/marked annotated\n");
        assertThat(kubectl.jsonpath("deployment/marked", "{.metadata.annotations.note}")).isEqualTo("some text");
        assertThat(kubectl.ok("scale", "deployment/marked", "--replicas=1")).isEqualTo("deployment.apps/marked scaled\n");
        kubectl.awaitPath("deployment/marked", "{.status.readyReplicas}", "1");
        assertThat(kubectl.refused("scale", "deployment/marked", "--current-replicas=5", "--replicas=2")).contains("Expected replicas to be 5, was 1");
        kubectl.ok("delete", "deployment", "marked");
    }

    @Test
    void rollout(Kubectl kubectl) {
        kubectl.apply(Manifest.webDeployment("rolled", 2));
        kubectl.ok("rollout", "status", "deployment/rolled", "--timeout=85s");
        assertThat(kubectl.ok("set", "image", "deployment/rolled", "nginx=nginx:1.29")).isEqualTo("deployment.apps/rolled image updated\n");
        assertThat(kubectl.ok("rollout", "status", "deployment/rolled", "--timeout=85s")).contains("successfully rolled out");
        assertThat(kubectl.ok("get", "pods", "-l", "app=rolled", "--field-selector=status.phase=Running", "-o", "jsonpath={.items[*].spec.containers[0].image}")).contains("nginx:1.29");
        assertThat(revisions(kubectl)).containsExactly("1", "2");
        assertThat(kubectl.ok("rollout", "history", "deployment/rolled", "--revision=1")).contains(Manifest.NGINX);
        assertThat(kubectl.ok("rollout", "undo", "deployment/rolled")).isEqualTo("deployment.apps/rolled rolled back\n");
        kubectl.ok("rollout", "status", "deployment/rolled", "--timeout=85s");
        assertThat(kubectl.jsonpath("deployment/rolled", "{.spec.template.spec.containers[0].image}")).isEqualTo(Manifest.NGINX);
        assertThat(revisions(kubectl)).as("the old revision under a new number").containsExactly("2", "3");
        assertThat(kubectl.ok("rollout", "pause", "deployment/rolled")).isEqualTo("deployment.apps/rolled paused\n");
        kubectl.ok("set", "env", "deployment/rolled", "COLOUR=red");
        kubectl.awaitPath("deployment/rolled", "{.status.observedGeneration}", kubectl.jsonpath("deployment/rolled", "{.metadata.generation}"));
        assertThat(revisions(kubectl)).as("nothing rolls while paused").containsExactly("2", "3");
        assertThat(kubectl.ok("rollout", "resume", "deployment/rolled")).isEqualTo("deployment.apps/rolled resumed\n");
        kubectl.ok("rollout", "status", "deployment/rolled", "--timeout=85s");
        assertThat(kubectl.ok("rollout", "restart", "deployment/rolled")).isEqualTo("deployment.apps/rolled restarted\n");
        kubectl.ok("rollout", "status", "deployment/rolled", "--timeout=85s");
        assertThat(revisions(kubectl)).containsExactly("2", "3", "4", "5");
        kubectl.ok("delete", "deployment", "rolled");
    }

    private static List<String> revisions(Kubectl kubectl) {
        return kubectl.ok("rollout", "history", "deployment/rolled").lines().map(line -> line.split(" ")[0]).filter(word -> word.matches("\\d+")).toList();
    }

    @Test
    void expose(TestCluster cluster, Kubectl kubectl) {
        assertThat(kubectl.ok("expose", "deployment", "web", "--name=exposed", "--port=80", "--type=NodePort")).isEqualTo("service/exposed exposed\n");
        String url = "http://" + cluster.nodeAddress() + ":" + kubectl.jsonpath("service/exposed", "{.spec.ports[0].nodePort}") + "/";
        assertThat(Await.that("the exposed deployment to answer", () -> cluster.curl(url), Outcome::succeeded).out()).contains("Welcome to nginx!");
    }

    @Test
    void explainAndDiscovery(TestCluster cluster, Kubectl kubectl) {
        assertThat(kubectl.ok("explain", "pods")).contains("KIND:       Pod", "VERSION:    v1", "spec\t<PodSpec>");
        assertThat(kubectl.ok("explain", "deployment.spec.strategy.rollingUpdate.maxSurge")).contains("GROUP:      apps", "FIELD: maxSurge <IntOrString>");
        assertThat(kubectl.ok("explain", "service", "--recursive")).contains("nodePort\t<integer>");
        assertThat(kubectl.ok("api-resources")).containsPattern("(?m)^deployments +deploy +apps/v1 +true +Deployment").containsPattern("(?m)^pods +po +v1 +true +Pod").containsPattern("(?m)^nodes +no +v1 +false +Node");
        assertThat(kubectl.ok("api-resources", "--namespaced=false", "--verbs=list,watch", "-o", "name")).contains("namespaces\n", "clusterroles.rbac.authorization.k8s.io\n").doesNotContain("pods\n");
        assertThat(kubectl.ok("api-versions").lines().toList()).contains("v1", "apps/v1", "batch/v1", "rbac.authorization.k8s.io/v1", "networking.k8s.io/v1", "coordination.k8s.io/v1", "discovery.k8s.io/v1");
        assertThat(kubectl.ok("version")).contains("Server Version: v1.36.");
        assertThat(kubectl.ok("cluster-info")).contains("Kubernetes control plane").contains("https://127.0.0.1:6443");
        assertThat(kubectl.in("").ok("get", "--raw", "/readyz")).isEqualTo("ok");
    }

    @Test
    void waitAndDiff(Kubectl kubectl, @TempDir Path directory) throws IOException {
        assertThat(kubectl.ok("wait", "--for=condition=Available", "deployment/web", "--timeout=20s")).isEqualTo("deployment.apps/web condition met\n");
        assertThat(kubectl.ok("wait", "--for=jsonpath={.status.phase}=Running", "pod/tool", "--timeout=20s")).isEqualTo("pod/tool condition met\n");
        assertThat(kubectl.refused("wait", "--for=condition=Ready=false", "pod/tool", "--timeout=1s")).contains("timed out waiting for the condition on pods/tool");
        Path manifest = Files.writeString(directory.resolve("web.yaml"), Manifest.webDeployment("web", 2));
        assertThat(kubectl.run("diff", "-f", manifest.toString()).exitCode()).as("no difference").isZero();
        Files.writeString(manifest, Manifest.webDeployment("web", 3));
        Outcome diff = kubectl.run("diff", "-f", manifest.toString());
        assertThat(diff.exitCode()).isEqualTo(1);
        assertThat(diff.out()).contains("-  replicas: 2\n", "+  replicas: 3\n");
        assertThat(kubectl.jsonpath("deployment/web", "{.spec.replicas}")).isEqualTo("2");
    }

    @Test
    void cordonDrainUncordonTaint(TestCluster cluster, Kubectl kubectl) {
        String node = cluster.node();
        kubectl.apply(Manifest.idlePod("evicted"));
        kubectl.awaitReady("pod/evicted");
        Kubectl admin = kubectl.in("");
        try {
            assertThat(admin.ok("cordon", node)).isEqualTo("node/" + node + " cordoned\n");
            assertThat(admin.ok("get", "node", node)).contains("Ready,SchedulingDisabled");
            kubectl.apply(Manifest.idlePod("waiting"));
            kubectl.awaitPath("pod/waiting", "{.status.conditions[?(@.type==\"PodScheduled\")].message}", message -> message.contains("1 node(s) were unschedulable"));
            Outcome drain = admin.run("drain", node, "--pod-selector=app=evicted", "--force", "--timeout=60s");
            assertThat(drain.orFail()).contains("evicting pod " + kubectl.namespace() + "/evicted", "node/" + node + " drained");
            assertThat(kubectl.ok("get", "pod", "evicted", "--ignore-not-found")).isEmpty();
        } finally {
            admin.ok("uncordon", node);
        }
        kubectl.awaitReady("pod/waiting");
        try {
            assertThat(admin.ok("taint", "nodes", node, "lab=yes:NoSchedule")).isEqualTo("node/" + node + " tainted\n");
            assertThat(admin.jsonpath("node/" + node, "{.spec.taints[?(@.key==\"lab\")].effect}")).isEqualTo("NoSchedule");
        } finally {
            assertThat(admin.ok("taint", "nodes", node, "lab-")).isEqualTo("node/" + node + " untainted\n");
        }
    }

    @Test
    void authorizationQuestions(Kubectl kubectl) {
        assertThat(kubectl.ok("auth", "can-i", "delete", "nodes")).isEqualTo("yes\n");
        Outcome no = kubectl.run("auth", "can-i", "delete", "pods", "--as=system:serviceaccount:" + kubectl.namespace() + ":default");
        assertThat(no.out()).isEqualTo("no\n");
        assertThat(no.exitCode()).isEqualTo(1);
        assertThat(kubectl.ok("auth", "can-i", "--list")).contains("*.*");
        assertThat(kubectl.ok("auth", "whoami")).contains("Username", "kubernetes-admin", "system:authenticated");
    }

    @Test
    void events(Kubectl kubectl) {
        String events = Await.that("the events of a pod", () -> kubectl.ok("events", "--for=pod/tool"), out -> out.contains("Started"));
        assertThat(events).startsWith("LAST SEEN").containsPattern("Normal +Scheduled +Pod/tool +Successfully assigned").containsPattern("Normal +Started +Pod/tool");
        assertThat(kubectl.ok("get", "events", "--field-selector=involvedObject.name=tool,reason=Scheduled")).contains("Successfully assigned " + kubectl.namespace() + "/tool to ");
    }

    @Test
    void largeListsComeInChunks(Kubectl kubectl) {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 60; i++) {
            many.append("---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: many-").append(i).append(", labels: {many: 'yes'}}\n");
        }
        kubectl.within(Duration.ofMinutes(3)).okWith(many.toString(), "create", "-f", "-");
        assertThat(kubectl.ok("get", "configmaps", "-l", "many=yes", "--chunk-size=7", "-o", "name").lines()).hasSize(60);
        kubectl.ok("delete", "configmaps", "-l", "many=yes");
    }
}
