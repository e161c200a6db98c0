package io.jakube.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.e2e.fixture.Await;
import io.jakube.e2e.fixture.Kubectl;
import io.jakube.e2e.fixture.Outcome;
import io.jakube.e2e.fixture.TestCluster;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The manifests a newcomer types first run as they do on any Kubernetes cluster. */
@WholeSystem
class ManifestsE2E {
    // kubectl takes a document that begins with a brace for JSON; the line before it says that it is YAML.
    private static final String POD = """
            ---
            {apiVersion: v1, kind: Pod, metadata: {name: app-pod}, spec: {containers: [{name: app-container, image: "nginx:latest"}]}}
            """;
    private static final String REPLICA_SET = """
            ---
            {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: my-replicaset}, spec: {replicas: 3, selector: {matchLabels: {app: webapp}},
              template: {metadata: {labels: {app: webapp}}, spec: {containers: [{name: web-container, image: nginx}]}}}}
            """;
    private static final String DEPLOYMENT = """
            ---
            {apiVersion: apps/v1, kind: Deployment, metadata: {name: web-deployment}, spec: {replicas: 3, selector: {matchLabels: {app: webapp}},
              template: {metadata: {labels: {app: webapp}}, spec: {containers: [{name: web-container, image: nginx}]}}}}
            """;
    private static final String SERVICE = """
            ---
            {apiVersion: v1, kind: Service, metadata: {name: nodeport-service}, spec: {type: NodePort, selector: {app: webapp},
              ports: [{port: 80, targetPort: 8080, nodePort: 30008}]}}
            """;

    /** The same deployment as people write it by hand. */
    private static final String DEPLOYMENT_IN_BLOCK_STYLE = """
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: web-deployment
            spec:
              replicas: 3
              selector:
                matchLabels:
                  app: webapp
              template:
                metadata:
                  labels:
                    app: webapp
                spec:
                  containers:
                  - name: web-container
                    image: nginx
            """;

    @AfterEach
    void removeEverything(Kubectl kubectl) {
        kubectl.ok("delete", "pods,replicasets,deployments,services", "--all", "--wait=true", "--timeout=80s");
    }

    @Test
    void podRuns(Kubectl kubectl) {
        assertThat(kubectl.apply(POD)).isEqualTo("pod/app-pod created\n");
        kubectl.awaitReady("pod/app-pod");
        assertThat(kubectl.ok("get", "pod", "app-pod").lines().skip(1).toList()).singleElement().asString().matches("app-pod +1/1 +Running +0 +\\d+m?\\d*s?");
        assertThat(kubectl.ok("logs", "app-pod")).contains("serving HTTP");
        assertThat(kubectl.apply(POD)).isEqualTo("pod/app-pod unchanged\n");
    }

    @Test
    void replicaSetKeepsThreePods(Kubectl kubectl) {
        kubectl.apply(REPLICA_SET);
        kubectl.awaitPath("replicaset/my-replicaset", "{.status.readyReplicas}", "3");
        List<String> pods = kubectl.ok("get", "pods", "-l", "app=webapp", "-o", "name").lines().toList();
        assertThat(pods).hasSize(3).allMatch(pod -> pod.matches("pod/my-replicaset-[a-z0-9]{5}"));
        kubectl.ok("delete", pods.getFirst());
        kubectl.awaitPath("replicaset/my-replicaset", "{.status.readyReplicas}", "3");
        assertThat(kubectl.ok("get", "pods", "-l", "app=webapp", "-o", "name").lines().toList()).hasSize(3).doesNotContain(pods.getFirst());
    }

    @Test
    void deploymentInBlockStyleRollsOut(Kubectl kubectl) {
        kubectl.apply(DEPLOYMENT_IN_BLOCK_STYLE);
        assertThat(kubectl.ok("rollout", "status", "deployment/web-deployment", "--timeout=80s")).contains("deployment \"web-deployment\" successfully rolled out");
        assertThat(kubectl.ok("get", "deployment", "web-deployment").lines().skip(1).toList()).singleElement().asString().startsWith("web-deployment   3/3     3            3");
        assertThat(kubectl.apply(DEPLOYMENT)).as("the same in flow style").isEqualTo("deployment.apps/web-deployment unchanged\n");
    }

    @Test
    void allFourTogetherAnswerOnTheNodePort(TestCluster cluster, Kubectl kubectl) {
        kubectl.apply(POD + REPLICA_SET + DEPLOYMENT + SERVICE);
        kubectl.ok("rollout", "status", "deployment/web-deployment", "--timeout=80s");
        kubectl.awaitPath("replicaset/my-replicaset", "{.status.readyReplicas}", "3");
        kubectl.awaitReady("pod/app-pod");
        // Both controllers select app=webapp, but each looks after its own pods only.
        List<String> pods = kubectl.ok("get", "pods", "-l", "app=webapp", "-o", "jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}").lines().toList();
        assertThat(pods).hasSize(6);
        assertThat(pods).filteredOn(pod -> pod.startsWith("my-replicaset-")).hasSize(3);
        assertThat(pods).filteredOn(pod -> pod.startsWith("web-deployment-")).hasSize(3);
        assertThat(kubectl.jsonpath("service/nodeport-service", "{.spec.ports[0].nodePort}")).isEqualTo("30008");

        String url = "http://" + cluster.nodeAddress() + ":30008/";
        Outcome answer = Await.that("the node port to answer", () -> cluster.curl(url), Outcome::succeeded);
        assertThat(answer.out()).contains("Welcome to nginx!");
        TreeSet<String> seen = new TreeSet<>();
        Await.that("every pod to answer behind the node port", () -> {
            seen.add(cluster.curl(url + "hostname").out().strip());
            seen.remove("");
            return seen;
        }, names -> names.size() == 6);
        assertThat(pods).containsAll(seen);
        assertThat(cluster.curl("http://127.0.0.1:30008/").out()).contains("Welcome to nginx!");
    }
}
