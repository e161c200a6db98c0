package io.jakube.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.e2e.fixture.Await;
import io.jakube.e2e.fixture.Kubectl;
import io.jakube.e2e.fixture.Manifest;
import io.jakube.e2e.fixture.Outcome;
import io.jakube.e2e.fixture.TestCluster;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Pods, services and cluster DNS reach each other as Kubernetes' network model says. */
@WholeSystem
class NetworkE2E {
    @BeforeAll
    static void startServersAndClient(Kubectl kubectl) {
        kubectl.apply(Manifest.webDeployment("web", 3));
        kubectl.apply(Manifest.idlePod("client"));
        kubectl.apply("""
                apiVersion: v1
                kind: Service
                metadata: {name: web}
                spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: peers}
                spec: {clusterIP: None, selector: {app: web}, ports: [{name: http, port: 80}]}
                """);
        kubectl.ok("rollout", "status", "deployment/web", "--timeout=85s");
        kubectl.awaitReady("pod/client");
    }

    private static Set<String> webPods(Kubectl kubectl) {
        return new TreeSet<>(kubectl.ok("get", "pods", "-l", "app=web", "-o", "jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}").lines().toList());
    }

    /** The pods that answer at {@code host[:port]}, seen from the client pod, once all of them have. */
    private static void allAnswer(Kubectl kubectl, String host) {
        Set<String> seen = new TreeSet<>();
        Set<String> pods = webPods(kubectl);
        Await.that("all of " + pods + " to answer at " + host, () -> {
            seen.addAll(kubectl.run("exec", "client", "--", "sh", "-c", "for i in 1 2 3 4 5 6; do timeout 3 wget -q -O - http://" + host + "/hostname; done").out().lines().toList());
            return seen;
        }, pods::equals);
    }

    private static Outcome awaitAnswer(TestCluster cluster, String url) {
        return Await.that("an answer at " + url, () -> cluster.curl(url), Outcome::succeeded);
    }

    @Test
    void podsReachPods(Kubectl kubectl) {
        for (String address : kubectl.ok("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].status.podIP}").split(" ")) {
            assertThat(kubectl.shell("client", "timeout 5 wget -q -O - http://" + address + ":8080/")).contains("Welcome to nginx!");
        }
        assertThat(kubectl.jsonpath("pod/client", "{.status.podIP}")).startsWith("10.244.");
    }

    @Test
    void clusterAddressesSpreadOverAllPods(TestCluster cluster, Kubectl kubectl) {
        String address = kubectl.jsonpath("service/web", "{.spec.clusterIP}");
        assertThat(address).startsWith("10.96.");
        allAnswer(kubectl, address);
        assertThat(awaitAnswer(cluster, "http://" + address + "/").out()).as("from the host").contains("Welcome to nginx!");
    }

    @Test
    void servicesFollowTheirPods(Kubectl kubectl) {
        kubectl.apply(Manifest.webDeployment("moving", 1));
        kubectl.ok("expose", "deployment", "moving", "--port=80");
        kubectl.ok("rollout", "status", "deployment/moving", "--timeout=85s");
        String get = "timeout 3 wget -q -O - http://moving/hostname";
        String first = Await.that("an answer", () -> kubectl.run("exec", "client", "--", "sh", "-c", get), Outcome::succeeded).out();
        kubectl.ok("delete", "pod", first.strip());
        kubectl.ok("rollout", "status", "deployment/moving", "--timeout=85s");
        Await.that("the new pod to answer", () -> kubectl.run("exec", "client", "--", "sh", "-c", get), now -> now.succeeded() && !now.out().equals(first));
        kubectl.ok("scale", "deployment/moving", "--replicas=0");
        Await.that("a refusal when no pod is left", () -> kubectl.run("exec", "client", "--", "sh", "-c", get), now -> now.err().contains("refused"));
        kubectl.ok("delete", "deployment,service", "moving");
    }

    @Test
    void nodePorts(TestCluster cluster, Kubectl kubectl) {
        kubectl.ok("expose", "deployment", "web", "--name=web-nodeport", "--type=NodePort", "--port=80");
        String port = kubectl.jsonpath("service/web-nodeport", "{.spec.ports[0].nodePort}");
        awaitAnswer(cluster, "http://" + cluster.nodeAddress() + ":" + port + "/");
        awaitAnswer(cluster, "http://127.0.0.1:" + port + "/");
        allAnswer(kubectl, cluster.nodeAddress() + ":" + port);
        kubectl.ok("delete", "service", "web-nodeport");
        Await.that("the port to close", () -> cluster.curl("http://" + cluster.nodeAddress() + ":" + port + "/"), outcome -> !outcome.succeeded());
    }

    @Test
    void loadBalancersGetTheNodesAddress(TestCluster cluster, Kubectl kubectl) {
        kubectl.ok("expose", "deployment", "web", "--name=web-balanced", "--type=LoadBalancer", "--port=8088", "--target-port=80");
        String address = kubectl.awaitPath("service/web-balanced", "{.status.loadBalancer.ingress[0].ip}", ip -> !ip.isEmpty());
        assertThat(address).isEqualTo(cluster.nodeAddress());
        assertThat(kubectl.ok("get", "service", "web-balanced")).containsPattern("web-balanced +LoadBalancer +10\\.96\\.\\d+\\.\\d+ +" + address.replace(".", "\\.") + " +8088:\\d+/TCP");
        awaitAnswer(cluster, "http://" + address + ":8088/");
        allAnswer(kubectl, address + ":8088");
        kubectl.ok("delete", "service", "web-balanced");
    }

    @Test
    void externalAddresses(Kubectl kubectl) {
        kubectl.apply("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"web-external\"},\"spec\":{\"selector\":{\"app\":\"web\"},\"externalIPs\":[\"203.0.113.9\"],\"ports\":[{\"port\":80}]}}");
        allAnswer(kubectl, "203.0.113.9");
        kubectl.ok("delete", "service", "web-external");
    }

    @Test
    void affinityKeepsAClientAtOnePod(Kubectl kubectl) {
        kubectl.apply("{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"web-sticky\"},\"spec\":{\"selector\":{\"app\":\"web\"},\"sessionAffinity\":\"ClientIP\",\"ports\":[{\"port\":80}]}}");
        Outcome answers = Await.that("thirty answers", () -> kubectl.run("exec", "client", "--", "sh", "-ec", "for i in $(seq 30); do timeout 3 wget -q -O - http://web-sticky/hostname; done"), Outcome::succeeded);
        assertThat(answers.out().lines().toList()).hasSize(30).containsOnly(answers.out().lines().findFirst().orElseThrow());
        kubectl.ok("delete", "service", "web-sticky");
    }

    @Test
    void podsReachThemselvesThroughTheirService(Kubectl kubectl) {
        kubectl.apply(Manifest.webDeployment("alone", 1));
        kubectl.ok("expose", "deployment", "alone", "--port=80");
        kubectl.ok("rollout", "status", "deployment/alone", "--timeout=85s");
        Outcome hairpin = Await.that("the pod to answer itself", () -> kubectl.run("exec", "deployment/alone", "--", "timeout", "3", "wget", "-q", "-O", "-", "http://alone/"), Outcome::succeeded);
        assertThat(hairpin.out()).contains("Welcome to nginx!");
        kubectl.ok("delete", "deployment,service", "alone");
    }

    @Test
    void dnsKnowsServices(Kubectl kubectl) {
        String address = kubectl.jsonpath("service/web", "{.spec.clusterIP}");
        for (String name : new String[] {"web", "web." + kubectl.namespace(), "web." + kubectl.namespace() + ".svc", "web." + kubectl.namespace() + ".svc.cluster.local."}) {
            assertThat(kubectl.shell("client", "timeout 5 wget -q -O - http://" + name + "/")).as(name).contains("Welcome to nginx!");
        }
        assertThat(addresses(kubectl, "web." + kubectl.namespace() + ".svc.cluster.local.")).containsExactly(address);
        assertThat(addresses(kubectl, "kubernetes.default.svc.cluster.local.")).containsExactly("10.96.0.1");
        assertThat(kubectl.shell("client", "cat /etc/resolv.conf")).contains("nameserver 10.96.0.10", "search " + kubectl.namespace() + ".svc.cluster.local svc.cluster.local cluster.local", "options ndots:5");
        assertThat(kubectl.run("exec", "client", "--", "nslookup", "nothing.default.svc.cluster.local.").out()).contains("NXDOMAIN");
    }

    @Test
    void dnsKnowsThePodsOfHeadlessServices(Kubectl kubectl) {
        List<String> pods = List.of(kubectl.ok("get", "pods", "-l", "app=web", "-o", "jsonpath={.items[*].status.podIP}").split(" "));
        String name = "peers." + kubectl.namespace() + ".svc.cluster.local.";
        Await.that("all pods", () -> addresses(kubectl, name), now -> now.equals(new TreeSet<>(pods)));
        kubectl.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: named, labels: {app: named}}
                spec: {hostname: first, subdomain: family, terminationGracePeriodSeconds: 1, containers: [{name: main, image: "%s", command: [sleep, "3600"]}]}
                ---
                apiVersion: v1
                kind: Service
                metadata: {name: family}
                spec: {clusterIP: None, selector: {app: named}, ports: [{port: 80}]}
                """.formatted(Manifest.BUSYBOX));
        kubectl.awaitReady("pod/named");
        String address = kubectl.jsonpath("pod/named", "{.status.podIP}");
        Await.that("the pod's own name", () -> addresses(kubectl, "first.family." + kubectl.namespace() + ".svc.cluster.local."), now -> now.equals(Set.of(address)));
        assertThat(kubectl.shell("named", "hostname -f").strip()).isEqualTo("first.family." + kubectl.namespace() + ".svc.cluster.local");
    }

    @Test
    void dnsAnswersExternalNamesWithAnAlias(Kubectl kubectl) {
        kubectl.ok("create", "service", "externalname", "elsewhere", "--external-name=web." + kubectl.namespace() + ".svc.cluster.local");
        Await.that("the alias", () -> kubectl.run("exec", "client", "--", "nslookup", "-type=cname", "elsewhere." + kubectl.namespace() + ".svc.cluster.local.").out(),
                out -> out.contains("canonical name = web." + kubectl.namespace() + ".svc.cluster.local"));
        assertThat(kubectl.shell("client", "timeout 5 wget -q -O - http://elsewhere/")).contains("Welcome to nginx!");
    }

    private static Set<String> addresses(Kubectl kubectl, String name) {
        Set<String> found = new TreeSet<>();
        boolean answer = false;
        for (String line : kubectl.run("exec", "client", "--", "nslookup", "-type=a", name).out().lines().toList()) {
            answer |= line.startsWith("Name:");
            if (answer && line.startsWith("Address")) {
                found.add(line.substring(line.indexOf(' ') + 1).strip());
            }
        }
        return found;
    }
}
