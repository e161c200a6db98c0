package io.jakube.apiserver.registry.catalog;

import static io.jakube.common.json.Fields.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jakube.apiserver.defaulting.Defaulting;
import io.jakube.apiserver.registry.FakeObjectStore;
import io.jakube.apiserver.registry.FakeRequests;
import io.jakube.apiserver.registry.Admission;
import io.jakube.apiserver.registry.ObjectSubresource;
import io.jakube.apiserver.registry.PostHandler.Posting;
import io.jakube.apiserver.registry.SubresourceHandler;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.request.RequestInfo;
import io.jakube.common.api.GroupResource;
import io.jakube.common.api.GroupVersionKind;
import io.jakube.common.api.ResourceDefinition;
import io.jakube.common.json.Fields;
import io.jakube.common.json.Json;
import io.jakube.common.status.ApiException;
import io.jakube.common.status.FieldError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubresourcesTest {
    private static final GroupResource PODS = GroupResource.core("pods");
    private static final GroupResource BUDGETS = new GroupResource("policy", "poddisruptionbudgets");
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final ResourceDefinition POD_DEFINITION =
            new ResourceDefinition(GroupVersionKind.of("v1", "Pod"), "pods", "pod", true, List.of(), List.of(), List.of("get"), List.of(), Set.of());

    private final FakeObjectStore objects = new FakeObjectStore(NOW);
    private final Subresources subresources = Subresources.create(objects, new Posting((request, type) -> {
        try {
            return Json.readObject(request.body().readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }, new Admission()), Clock.fixed(NOW, ZoneOffset.UTC));

    @Test
    void bindingSetsTheNodeOnce() throws IOException {
        pod("p", "{}", "{\"phase\":\"Pending\"}");
        assertThat(post("binding", "p", "{\"metadata\":{\"name\":\"p\",\"annotations\":{\"a\":\"b\"}},\"target\":{\"kind\":\"Node\",\"name\":\"n1\"}}").get("status").asText()).isEqualTo("Success");
        ObjectNode bound = objects.get(PODS, "d", "p").orElseThrow();
        assertThat(text(bound, "spec", "nodeName")).isEqualTo("n1");
        assertThat(bound.at("/metadata/annotations/a").asText()).isEqualTo("b");
        assertThat(bound.at("/status/conditions")).isEqualTo(Json.mapper().readTree(
                "[{\"type\":\"PodScheduled\",\"lastTransitionTime\":\"2026-01-01T00:00:00Z\",\"status\":\"True\"}]"));
        assertThatThrownBy(() -> post("binding", "p", "{\"target\":{\"name\":\"n2\"}}")).isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(409))
                .hasMessage("Operation cannot be fulfilled on pods/binding \"p\": pod p is already assigned to node \"n1\"");
        assertThatThrownBy(() -> post("binding", "absent", "{\"target\":{\"name\":\"n2\"}}")).hasMessage("pods \"absent\" not found");
        assertThatThrownBy(() -> post("binding", "p", "{\"target\":{}}")).hasMessage("Binding \"p\" is invalid: target.name: Required value");
    }

    @Test
    void evictionWithoutBudgetDeletes() throws IOException {
        pod("p", "{}", "{\"phase\":\"Running\"}");
        post("eviction", "p", "{\"metadata\":{\"name\":\"p\"},\"deleteOptions\":{\"gracePeriodSeconds\":3}}");
        assertThat(objects.names(PODS)).isEmpty();
        assertThat(objects.deleteOptions()).containsExactly((ObjectNode) Json.mapper().readTree("{\"gracePeriodSeconds\":3}"));
    }

    @Test
    void anEvictedPodSaysSoInItsConditions() throws IOException {
        pod("p", "{}", "{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}");
        String version = text(objects.get(PODS, "d", "p").orElseThrow(), "metadata", "resourceVersion");
        assertThatThrownBy(() -> post("eviction", "p", "{\"metadata\":{\"name\":\"p\"},\"deleteOptions\":{\"preconditions\":{\"resourceVersion\":\"1234567\"}}}"))
                .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(409));
        assertThat(text(objects.get(PODS, "d", "p").orElseThrow(), "metadata", "resourceVersion")).isEqualTo(version);
        post("eviction", "p", "{\"metadata\":{\"name\":\"p\"},\"deleteOptions\":{\"preconditions\":{\"resourceVersion\":\"" + version + "\"}}}");
        assertThat(objects.deleted().getFirst().at("/status/conditions").toString()).contains("Ready")
                .contains("\"type\":\"DisruptionTarget\",\"lastTransitionTime\":\"2026-01-01T00:00:00Z\",\"status\":\"True\",\"reason\":\"EvictionByEvictionAPI\"");
    }

    @Test
    void evictionSpendsTheBudgetAndThenIsRefused() throws IOException {
        for (String name : List.of("p1", "p2")) {
            pod(name, "{}", "{\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}");
        }
        budget("{}", "{\"observedGeneration\":1,\"disruptionsAllowed\":1,\"desiredHealthy\":1,\"currentHealthy\":2}");
        post("eviction", "p1", "{\"metadata\":{\"name\":\"p1\"}}");
        ObjectNode status = Fields.object(objects.get(BUDGETS, "d", "b").orElseThrow(), "status");
        assertThat(Fields.integer(status, "disruptionsAllowed")).isZero();
        assertThat(status.at("/disruptedPods/p1").asText()).isEqualTo("2026-01-01T00:00:00Z");
        assertThatThrownBy(() -> post("eviction", "p2", "{\"metadata\":{\"name\":\"p2\"}}")).isInstanceOfSatisfying(ApiException.class, e -> {
            assertThat(e.code()).isEqualTo(429);
            assertThat(e.causes()).containsExactly(new ApiException.Cause("DisruptionBudget", "The disruption budget b needs 1 healthy pods and has 2 currently", ""));
        }).hasMessage("Cannot evict pod as it would violate the pod's disruption budget.");
        assertThat(objects.names(PODS)).containsExactly("p2");
    }

    @Test
    void evictionWaitsForABudgetThatIsNotYetObserved() throws IOException {
        pod("p", "{}", "{\"phase\":\"Running\"}");
        budget("{}", "{\"observedGeneration\":0,\"disruptionsAllowed\":5}");
        assertThatThrownBy(() -> post("eviction", "p", "{\"metadata\":{\"name\":\"p\"}}"))
                .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.retryAfterSeconds()).isEqualTo(10));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"phase\":\"Pending\"}", "{\"phase\":\"Failed\"}", "{\"phase\":\"Running\"}"})
    void podsThatAreNotReadyCostNothing(String podStatus) throws IOException {
        pod("p", "{}", podStatus);
        budget("{\"unhealthyPodEvictionPolicy\":\"AlwaysAllow\"}", "{\"observedGeneration\":1,\"disruptionsAllowed\":0,\"desiredHealthy\":1}");
        post("eviction", "p", "{\"metadata\":{\"name\":\"p\"}}");
        assertThat(objects.names(PODS)).isEmpty();
    }

    @Test
    void ephemeralContainersAreOnlyAdded() throws IOException {
        ObjectSubresource part = part("ephemeralcontainers");
        ObjectNode old = running();
        ObjectNode added = old.deepCopy();
        ObjectNode spec = Fields.object(added, "spec");
        spec.put("nodeName", "other").putArray("ephemeralContainers").addObject().put("name", "debug").put("image", "busybox").put("targetContainerName", "a");
        Fields.object(added, "metadata").putObject("labels").put("x", "y");
        Defaulting.all().get(GroupVersionKind.of("v1", "Pod")).apply(added);
        part.prepareForUpdate(added, old, FakeRequests.context());
        assertThat(text(added, "spec", "nodeName")).isEmpty();
        assertThat(added.at("/metadata/labels").isMissingNode()).isTrue();
        assertThat(part.validateUpdate(added, old)).isEmpty();
        ObjectNode removed = old.deepCopy();
        part.prepareForUpdate(removed, added, FakeRequests.context());
        assertThat(part.validateUpdate(removed, added)).extracting(FieldError::toString)
                .containsExactly("spec.ephemeralContainers: Forbidden: existing ephemeral containers \"debug\" may not be removed\n");
    }

    @Test
    void resizeChangesResourcesAndNotTheClassOfService() throws IOException {
        ObjectSubresource part = part("resize");
        ObjectNode old = running();
        ObjectNode resized = old.deepCopy();
        ObjectNode container = Fields.items(resized.get("spec"), "containers").getFirst();
        container.put("image", "other").putObject("resources").putObject("requests").put("cpu", "2");
        part.prepareForUpdate(resized, old, FakeRequests.context());
        assertThat(resized.at("/spec/containers/0/image").asText()).isEqualTo("nginx");
        assertThat(resized.at("/spec/containers/0/resources/requests/cpu").asText()).isEqualTo("2");
        assertThat(part.validateUpdate(resized, old)).isEmpty();
        ObjectNode best = old.deepCopy();
        Fields.items(best.get("spec"), "containers").getFirst().putObject("resources");
        part.prepareForUpdate(best, old, FakeRequests.context());
        assertThat(part.validateUpdate(best, old)).extracting(FieldError::toString).contains("spec: Invalid value: \"BestEffort\": Pod QOS Class may not change as a result of resizing",
                "spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed");
    }

    @Test
    void finalizeChangesFinalizersAlone() throws IOException {
        ObjectSubresource part = part("finalize");
        ObjectNode old = parse("{\"spec\":{\"finalizers\":[\"kubernetes\"]},\"status\":{\"phase\":\"Terminating\"}}");
        ObjectNode finalized = parse("{\"spec\":{\"finalizers\":[]},\"status\":{\"phase\":\"Active\"}}");
        part.prepareForUpdate(finalized, old, FakeRequests.context());
        assertThat(finalized).isEqualTo(parse("{\"spec\":{},\"status\":{\"phase\":\"Terminating\"}}"));
        assertThat(part.validateUpdate(finalized, old)).isEmpty();
    }

    @Test
    void approvalIsGivenOnce() throws IOException {
        ObjectSubresource part = part("approval");
        ObjectNode old = parse("{\"spec\":{\"signerName\":\"a/b\"},\"status\":{}}");
        ObjectNode approved = parse("{\"spec\":{\"signerName\":\"c/d\"},\"status\":{\"certificate\":\"x\",\"conditions\":[{\"type\":\"Approved\",\"status\":\"True\"}]}}");
        part.prepareForUpdate(approved, old, FakeRequests.context());
        assertThat(part.validateUpdate(approved, old)).isEmpty();
        assertThat(text(approved, "spec", "signerName")).isEqualTo("a/b");
        assertThat(approved.get("status").has("certificate")).isFalse();
        ObjectNode denied = approved.deepCopy();
        Fields.ensureArray(Fields.object(denied, "status"), "conditions").addObject().put("type", "Denied").put("status", "True");
        part.prepareForUpdate(denied, approved, FakeRequests.context());
        assertThat(part.validateUpdate(denied, approved)).extracting(FieldError::detail).containsExactly("Approved and Denied conditions are mutually exclusive");
        ObjectNode withdrawn = old.deepCopy();
        part.prepareForUpdate(withdrawn, approved, FakeRequests.context());
        assertThat(part.validateUpdate(withdrawn, approved)).hasSize(1);
    }

    private ObjectNode post(String subresource, String name, String body) {
        SubresourceHandler handler = subresources.handlers().stream().filter(h -> h.place().subresource().equals(subresource)).findFirst().orElseThrow();
        RequestContext context = FakeRequests.context(new RequestInfo(true, "create", "/", "", "v1", "d", "pods", subresource, name, ""), Map.of(), body);
        ApiResponse.Complete response = (ApiResponse.Complete) handler.handle(POD_DEFINITION, context);
        assertThat(response.status()).isEqualTo(201);
        return Json.readObject(response.body());
    }

    private ObjectSubresource part(String subresource) {
        return subresources.parts().stream().filter(p -> p.subresource().equals(subresource)).findFirst().orElseThrow();
    }

    private void pod(String name, String spec, String status) throws IOException {
        objects.create(PODS, parse("{\"metadata\":{\"namespace\":\"d\",\"name\":\"" + name + "\",\"labels\":{\"app\":\"x\"}},\"spec\":" + spec + ",\"status\":" + status + "}"));
    }

    private void budget(String spec, String status) throws IOException {
        ObjectNode budget = parse("{\"metadata\":{\"namespace\":\"d\",\"name\":\"b\",\"generation\":1},\"spec\":" + spec + ",\"status\":" + status + "}");
        Fields.ensureObject(budget, "spec").putObject("selector").putObject("matchLabels").put("app", "x");
        objects.create(BUDGETS, budget);
    }

    private static ObjectNode running() throws IOException {
        ObjectNode pod = parse("""
                {"metadata":{"name":"p","namespace":"d"},"spec":{"containers":[{"name":"a","image":"nginx","resources":{"requests":{"cpu":"1"}}}]},
                 "status":{"phase":"Running","qosClass":"Burstable"}}""");
        Defaulting.all().get(GroupVersionKind.of("v1", "Pod")).apply(pod);
        return pod;
    }

    private static ObjectNode parse(String json) throws IOException {
        return (ObjectNode) Json.mapper().readTree(json);
    }
}
