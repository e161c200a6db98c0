package io.jakube.apiserver.defaulting;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.json.Json;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultingTest {
    @Test
    void podAsKubectlRunSendsIt() throws IOException {
        ObjectNode pod = defaulted("""
                {"apiVersion":"v1","kind":"Pod","metadata":{"name":"app-pod"},"spec":{"containers":[{"name":"app-container","image":"nginx:latest"}]}}""");
        assertThat(pod.get("spec")).isEqualTo(Json.mapper().readTree("""
                {"containers":[{"name":"app-container","image":"nginx:latest","imagePullPolicy":"Always","terminationMessagePath":"/dev/termination-log",
                  "terminationMessagePolicy":"File","resources":{}}],
                 "dnsPolicy":"ClusterFirst","restartPolicy":"Always","securityContext":{},"terminationGracePeriodSeconds":30,
                 "schedulerName":"default-scheduler","enableServiceLinks":true}"""));
    }

    @ParameterizedTest
    @CsvSource({
        "nginx, Always", "nginx:latest, Always", "nginx:1.27, IfNotPresent", "host:5000/nginx, Always", "host:5000/nginx:1, IfNotPresent",
        "nginx@sha256:abc, IfNotPresent", "nginx:latest@sha256:abc, Always", "'', IfNotPresent"
    })
    void pullPolicyFollowsTheTag(String image, String policy) {
        assertThat(ContainerDefaults.pullPolicy(image)).isEqualTo(policy);
    }

    @Test
    void podRequestsComeFromLimitsButTemplatesKeepTheirs() throws IOException {
        ObjectNode pod = defaulted("""
                {"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"name":"a","image":"x","resources":{"limits":{"cpu":0.5,"memory":"1024Ki"},"requests":{"cpu":"100m"}}}]}}""");
        assertThat(pod.at("/spec/containers/0/resources")).isEqualTo(Json.mapper().readTree("""
                {"limits":{"cpu":"500m","memory":"1Mi"},"requests":{"cpu":"100m","memory":"1Mi"}}"""));
        ObjectNode set = defaulted("""
                {"apiVersion":"apps/v1","kind":"ReplicaSet","spec":{"template":{"spec":{"hostNetwork":true,"containers":[{"name":"a","ports":[{"containerPort":80}],"resources":{"limits":{"cpu":"1"}}}]}}}}""");
        assertThat(set.at("/spec/template/spec/containers/0/resources/requests").isMissingNode()).isTrue();
        assertThat(set.at("/spec/template/spec/enableServiceLinks").isMissingNode()).isTrue();
        assertThat(set.at("/spec/template/spec/containers/0/ports/0")).isEqualTo(Json.mapper().readTree("{\"containerPort\":80,\"protocol\":\"TCP\"}"));
    }

    @Test
    void podLevelRequestsComeFromContainersThenFromLimits() throws IOException {
        ObjectNode pod = defaulted("""
                {"apiVersion":"v1","kind":"Pod","spec":{"resources":{"limits":{"cpu":"2","memory":"1Gi"}},
                 "initContainers":[{"name":"i","resources":{"requests":{"cpu":"1"}}}],
                 "containers":[{"name":"a","resources":{"requests":{"cpu":"200m"}}},{"name":"b","resources":{"requests":{"cpu":"300m"}}}]}}""");
        assertThat(pod.at("/spec/resources/requests")).isEqualTo(Json.mapper().readTree("{\"cpu\":\"1\",\"memory\":\"1Gi\"}"));
    }

    @Test
    void hostNetworkPodsBindTheirPorts() throws IOException {
        ObjectNode pod = defaulted("""
                {"apiVersion":"v1","kind":"Pod","spec":{"hostNetwork":true,"containers":[{"name":"a","ports":[{"containerPort":80}]}]}}""");
        assertThat(pod.at("/spec/containers/0/ports/0")).isEqualTo(Json.mapper().readTree("{\"containerPort\":80,\"protocol\":\"TCP\",\"hostPort\":80}"));
    }

    @Test
    void volumesAndProbes() throws IOException {
        ObjectNode pod = defaulted("""
                {"apiVersion":"v1","kind":"Pod","spec":{"containers":[{"name":"a","livenessProbe":{"httpGet":{"port":80}},"readinessProbe":{"grpc":{"port":1},"periodSeconds":3},
                  "env":[{"name":"IP","valueFrom":{"fieldRef":{"fieldPath":"status.podIP"}}},{"name":"C","valueFrom":{"resourceFieldRef":{"resource":"limits.cpu"}}}]}],
                 "volumes":[{"name":"e"},{"name":"s","secret":{"secretName":"x"}},{"name":"h","hostPath":{"path":"/"}},
                  {"name":"p","projected":{"sources":[{"serviceAccountToken":{"path":"token"}},{"downwardAPI":{"items":[{"path":"l","fieldRef":{"fieldPath":"metadata.labels"}}]}}]}}]}}""");
        assertThat(pod.at("/spec/containers/0/livenessProbe")).isEqualTo(Json.mapper().readTree("""
                {"httpGet":{"port":80,"path":"/","scheme":"HTTP"},"timeoutSeconds":1,"periodSeconds":10,"successThreshold":1,"failureThreshold":3}"""));
        assertThat(pod.at("/spec/containers/0/readinessProbe")).isEqualTo(Json.mapper().readTree("""
                {"grpc":{"port":1,"service":""},"timeoutSeconds":1,"periodSeconds":3,"successThreshold":1,"failureThreshold":3}"""));
        assertThat(pod.at("/spec/containers/0/env/0/valueFrom/fieldRef/apiVersion").asText()).isEqualTo("v1");
        assertThat(pod.at("/spec/containers/0/env/1/valueFrom/resourceFieldRef/divisor").asText()).isEqualTo("0");
        assertThat(pod.at("/spec/volumes")).isEqualTo(Json.mapper().readTree("""
                [{"name":"e","emptyDir":{}},{"name":"s","secret":{"secretName":"x","defaultMode":420}},{"name":"h","hostPath":{"path":"/","type":""}},
                 {"name":"p","projected":{"defaultMode":420,"sources":[{"serviceAccountToken":{"path":"token","expirationSeconds":3600}},
                   {"downwardAPI":{"items":[{"path":"l","fieldRef":{"apiVersion":"v1","fieldPath":"metadata.labels"}}]}}]}}]"""));
    }

    @Test
    void deployment() throws IOException {
        ObjectNode spec = (ObjectNode) defaulted("""
                {"apiVersion":"apps/v1","kind":"Deployment","spec":{"selector":{"matchLabels":{"app":"webapp"}},
                 "template":{"metadata":{"labels":{"app":"webapp"}},"spec":{"containers":[{"name":"web","image":"nginx"}]}}}}""").get("spec");
        spec.remove("template");
        assertThat(spec).isEqualTo(Json.mapper().readTree("""
                {"selector":{"matchLabels":{"app":"webapp"}},"replicas":1,"strategy":{"type":"RollingUpdate","rollingUpdate":{"maxUnavailable":"25%","maxSurge":"25%"}},
                 "revisionHistoryLimit":10,"progressDeadlineSeconds":600}"""));
    }

    @Test
    void nodePortService() throws IOException {
        assertThat(defaulted("""
                {"apiVersion":"v1","kind":"Service","spec":{"type":"NodePort","ports":[{"port":80},{"port":81,"targetPort":"web"}],"sessionAffinity":"ClientIP"}}""").get("spec"))
                .isEqualTo(Json.mapper().readTree("""
                {"type":"NodePort","ports":[{"port":80,"protocol":"TCP","targetPort":80},{"port":81,"protocol":"TCP","targetPort":"web"}],
                 "sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10800}},"externalTrafficPolicy":"Cluster","internalTrafficPolicy":"Cluster"}"""));
    }

    @Test
    void jobTakesItsTemplatesLabels() throws IOException {
        ObjectNode job = defaulted("""
                {"apiVersion":"batch/v1","kind":"Job","spec":{"template":{"metadata":{"labels":{"a":"b"}},"spec":{}}}}""");
        assertThat(job.at("/metadata/labels/a").asText()).isEqualTo("b");
        ((ObjectNode) job.get("spec")).remove("template");
        assertThat(job.get("spec")).isEqualTo(Json.mapper().readTree("""
                {"completions":1,"parallelism":1,"backoffLimit":6,"completionMode":"NonIndexed","suspend":false,"podReplacementPolicy":"TerminatingOrFailed","manualSelector":false}"""));
    }

    @Test
    void limitRangeChainsItsDefaults() throws IOException {
        assertThat(defaulted("""
                {"apiVersion":"v1","kind":"LimitRange","spec":{"limits":[{"type":"Container","max":{"cpu":"2"},"min":{"memory":"1Mi"}}]}}""").at("/spec/limits/0"))
                .isEqualTo(Json.mapper().readTree("""
                {"type":"Container","max":{"cpu":"2"},"min":{"memory":"1Mi"},"default":{"cpu":"2"},"defaultRequest":{"cpu":"2","memory":"1Mi"}}"""));
    }

    @Test
    void everyDefaulterTakesAnEmptyObjectAndIsIdempotent() {
        Defaulting.all().forEach((gvk, defaulter) -> {
            ObjectNode once = Json.object().put("apiVersion", gvk.apiVersion()).put("kind", gvk.kind());
            defaulter.apply(once);
            ObjectNode twice = once.deepCopy();
            defaulter.apply(twice);
            assertThat(twice).as(gvk.toString()).isEqualTo(once);
        });
    }

    private static ObjectNode defaulted(String json) throws IOException {
        ObjectNode object = (ObjectNode) Json.mapper().readTree(json);
        Defaulting.all().get(GroupVersionKind.of(object.get("apiVersion").asText(), object.get("kind").asText())).apply(object);
        return object;
    }
}
