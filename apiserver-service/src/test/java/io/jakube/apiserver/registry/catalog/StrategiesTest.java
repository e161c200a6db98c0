package io.jakube.apiserver.registry.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.registry.FakeKeyValueStore;
import io.jakube.apiserver.registry.FakeObjectStore;
import io.jakube.apiserver.registry.FakeRequests;
import io.jakube.apiserver.registry.ResourceStrategy;
import io.jakube.apiserver.registry.core.allocation.ServiceNetwork;
import io.jakube.common.api.GroupResource;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrategiesTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    private final Strategies strategies = Strategies.create(new FakeObjectStore(NOW), new FakeKeyValueStore(), ServiceNetwork.parse("10.96.0.0/16", "30000-32767"),
            Clock.fixed(NOW, ZoneOffset.UTC));

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"containers\":[{\"resources\":{}}]} | BestEffort",
        "{\"containers\":[{\"resources\":{\"requests\":{\"cpu\":\"1\"}}}]} | Burstable",
        "{\"containers\":[{\"resources\":{\"requests\":{\"cpu\":\"1\",\"memory\":\"1Gi\"},\"limits\":{\"cpu\":\"1000m\",\"memory\":\"1Gi\"}}}]} | Guaranteed",
        "{\"containers\":[{\"resources\":{\"limits\":{\"cpu\":\"1\",\"memory\":\"1Gi\"}}},{}]} | Burstable",
        "{\"resources\":{\"requests\":{\"cpu\":\"1\",\"memory\":\"1Gi\"},\"limits\":{\"cpu\":\"1\",\"memory\":\"1Gi\"}},\"containers\":[{}]} | Guaranteed"
    })
    void newPodsArePendingWithTheirQosClass(String spec, String qos) throws IOException {
        ObjectNode pod = parse("{\"metadata\":{\"name\":\"p\"},\"spec\":" + spec + ",\"status\":{\"phase\":\"Running\",\"podIP\":\"1.2.3.4\"}}");
        core("pods").prepareForCreate(pod, FakeRequests.context());
        assertThat(pod.get("status")).isEqualTo(parse("{\"phase\":\"Pending\",\"qosClass\":\"" + qos + "\"}"));
    }

    @ParameterizedTest
    @CsvSource({"'', Pending, false", "n1, Running, true", "n1, Succeeded, false", "n1, Failed, false"})
    void onlyScheduledUnfinishedPodsGoGracefully(String node, String phase, boolean graceful) throws IOException {
        ObjectNode pod = parse("{\"spec\":{\"nodeName\":\"" + node + "\",\"terminationGracePeriodSeconds\":7},\"status\":{\"phase\":\"" + phase + "\"}}");
        assertThat(core("pods").deletesGracefully(pod)).isEqualTo(graceful);
        assertThat(core("pods").defaultGracePeriodSeconds(pod)).isEqualTo(7);
    }

    @Test
    void affinityOnLabelKeysIsResolvedAtCreation() throws IOException {
        ObjectNode pod = parse("""
                {"metadata":{"labels":{"app":"x","rev":"7"}},"spec":{"affinity":{"podAntiAffinity":{"requiredDuringSchedulingIgnoredDuringExecution":[
                  {"topologyKey":"h","labelSelector":{"matchLabels":{"app":"x"}},"matchLabelKeys":["rev"],"mismatchLabelKeys":["absent"]}]}}}}""");
        core("pods").prepareForCreate(pod, FakeRequests.context());
        assertThat(pod.at("/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/0/labelSelector/matchExpressions").toString())
                .isEqualTo("[{\"key\":\"rev\",\"operator\":\"In\",\"values\":[\"7\"]}]");
    }

    @Test
    void podStatusKeepsQosAndOwnersAndMirrorsAddresses() throws IOException {
        ObjectNode old = parse("{\"metadata\":{\"ownerReferences\":[{\"name\":\"o\"}]},\"status\":{\"qosClass\":\"Burstable\"}}");
        ObjectNode pod = parse("{\"metadata\":{},\"status\":{\"podIPs\":[{\"ip\":\"1.1.1.1\"}],\"hostIP\":\"2.2.2.2\"}}");
        core("pods").prepareForStatusUpdate(pod, old, FakeRequests.context());
        assertThat(pod).isEqualTo(parse("""
                {"metadata":{"ownerReferences":[{"name":"o"}]},
                 "status":{"podIPs":[{"ip":"1.1.1.1"}],"podIP":"1.1.1.1","hostIP":"2.2.2.2","hostIPs":[{"ip":"2.2.2.2"}],"qosClass":"Burstable"}}"""));
    }

    @Test
    void namespacesAreHeldByTheirFinalizer() throws IOException {
        ObjectNode namespace = parse("{\"metadata\":{\"name\":\"dev\"}}");
        core("namespaces").prepareForCreate(namespace, FakeRequests.context());
        assertThat(namespace).isEqualTo(parse("""
                {"metadata":{"name":"dev","labels":{"kubernetes.io/metadata.name":"dev"}},"spec":{"finalizers":["kubernetes"]},"status":{"phase":"Active"}}"""));
        ObjectNode update = parse("{\"metadata\":{\"name\":\"dev\"},\"spec\":{}}");
        core("namespaces").prepareForUpdate(update, namespace, FakeRequests.context());
        assertThat(update.get("spec")).isEqualTo(namespace.get("spec"));
        assertThat(update.at("/metadata/labels/kubernetes.io~1metadata.name").asText()).isEqualTo("dev");
    }

    @Test
    void secretStringsBecomeData() throws IOException {
        ObjectNode secret = parse("{\"data\":{\"a\":\"eA==\"},\"stringData\":{\"b\":\"yé\"}}");
        core("secrets").prepareForCreate(secret, FakeRequests.context());
        assertThat(secret).isEqualTo(parse("{\"data\":{\"a\":\"eA==\",\"b\":\"ecOp\"}}"));
    }

    @Test
    void jobsSelectTheirOwnPods() throws IOException {
        ObjectNode job = parse("{\"metadata\":{\"name\":\"j\",\"uid\":\"u\"},\"spec\":{\"template\":{\"spec\":{}}}}");
        strategies.all().get(new GroupResource("batch", "jobs")).prepareForCreate(job, FakeRequests.context());
        assertThat(job.at("/spec/selector")).isEqualTo(parse("{\"matchLabels\":{\"batch.kubernetes.io/controller-uid\":\"u\"}}"));
        assertThat(job.at("/spec/template/metadata/labels")).isEqualTo(parse("""
                {"controller-uid":"u","batch.kubernetes.io/controller-uid":"u","job-name":"j","batch.kubernetes.io/job-name":"j"}"""));
    }

    @Test
    void daemonSetsCountTheirTemplates() throws IOException {
        ResourceStrategy daemonSets = strategies.all().get(new GroupResource("apps", "daemonsets"));
        ObjectNode set = parse("{\"metadata\":{},\"spec\":{\"template\":{\"a\":1}}}");
        daemonSets.prepareForCreate(set, FakeRequests.context());
        ObjectNode changed = parse("{\"metadata\":{},\"spec\":{\"template\":{\"a\":2}}}");
        daemonSets.prepareForUpdate(changed, set, FakeRequests.context());
        assertThat(changed.at("/metadata/annotations/deprecated.daemonset.template.generation").asText()).isEqualTo("2");
    }

    private ResourceStrategy core(String resource) {
        return strategies.all().get(GroupResource.core(resource));
    }

    private static ObjectNode parse(String json) throws IOException {
        return (ObjectNode) Json.mapper().readTree(json);
    }
}
