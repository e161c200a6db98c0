package io.jakube.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.apiserver.TestApiServer;
import io.jakube.apiserver.TestApiServer.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Server-side apply through {@code /scale} and {@code /status}. */
class ApplySubresourceTest {
    private static final String APPLY = "application/apply-patch+yaml";
    private static final String WEB = "/apis/apps/v1/namespaces/d/deployments/web";

    private final TestApiServer api = new TestApiServer();

    @BeforeEach
    void create() {
        Answer made = api.post("/apis/apps/v1/namespaces/d/deployments?fieldManager=creator", """
                {"metadata":{"name":"web","labels":{"app":"web"}},"spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},
                 "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}}}""");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private Answer apply(String path, String parameters, String yaml) {
        return api.patch(WEB + path + "?fieldManager=scaler" + parameters, APPLY, yaml);
    }

    private JsonNode entry(String manager, String subresource) {
        for (JsonNode entry : api.get(WEB).json().path("metadata").path("managedFields")) {
            if (entry.path("manager").asText().equals(manager) && entry.path("subresource").asText().equals(subresource)) {
                return entry;
            }
        }
        return com.fasterxml.jackson.databind.node.MissingNode.getInstance();
    }

    @Test
    void scaleIsApplied() {
        String scale = "{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: web, namespace: d}, spec: {replicas: 3}}";
        Answer conflict = apply("/scale", "", scale);
        assertThat(conflict.failure()).isEqualTo("409 Conflict");
        assertThat(conflict.message()).isEqualTo("Apply failed with 1 conflict: conflict with \"creator\" using apps/v1: .spec.replicas");
        Answer scaled = apply("/scale", "&force=true", scale);
        assertThat(scaled.status()).as(scaled.text()).isEqualTo(200);
        assertThat(scaled.json().path("kind").asText()).isEqualTo("Scale");
        assertThat(scaled.json().path("spec").path("replicas").asInt()).isEqualTo(3);
        assertThat(api.get(WEB).json().path("spec").path("replicas").asInt()).isEqualTo(3);
        JsonNode entry = entry("scaler", "scale");
        assertThat(entry.path("operation").asText()).isEqualTo("Apply");
        assertThat(entry.path("apiVersion").asText()).isEqualTo("apps/v1");
        assertThat(entry.path("fieldsV1").toString()).isEqualTo("{\"f:spec\":{\"f:replicas\":{}}}");
        assertThat(entry("creator", "").path("fieldsV1").path("f:spec").has("f:replicas")).as("taken over").isFalse();
        assertThat(apply("/scale", "", "{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: web}, spec: {replicas: 4}}").status()).isEqualTo(200);
    }

    @Test
    void scaleOfNothingAndOfTheWrongKind() {
        String scale = "{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: none}, spec: {replicas: 3}}";
        assertThat(api.patch("/apis/apps/v1/namespaces/d/deployments/none/scale?fieldManager=m", APPLY, scale).failure()).isEqualTo("404 NotFound");
        assertThat(apply("/scale", "", "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 3}}").failure()).isEqualTo("400 BadRequest");
        assertThat(apply("/scale", "&force=true", "{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: web}, spec: {replicas: -1}}").failure()).isEqualTo("422 Invalid");
        assertThat(api.patch(WEB + "/scale", APPLY, scale).failure()).as("without a manager").isEqualTo("422 Invalid");
    }

    @Test
    void statusIsAppliedAndNothingElse() {
        Answer applied = apply("/status", "", "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, labels: {app: other}}, spec: {replicas: 9}, status: {replicas: 7}}");
        assertThat(applied.status()).as(applied.text()).isEqualTo(200);
        JsonNode web = api.get(WEB).json();
        assertThat(web.path("status").path("replicas").asInt()).isEqualTo(7);
        assertThat(web.path("spec").path("replicas").asInt()).isEqualTo(1);
        assertThat(web.path("metadata").path("labels").path("app").asText()).isEqualTo("web");
        assertThat(entry("scaler", "status").path("fieldsV1").toString()).isEqualTo("{\"f:status\":{\"f:replicas\":{}}}");
    }

    @Test
    void anApplyOfTheWholeObjectDoesNotOwnStatus() {
        Answer applied = apply("", "&force=true", "{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {replicas: 2}, status: {replicas: 7}}");
        assertThat(applied.status()).as(applied.text()).isEqualTo(200);
        assertThat(entry("scaler", "").path("fieldsV1").toString()).isEqualTo("{\"f:spec\":{\"f:replicas\":{}}}");
        assertThat(applied.json().path("status").has("replicas")).isFalse();
    }
}
