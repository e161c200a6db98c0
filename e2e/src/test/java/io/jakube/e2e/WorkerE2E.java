package io.jakube.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.e2e.fixture.Await;
import io.jakube.e2e.fixture.Kubectl;
import io.jakube.e2e.fixture.Manifest;
import io.jakube.e2e.fixture.TestCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The node runs pods as their specifications say. */
@WholeSystem
class WorkerE2E {
    @Test
    void initContainersRunOneAfterTheOther(Kubectl kubectl) {
        kubectl.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: prepared}
                spec:
                  terminationGracePeriodSeconds: 1
                  volumes: [{name: data, emptyDir: {}}]
                  initContainers:
                  - {name: first, image: "%1$s", command: [sh, -c, "echo first >> /data/order"], volumeMounts: [{name: data, mountPath: /data}]}
                  - {name: second, image: "%1$s", command: [sh, -c, "echo second >> /data/order"], volumeMounts: [{name: data, mountPath: /data}]}
                  containers:
                  - {name: main, image: "%1$s", command: [sh, -c, "echo main >> /data/order; sleep 3600"], volumeMounts: [{name: data, mountPath: /data}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: unprepared}
                spec:
                  restartPolicy: Never
                  initContainers: [{name: first, image: "%1$s", command: [sh, -c, "exit 5"]}]
                  containers: [{name: main, image: "%1$s"}]
                """.formatted(Manifest.BUSYBOX));
        kubectl.awaitReady("pod/prepared");
        Await.that("the order", () -> kubectl.shell("prepared", "cat /data/order"), "first\nsecond\nmain\n"::equals);
        assertThat(kubectl.jsonpath("pod/prepared", "{.status.initContainerStatuses[*].state.terminated.reason}")).isEqualTo("Completed Completed");
        kubectl.awaitPath("pod/unprepared", "{.status.phase}", "Failed");
        assertThat(kubectl.ok("get", "pod", "unprepared")).contains("Init:Error");
        assertThat(kubectl.jsonpath("pod/unprepared", "{.status.containerStatuses[0].state.waiting.reason}")).isEqualTo("PodInitializing");
    }

    @Test
    void environmentFromEverySource(TestCluster cluster, Kubectl kubectl) {
        kubectl.ok("create", "configmap", "env-settings", "--from-literal=COLOUR=blue", "--from-literal=SIZE=7");
        kubectl.ok("create", "secret", "generic", "env-secret", "--from-literal=PASSWORD=s3cret");
        kubectl.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: environment, labels: {tier: front}, annotations: {note: hello}}
                spec:
                  restartPolicy: Never
                  containers:
                  - name: main
                    image: "%s"
                    command: [env]
                    resources: {limits: {memory: 64Mi}, requests: {cpu: 100m}}
                    envFrom: [{configMapRef: {name: env-settings}}, {secretRef: {name: env-secret}, prefix: IN_}, {configMapRef: {name: not-there, optional: true}}]
                    env:
                    - {name: PLAIN, value: "is $(ONE_COLOUR)$$(X) $(NOWHERE)"}
                    - {name: ONE_COLOUR, valueFrom: {configMapKeyRef: {name: env-settings, key: COLOUR}}}
                    - {name: COMPOSED, value: "$(ONE_COLOUR)-$(SIZE)"}
                    - {name: PASS, valueFrom: {secretKeyRef: {name: env-secret, key: PASSWORD}}}
                    - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                    - {name: POD_NS, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
                    - {name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
                    - {name: NODE, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
                    - {name: TIER, valueFrom: {fieldRef: {fieldPath: "metadata.labels['tier']"}}}
                    - {name: MEMORY, valueFrom: {resourceFieldRef: {resource: limits.memory}}}
                    - {name: CPU, valueFrom: {resourceFieldRef: {resource: requests.cpu, divisor: 1m}}}
                """.formatted(Manifest.BUSYBOX));
        kubectl.awaitPath("pod/environment", "{.status.phase}", "Succeeded");
        assertThat(kubectl.ok("logs", "environment").lines().toList()).contains("COLOUR=blue", "SIZE=7", "IN_PASSWORD=s3cret", "PLAIN=is $(ONE_COLOUR)$(X) $(NOWHERE)", "COMPOSED=blue-7", "PASS=s3cret",
                "POD_NAME=environment", "POD_NS=" + kubectl.namespace(), "POD_IP=" + kubectl.jsonpath("pod/environment", "{.status.podIP}"), "NODE=" + cluster.node(), "TIER=front", "MEMORY=67108864", "CPU=100",
                "KUBERNETES_SERVICE_HOST=10.96.0.1", "KUBERNETES_SERVICE_PORT=443", "HOSTNAME=environment");
    }

    @Test
    void missingConfigurationIsNamed(Kubectl kubectl) {
        kubectl.apply("""
                {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "unconfigured"}, "spec": {"terminationGracePeriodSeconds": 1,
                 "containers": [{"name": "main", "image": "%s", "command": ["sleep", "3600"], "env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "later", "key": "a"}}}]}]}}
                """.formatted(Manifest.BUSYBOX));
        kubectl.awaitPath("pod/unconfigured", "{.status.containerStatuses[0].state.waiting.reason}", "CreateContainerConfigError");
        assertThat(kubectl.jsonpath("pod/unconfigured", "{.status.containerStatuses[0].state.waiting.message}")).isEqualTo("configmap \"later\" not found");
        kubectl.ok("create", "configmap", "later", "--from-literal=a=1");
        kubectl.awaitReady("pod/unconfigured");
    }

    @Test
    void volumesOfEveryKind(Kubectl kubectl, @TempDir Path host) throws IOException {
        Files.writeString(host.resolve("from-host"), "host\n");
        kubectl.ok("create", "configmap", "vol-settings", "--from-literal=colour=blue", "--from-literal=size=7");
        kubectl.ok("create", "secret", "generic", "vol-secret", "--from-literal=password=s3cret");
        kubectl.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: volumes, labels: {tier: front}}
                spec:
                  terminationGracePeriodSeconds: 1
                  volumes:
                  - {name: scratch, emptyDir: {}}
                  - {name: memory, emptyDir: {medium: Memory, sizeLimit: 16Mi}}
                  - {name: host, hostPath: {path: "%2$s", type: Directory}}
                  - {name: settings, configMap: {name: vol-settings}}
                  - {name: one, configMap: {name: vol-settings, items: [{key: colour, path: deep/paint, mode: 0440}]}}
                  - {name: secret, secret: {secretName: vol-secret, defaultMode: 0400}}
                  - {name: facts, downwardAPI: {items: [{path: labels, fieldRef: {fieldPath: metadata.labels}}, {path: name, fieldRef: {fieldPath: metadata.name}}]}}
                  - name: all
                    projected:
                      sources:
                      - {configMap: {name: vol-settings, items: [{key: size, path: size}]}}
                      - {secret: {name: vol-secret}}
                      - {downwardAPI: {items: [{path: ns, fieldRef: {fieldPath: metadata.namespace}}]}}
                      - {serviceAccountToken: {path: token, audience: vault, expirationSeconds: 3600}}
                  containers:
                  - name: main
                    image: "%1$s"
                    command: [sleep, "3600"]
                    volumeMounts:
                    - {name: scratch, mountPath: /scratch}
                    - {name: memory, mountPath: /memory}
                    - {name: host, mountPath: /host}
                    - {name: settings, mountPath: /settings, readOnly: true}
                    - {name: one, mountPath: /one}
                    - {name: settings, mountPath: /single/colour, subPath: colour}
                    - {name: secret, mountPath: /secret}
                    - {name: facts, mountPath: /facts}
                    - {name: all, mountPath: /all}
                  - {name: other, image: "%1$s", command: [sleep, "3600"], volumeMounts: [{name: scratch, mountPath: /shared}]}
                """.formatted(Manifest.BUSYBOX, host));
        kubectl.awaitReady("pod/volumes");
        Kubectl main = kubectl;
        main.ok("exec", "volumes", "-c", "main", "--", "sh", "-c", "echo shared > /scratch/file; echo back > /host/from-pod");
        assertThat(main.ok("exec", "volumes", "-c", "other", "--", "cat", "/shared/file")).isEqualTo("shared\n");
        assertThat(host.resolve("from-pod")).hasContent("back\n");
        assertThat(main.ok("exec", "volumes", "-c", "main", "--", "sh", "-c", "cat /host/from-host; cat /settings/colour; echo; cat /settings/size; echo; cat /one/deep/paint; echo; cat /single/colour; echo; cat /secret/password; echo; cat /facts/labels; echo; cat /facts/name; echo; ls /one"))
                .isEqualTo("host\nblue\n7\nblue\nblue\ns3cret\ntier=\"front\"\nvolumes\ndeep\n");
        assertThat(main.ok("exec", "volumes", "-c", "main", "--", "sh", "-c", "grep ' /memory ' /proc/mounts")).startsWith("tmpfs /memory tmpfs");
        assertThat(main.ok("exec", "volumes", "-c", "main", "--", "sh", "-c", "stat -L -c %a /secret/password /one/deep/paint")).isEqualTo("400\n440\n");
        assertThat(main.ok("exec", "volumes", "-c", "main", "--", "sh", "-c", "cat /all/size /all/password /all/ns")).isEqualTo("7s3cret" + kubectl.namespace());
        assertThat(main.ok("exec", "volumes", "-c", "main", "--", "cat", "/all/token").split("\\.")).hasSize(3);
        assertThat(main.refused("exec", "volumes", "-c", "main", "--", "touch", "/settings/x")).contains("Read-only file system");
        kubectl.ok("patch", "configmap", "vol-settings", "-p", "{\"data\":{\"colour\":\"green\"}}");
        Await.that("the change to arrive in the volume", Duration.ofMinutes(3), () -> main.ok("exec", "volumes", "-c", "main", "--", "cat", "/settings/colour"), "green"::equals);
        kubectl.ok("delete", "pod", "volumes");
    }

    @Test
    void probes(Kubectl kubectl) {
        kubectl.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: probed, labels: {app: probed}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: main
                    image: "%1$s"
                    command: [sh, -c, "touch /tmp/alive; sleep 3600"]
                    startupProbe: {exec: {command: [test, -f, /tmp/alive]}, periodSeconds: 1, failureThreshold: 60}
                    livenessProbe: {exec: {command: [test, -f, /tmp/alive]}, periodSeconds: 1, failureThreshold: 2}
                    readinessProbe: {exec: {command: [test, -f, /tmp/ready]}, periodSeconds: 1}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: web-probed}
                spec:
                  containers:
                  - name: main
                    image: "%2$s"
                    readinessProbe: {httpGet: {path: /, port: 8080}, periodSeconds: 1}
                    livenessProbe: {tcpSocket: {port: 80}, periodSeconds: 1}
                ---
                {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "probed"}, "spec": {"selector": {"app": "probed"}, "ports": [{"port": 80}]}}
                """.formatted(Manifest.BUSYBOX, Manifest.NGINX));
        kubectl.awaitReady("pod/web-probed");
        kubectl.awaitPath("pod/probed", "{.status.containerStatuses[0].started}", "true");
        assertThat(kubectl.ok("get", "pod", "probed")).containsPattern("probed +0/1 +Running");
        String ready = "{.items[?(@.metadata.labels.kubernetes\\.io/service-name==\"probed\")].endpoints[*].conditions.ready}";
        Await.that("an endpoint that is not ready", () -> kubectl.jsonpath("endpointslices", ready), "false"::equals);
        kubectl.shell("probed", "touch /tmp/ready");
        kubectl.awaitReady("pod/probed");
        Await.that("a ready endpoint", () -> kubectl.jsonpath("endpointslices", ready), "true"::equals);
        kubectl.shell("probed", "rm /tmp/ready");
        kubectl.awaitCondition("Ready=false", "pod/probed");
        kubectl.shell("probed", "rm /tmp/alive");
        kubectl.awaitPath("pod/probed", "{.status.containerStatuses[0].restartCount}", "1");
        assertThat(Await.that("the event", () -> kubectl.ok("get", "events", "--field-selector=involvedObject.name=probed"), text -> text.contains("Killing"))).contains("Unhealthy", "failed liveness probe, will be restarted");
        assertThat(kubectl.jsonpath("pod/web-probed", "{.status.containerStatuses[0].restartCount}")).isEqualTo("0");
        kubectl.ok("delete", "pod", "probed", "web-probed", "--wait=false");
    }

    @Test
    void hooksAndGracefulTermination(Kubectl kubectl, @TempDir Path host) throws IOException {
        kubectl.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: polite}
                spec:
                  terminationGracePeriodSeconds: 30
                  volumes: [{name: host, hostPath: {path: "%2$s"}}]
                  containers:
                  - name: main
                    image: "%1$s"
                    command: [sh, -c, "trap 'echo term >> /host/story; exit 0' TERM; sleep 3600 & wait"]
                    volumeMounts: [{name: host, mountPath: /host}]
                    lifecycle:
                      postStart: {exec: {command: [sh, -c, "echo started >> /host/story"]}}
                      preStop: {exec: {command: [sh, -c, "echo stopping >> /host/story"]}}
                """.formatted(Manifest.BUSYBOX, host));
        kubectl.awaitReady("pod/polite");
        kubectl.ok("delete", "pod", "polite", "--timeout=85s");
        assertThat(Files.readAllLines(host.resolve("story"))).containsExactly("started", "stopping", "term");
        kubectl.apply(Manifest.shellPod("deaf", "trap '' TERM; while :; do sleep 1; done").replace("\"terminationGracePeriodSeconds\":1", "\"terminationGracePeriodSeconds\":2"));
        kubectl.awaitReady("pod/deaf");
        kubectl.ok("delete", "pod", "deaf", "--timeout=60s");
    }

    @Test
    void restartPolicies(Kubectl kubectl) {
        kubectl.apply(Manifest.shellPod("never-good", "exit 0").replace("\"spec\":{", "\"spec\":{\"restartPolicy\":\"Never\","));
        kubectl.apply(Manifest.shellPod("never-bad", "exit 4").replace("\"spec\":{", "\"spec\":{\"restartPolicy\":\"Never\","));
        kubectl.apply(Manifest.shellPod("on-failure", "if [ -f /d/x ]; then exit 0; fi; touch /d/x; exit 4").replace("\"spec\":{", "\"spec\":{\"restartPolicy\":\"OnFailure\",\"volumes\":[{\"name\":\"d\",\"emptyDir\":{}}],")
                .replace("\"name\":\"main\"", "\"name\":\"main\",\"volumeMounts\":[{\"name\":\"d\",\"mountPath\":\"/d\"}]"));
        kubectl.apply(Manifest.shellPod("crashing", "echo oops; exit 4"));
        kubectl.awaitPath("pod/never-good", "{.status.phase}", "Succeeded");
        kubectl.awaitPath("pod/never-bad", "{.status.phase}", "Failed");
        assertThat(kubectl.ok("get", "pods", "never-good", "never-bad")).containsPattern("never-good +0/1 +Completed +0").containsPattern("never-bad +0/1 +Error +0");
        kubectl.awaitPath("pod/on-failure", "{.status.phase} {.status.containerStatuses[0].restartCount}", "Succeeded 1");
        kubectl.awaitPath("pod/crashing", "{.status.containerStatuses[0].state.waiting.reason}", "CrashLoopBackOff");
        assertThat(kubectl.jsonpath("pod/crashing", "{.status.containerStatuses[0].state.waiting.message}")).matches("back-off \\d+m?\\d*s restarting failed container=main pod=crashing_" + kubectl.namespace() + "\\(.*\\)");
        assertThat(kubectl.jsonpath("pod/crashing", "{.status.containerStatuses[0].lastState.terminated.exitCode}")).isEqualTo("4");
        Await.that("the event", () -> kubectl.ok("get", "events", "--field-selector=involvedObject.name=crashing,reason=BackOff"), text -> text.contains("Back-off restarting failed container"));
        kubectl.ok("delete", "pod", "crashing");
    }

    @Test
    void imagesThatCannotBePulled(Kubectl kubectl) {
        kubectl.apply(Manifest.shellPod("no-image", "true").replace(Manifest.BUSYBOX, "127.0.0.1:1/nothing/here:1"));
        kubectl.apply(Manifest.shellPod("never-pulled", "true").replace(Manifest.BUSYBOX, "nowhere.invalid/x:1\",\"imagePullPolicy\":\"Never"));
        kubectl.apply(Manifest.shellPod("bad-image", "true").replace(Manifest.BUSYBOX, "UPPER CASE"));
        kubectl.awaitPath("pod/no-image", "{.status.containerStatuses[0].state.waiting.reason}", reason -> reason.equals("ErrImagePull") || reason.equals("ImagePullBackOff"));
        kubectl.awaitPath("pod/no-image", "{.status.containerStatuses[0].state.waiting.reason}", "ImagePullBackOff");
        kubectl.awaitPath("pod/never-pulled", "{.status.containerStatuses[0].state.waiting.reason}", "ErrImageNeverPull");
        kubectl.awaitPath("pod/bad-image", "{.status.containerStatuses[0].state.waiting.reason}", "InvalidImageName");
        assertThat(kubectl.ok("get", "events", "--field-selector=involvedObject.name=no-image")).contains("Failed to pull image \"127.0.0.1:1/nothing/here:1\"", "Error: ErrImagePull");
        kubectl.ok("delete", "pod", "no-image", "never-pulled", "bad-image");
    }

    @Test
    void limitsHold(Kubectl kubectl) {
        kubectl.apply("""
                apiVersion: v1
                kind: Pod
                metadata: {name: hungry}
                spec:
                  restartPolicy: Never
                  containers:
                  - {name: main, image: "%1$s", command: [sh, -c, "dd if=/dev/zero of=/dev/null bs=200M count=5"], resources: {limits: {memory: 32Mi}}}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: limited}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - {name: main, image: "%1$s", command: [sleep, "3600"], resources: {limits: {memory: 48Mi, cpu: 500m}, requests: {memory: 32Mi, cpu: 250m}}}
                """.formatted(Manifest.BUSYBOX));
        kubectl.awaitPath("pod/hungry", "{.status.phase}", "Failed");
        assertThat(kubectl.jsonpath("pod/hungry", "{.status.containerStatuses[0].state.terminated.reason} {.status.containerStatuses[0].state.terminated.exitCode}")).isEqualTo("OOMKilled 137");
        kubectl.awaitReady("pod/limited");
        assertThat(kubectl.jsonpath("pod/limited", "{.status.qosClass}")).isEqualTo("Burstable");
        assertThat(kubectl.shell("limited", "cat /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null | head -1").strip()).isEqualTo(Integer.toString(48 << 20));
        assertThat(kubectl.shell("limited", "cat /sys/fs/cgroup/cpu.max 2>/dev/null || echo $(cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us) $(cat /sys/fs/cgroup/cpu/cpu.cfs_period_us)").strip()).isEqualTo("50000 100000");
    }

    @Test
    void podsReachTheApiServerWithTheirToken(Kubectl kubectl) throws IOException {
        kubectl.ok("create", "rolebinding", "pods-view", "--clusterrole=view", "--serviceaccount=" + kubectl.namespace() + ":default");
        // The host's curl, as the test images hold no client that checks certificates.
        ObjectNode pod = Manifest.pod("caller", "trap 'exit 0' TERM; sleep 3600 & wait");
        for (String directory : new String[] {"/usr", "/lib", "/lib64"}) {
            if (Files.isDirectory(Path.of(directory))) {
                pod.withObject("/spec").withArray("volumes").addObject().put("name", directory.substring(1)).putObject("hostPath").put("path", Path.of(directory).toRealPath().toString());
                ((ObjectNode) pod.at("/spec/containers/0")).withArray("volumeMounts").addObject().put("name", directory.substring(1)).put("mountPath", directory).put("readOnly", true);
            }
        }
        kubectl.apply(Manifest.text(pod));
        kubectl.awaitReady("pod/caller");
        String mounted = "/var/run/secrets/kubernetes.io/serviceaccount";
        assertThat(kubectl.shell("caller", "ls " + mounted).split("\\s+")).containsExactly("ca.crt", "namespace", "token");
        assertThat(kubectl.shell("caller", "cat " + mounted + "/namespace")).isEqualTo(kubectl.namespace());
        String curl = "/usr/bin/curl -sS --max-time 10 --cacert " + mounted + "/ca.crt ";
        String signedIn = curl + "-H \"Authorization: Bearer $(cat " + mounted + "/token)\" ";
        String api = "https://kubernetes.default.svc/api/v1/namespaces/" + kubectl.namespace();
        assertThat(kubectl.shell("caller", signedIn + api + "/pods/caller")).contains("\"kind\":\"Pod\"", "\"name\":\"caller\"");
        assertThat(kubectl.shell("caller", signedIn + api + "/secrets")).contains("\"reason\":\"Forbidden\"", "system:serviceaccount:" + kubectl.namespace() + ":default");
        assertThat(kubectl.shell("caller", curl + api + "/pods")).contains("\"reason\":\"Forbidden\"", "system:anonymous");
        assertThat(kubectl.shell("caller", "echo $KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT_HTTPS")).isEqualTo("10.96.0.1:443\n");
    }

    @Test
    void nodeTellsWhatItIs(TestCluster cluster, Kubectl kubectl) {
        String node = "node/" + cluster.node();
        Kubectl admin = kubectl.in("");
        assertThat(admin.jsonpath(node, "{.status.conditions[*].type}").split(" ")).contains("MemoryPressure", "DiskPressure", "PIDPressure", "Ready");
        assertThat(Integer.parseInt(admin.jsonpath(node, "{.status.allocatable.pods}"))).isPositive();
        assertThat(admin.jsonpath(node, "{.status.capacity.cpu}")).isEqualTo(Integer.toString(Runtime.getRuntime().availableProcessors()));
        assertThat(admin.jsonpath(node, "{.status.nodeInfo.containerRuntimeVersion}")).startsWith("containerd://");
        assertThat(Arrays.asList(admin.jsonpath(node, "{.status.images[*].names[*]}").split(" "))).anyMatch(name -> name.contains("nginx:1.28"));
        assertThat(admin.in("kube-node-lease").jsonpath("lease/" + cluster.node(), "{.spec.holderIdentity}")).isEqualTo(cluster.node());
    }
}
