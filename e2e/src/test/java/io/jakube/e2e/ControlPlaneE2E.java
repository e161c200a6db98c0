package io.jakube.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.e2e.fixture.Await;
import io.jakube.e2e.fixture.Kubectl;
import io.jakube.e2e.fixture.Manifest;
import io.jakube.e2e.fixture.Outcome;
import io.jakube.e2e.fixture.RunningProgram;
import io.jakube.e2e.fixture.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** API server, controllers and scheduler keep their promises. */
@WholeSystem
class ControlPlaneE2E {
    /** kubectl as a service account. */
    private static Kubectl as(TestCluster cluster, Kubectl admin, String account, Path directory) throws IOException {
        String authority = admin.ok("config", "view", "--raw", "-o", "jsonpath={.clusters[0].cluster.certificate-authority-data}");
        Path kubeconfig = Files.writeString(directory.resolve(account + ".kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:6443", certificate-authority-data: %s}}]
                users: [{name: u, user: {token: %s}}]
                contexts: [{name: x, context: {cluster: c, user: u}}]
                current-context: x
                """.formatted(authority, admin.ok("create", "token", account).strip()));
        return cluster.kubectl(kubeconfig, admin.namespace());
    }

    @Test
    void serviceAccountsMayDoWhatTheirRolesSay(TestCluster cluster, Kubectl kubectl, @TempDir Path directory) throws IOException {
        kubectl.ok("create", "serviceaccount", "robot");
        Kubectl robot = as(cluster, kubectl, "robot", directory);
        String user = "system:serviceaccount:" + kubectl.namespace() + ":robot";
        assertThat(robot.ok("auth", "whoami")).contains(user, "system:serviceaccounts:" + kubectl.namespace());
        assertThat(robot.refused("get", "pods")).isEqualTo("Error from server (Forbidden): pods is forbidden: User \"" + user + "\" cannot list resource \"pods\" in API group \"\" in the namespace \"" + kubectl.namespace() + "\"\n");
        kubectl.ok("create", "rolebinding", "robot-views", "--clusterrole=view", "--serviceaccount=" + kubectl.namespace() + ":robot");
        Await.that("the role to count", () -> robot.run("get", "pods"), Outcome::succeeded);
        assertThat(robot.refused("get", "secrets")).contains("(Forbidden)");
        assertThat(robot.refused("create", "configmap", "x")).contains("configmaps is forbidden: User \"" + user + "\" cannot create resource");
        assertThat(robot.refused("get", "pods", "-A")).contains("at the cluster scope");
        assertThat(robot.ok("auth", "can-i", "watch", "deployments")).isEqualTo("yes\n");
        kubectl.ok("create", "role", "greedy", "--verb=*", "--resource=secrets");
        kubectl.ok("create", "role", "binder", "--verb=create", "--resource=rolebindings");
        kubectl.ok("create", "rolebinding", "robot-binds", "--role=binder", "--serviceaccount=" + kubectl.namespace() + ":robot");
        Await.that("nobody to give away rights they do not have", () -> robot.run("create", "rolebinding", "more", "--role=greedy", "--serviceaccount=" + kubectl.namespace() + ":robot"), now -> now.err().contains("attempting to grant RBAC permissions not currently held"));
        kubectl.ok("delete", "rolebinding", "robot-views");
        Await.that("the role to count no more", () -> robot.run("get", "pods"), now -> !now.succeeded());
    }

    @Test
    void namespacesComeWithAccountAndAuthority(Kubectl kubectl) {
        assertThat(kubectl.jsonpath("serviceaccount/default", "{.metadata.name}")).isEqualTo("default");
        assertThat(kubectl.awaitPath("configmap/kube-root-ca.crt", "{.data.ca\\.crt}", text -> !text.isEmpty())).startsWith("-----BEGIN CERTIFICATE-----");
        assertThat(kubectl.in("").ok("get", "clusterroles", "-o", "name").lines()).contains("clusterrole.rbac.authorization.k8s.io/cluster-admin", "clusterrole.rbac.authorization.k8s.io/admin", "clusterrole.rbac.authorization.k8s.io/edit", "clusterrole.rbac.authorization.k8s.io/view");
    }

    @Test
    void replicaSetsReplaceAdoptAndRelease(Kubectl kubectl) {
        kubectl.apply("""
                apiVersion: apps/v1
                kind: ReplicaSet
                metadata: {name: herd}
                spec:
                  replicas: 2
                  selector: {matchLabels: {app: herd}}
                  template:
                    metadata: {labels: {app: herd}}
                    spec: {terminationGracePeriodSeconds: 1, containers: [{name: main, image: "%s"}]}
                """.formatted(Manifest.NGINX));
        kubectl.awaitPath("replicaset/herd", "{.status.readyReplicas}", "2");
        String one = kubectl.ok("get", "pods", "-l", "app=herd", "-o", "jsonpath={.items[0].metadata.name}");
        kubectl.ok("label", "pod", one, "app=stray", "--overwrite");
        kubectl.awaitPath("pod/" + one, "{.metadata.ownerReferences}", "");
        kubectl.awaitPath("replicaset/herd", "{.status.readyReplicas}", "2");
        assertThat(kubectl.ok("get", "pods", "-l", "app=herd", "-o", "name").lines()).hasSize(2).doesNotContain("pod/" + one);
        kubectl.ok("label", "pod", one, "app=herd", "--overwrite");
        Await.that("one pod too many to go", () -> kubectl.ok("get", "pods", "-l", "app=herd", "-o", "name"), names -> names.lines().count() == 2);
        kubectl.ok("scale", "replicaset/herd", "--replicas=0");
        Await.that("all pods to go", () -> kubectl.ok("get", "pods", "-l", "app=herd", "-o", "name"), String::isEmpty);
        kubectl.ok("delete", "replicaset", "herd");
    }

    @Test
    void rollingUpdatesStayWithinTheirBounds(Kubectl kubectl) {
        kubectl.apply(Manifest.webDeployment("rolling", 4).replace("  replicas:", "  strategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 1}}\n  replicas:"));
        kubectl.ok("rollout", "status", "deployment/rolling", "--timeout=85s");
        List<String> lines;
        try (RunningProgram watch = kubectl.start("get", "deployment", "rolling", "-w", "-o", "jsonpath={.status.availableReplicas} {.status.replicas}{\"\\n\"}")) {
            watch.awaitOutput("4 4\n", Await.PATIENCE);
            kubectl.ok("set", "image", "deployment/rolling", "nginx=nginx:1.29");
            kubectl.ok("rollout", "status", "deployment/rolling", "--timeout=85s");
            lines = watch.out().lines().toList();
        }
        assertThat(lines).hasSizeGreaterThan(3).allSatisfy(line -> {
            String[] counts = line.split(" ");
            assertThat(Integer.parseInt(counts[0])).as("available: " + lines).isGreaterThanOrEqualTo(3);
            assertThat(Integer.parseInt(counts[1])).as("pods: " + lines).isLessThanOrEqualTo(5);
        });
        kubectl.ok("delete", "deployment", "rolling");
    }

    @Test
    void recreateStopsTheOldBeforeItStartsTheNew(Kubectl kubectl) {
        kubectl.apply(Manifest.webDeployment("recreated", 2).replace("  replicas:", "  strategy: {type: Recreate}\n  replicas:"));
        kubectl.ok("rollout", "status", "deployment/recreated", "--timeout=85s");
        List<String> lines;
        try (RunningProgram watch = kubectl.start("get", "deployment", "recreated", "-w", "-o", "jsonpath={.status.updatedReplicas}/{.status.replicas} {.status.availableReplicas}{\"\\n\"}")) {
            watch.awaitOutput("2/2 2\n", Await.PATIENCE);
            kubectl.ok("set", "image", "deployment/recreated", "nginx=nginx:1.29");
            kubectl.ok("rollout", "status", "deployment/recreated", "--timeout=85s");
            lines = watch.out().lines().toList();
        }
        assertThat(lines).as("never more pods than wished for").noneMatch(line -> line.matches("\\d*/[3-9].*"));
        assertThat(lines).as("a moment without any").anyMatch(line -> line.endsWith(" "));
        kubectl.ok("delete", "deployment", "recreated");
    }

    @Test
    void rolloutsThatGetNowhereSaySo(Kubectl kubectl) {
        kubectl.apply(Manifest.webDeployment("halting", 1).replace("  replicas:", "  progressDeadlineSeconds: 8\n  replicas:"));
        kubectl.ok("rollout", "status", "deployment/halting", "--timeout=85s");
        kubectl.ok("set", "image", "deployment/halting", "nginx=127.0.0.1:1/no-such-image:1");
        assertThat(kubectl.refused("rollout", "status", "deployment/halting", "--timeout=85s")).contains("error: deployment \"halting\" exceeded its progress deadline");
        assertThat(kubectl.jsonpath("deployment/halting", "{.status.availableReplicas}")).as("the old pod stays").isEqualTo("1");
        kubectl.ok("rollout", "undo", "deployment/halting");
        kubectl.awaitPath("deployment/halting", "{.status.conditions[?(@.type==\"Progressing\")].reason} {.status.replicas}", "NewReplicaSetAvailable 1");
        kubectl.ok("delete", "deployment", "halting");
    }

    @Test
    void jobs(Kubectl kubectl) {
        kubectl.apply("""
                apiVersion: batch/v1
                kind: Job
                metadata: {name: sums}
                spec:
                  completions: 3
                  parallelism: 2
                  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "%s", command: [sh, -c, "echo $((6 * 7))"]}]}}
                ---
                apiVersion: batch/v1
                kind: Job
                metadata: {name: fails}
                spec:
                  backoffLimit: 0
                  template: {spec: {restartPolicy: Never, containers: [{name: main, image: "%s", command: [sh, -c, "exit 9"]}]}}
                """.formatted(Manifest.BUSYBOX, Manifest.BUSYBOX));
        kubectl.awaitCondition("Complete", "job/sums");
        assertThat(kubectl.jsonpath("job/sums", "{.status.succeeded}")).isEqualTo("3");
        assertThat(kubectl.ok("get", "job", "sums")).containsPattern("sums +Complete +3/3");
        assertThat(kubectl.ok("logs", "job/sums").lines().toList()).contains("42");
        kubectl.awaitCondition("Failed", "job/fails");
        assertThat(kubectl.jsonpath("job/fails", "{.status.conditions[?(@.type==\"Failed\")].reason}")).isEqualTo("BackoffLimitExceeded");
        kubectl.ok("delete", "job", "sums", "fails");
        Await.that("the jobs' pods to go", () -> kubectl.ok("get", "pods", "-l", "batch.kubernetes.io/job-name in (sums,fails)", "-o", "name"), String::isEmpty);
    }

    @Test
    void deletionCascades(Kubectl kubectl) {
        for (String name : new String[] {"background", "foreground", "orphan"}) {
            kubectl.apply(Manifest.webDeployment(name, 1));
        }
        kubectl.ok("wait", "--for=condition=Available", "--timeout=85s", "deployment/background", "deployment/foreground", "deployment/orphan");
        kubectl.ok("delete", "deployment", "background");
        Await.that("replica sets and pods to follow", () -> kubectl.ok("get", "replicasets,pods", "-l", "app=background", "-o", "name"), String::isEmpty);
        kubectl.ok("delete", "deployment", "foreground", "--cascade=foreground", "--timeout=85s");
        assertThat(kubectl.ok("get", "replicasets", "-l", "app=foreground", "-o", "name")).as("dependents go first").isEmpty();
        kubectl.ok("delete", "deployment", "orphan", "--cascade=orphan");
        String set = kubectl.ok("get", "replicasets", "-l", "app=orphan", "-o", "name").strip();
        kubectl.awaitPath(set, "{.metadata.ownerReferences}", "");
        assertThat(kubectl.jsonpath(set, "{.status.readyReplicas}")).isEqualTo("1");
        kubectl.ok("delete", set);
    }

    @Test
    void namespacesGoWithTheirContent(Kubectl kubectl) {
        Kubectl doomed = kubectl.in("control-plane-doomed");
        kubectl.in("").ok("create", "namespace", "control-plane-doomed");
        doomed.awaitPath("serviceaccount/default", "{.metadata.name}", "default");
        doomed.apply(Manifest.webDeployment("web", 2));
        doomed.ok("rollout", "status", "deployment/web", "--timeout=85s");
        kubectl.in("").ok("delete", "namespace", "control-plane-doomed", "--timeout=85s");
        assertThat(doomed.ok("get", "all,configmaps,serviceaccounts,endpointslices", "-o", "name")).isEmpty();
    }

    @Test
    void schedulerSaysWhyNothingFits(TestCluster cluster, Kubectl kubectl) {
        kubectl.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: huge}
                spec: {containers: [{name: main, image: "%1$s", resources: {requests: {cpu: 1k}}}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: picky}
                spec: {nodeSelector: {colour: mauve}, containers: [{name: main, image: "%1$s", command: [sleep, "3600"]}], terminationGracePeriodSeconds: 1}
                """.formatted(Manifest.BUSYBOX));
        String condition = "{.status.conditions[?(@.type==\"PodScheduled\")].message}";
        assertThat(kubectl.awaitPath("pod/huge", condition, text -> !text.isEmpty())).startsWith("0/1 nodes are available: 1 Insufficient cpu.");
        assertThat(kubectl.awaitPath("pod/picky", condition, text -> !text.isEmpty())).startsWith("0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.");
        Await.that("the event", () -> kubectl.ok("get", "events", "--field-selector=involvedObject.name=huge,reason=FailedScheduling"), text -> text.contains("Insufficient cpu"));
        assertThat(kubectl.ok("get", "pod", "huge")).contains("Pending");
        kubectl.in("").ok("label", "node", cluster.node(), "colour=mauve");
        try {
            kubectl.awaitReady("pod/picky");
        } finally {
            kubectl.in("").ok("label", "node", cluster.node(), "colour-");
        }
    }

    @Test
    void nodesWithoutHeartbeatAreNotReady(TestCluster cluster, Kubectl kubectl) {
        kubectl.apply(Manifest.idlePod("stays"));
        kubectl.awaitReady("pod/stays");
        String container = kubectl.jsonpath("pod/stays", "{.status.containerStatuses[0].containerID}");
        String node = "node/" + cluster.node();
        long agent = cluster.processes().get("node-agent");
        ProcessHandle.of(agent).orElseThrow().destroyForcibly();
        try {
            Kubectl admin = kubectl.in("");
            Await.that("the node to be given up", Duration.ofMinutes(3), () -> admin.jsonpath(node, "{.status.conditions[?(@.type==\"Ready\")].status}"), "Unknown"::equals);
            Await.that("its taint", () -> admin.jsonpath(node, "{.spec.taints[*].key}"), keys -> keys.contains("node.kubernetes.io/unreachable"));
            assertThat(admin.ok("get", node)).contains("NotReady");
            assertThat(cluster.jakube("status").exitCode()).isEqualTo(1);
        } finally {
            cluster.jakube("up").orFail();
        }
        kubectl.awaitReady("pod/stays");
        assertThat(kubectl.in("").jsonpath(node, "{.spec.taints}")).isEmpty();
        assertThat(kubectl.jsonpath("pod/stays", "{.status.containerStatuses[0].containerID} {.status.containerStatuses[0].restartCount}")).isEqualTo(container + " 0");
    }
}
