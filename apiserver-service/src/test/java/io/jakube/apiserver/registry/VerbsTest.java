package io.jakube.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.apiserver.TestApiServer;
import io.jakube.apiserver.TestApiServer.Answer;
import io.jakube.apiserver.request.ApiResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class VerbsTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String DEPLOYMENTS = "/apis/apps/v1/namespaces/default/deployments";
    private static final String DEPLOYMENT = """
            {"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"web"},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}},
            "template":{"metadata":{"labels":{"app":"web"}},"spec":{"containers":[{"name":"c","image":"nginx"}]}}},"status":{"replicas":9}}""";

    private final TestApiServer api = new TestApiServer();

    @AfterEach
    void stop() {
        api.close();
    }

    private static String map(String name) {
        return "{\"kind\":\"ConfigMap\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"" + name + "\"},\"data\":{\"k\":\"v\"}}";
    }

    @Test
    void createFillsMetadataAndIgnoresWhatTheServerOwns() {
        Answer created = api.post(MAPS, "{\"metadata\":{\"name\":\"a\",\"uid\":\"mine\",\"creationTimestamp\":\"2001-01-01T00:00:00Z\",\"deletionTimestamp\":\"2001-01-01T00:00:00Z\"}}");
        assertThat(created.status()).isEqualTo(201);
        JsonNode metadata = created.json().path("metadata");
        assertThat(created.json().path("kind").asText()).isEqualTo("ConfigMap");
        assertThat(metadata.path("namespace").asText()).isEqualTo("default");
        assertThat(metadata.path("uid").asText()).hasSize(36);
        assertThat(metadata.path("creationTimestamp").asText()).startsWith("20").doesNotStartWith("2001");
        assertThat(metadata.has("deletionTimestamp")).isFalse();
        assertThat(metadata.path("resourceVersion").asText()).isEqualTo("1");
        assertThat(api.get(MAPS + "/a").json()).isEqualTo(created.json());
    }

    @Test
    void createRefusals() {
        api.post(MAPS, map("a"));
        assertThat(api.post(MAPS, map("a")).failure()).isEqualTo("409 AlreadyExists");
        assertThat(api.post(MAPS, map("A_")).failure()).isEqualTo("422 Invalid");
        assertThat(api.post(MAPS, "{\"metadata\":{}}").message()).contains("metadata.name: Required value: name or generateName is required");
        assertThat(api.post(MAPS, "{\"metadata\":{\"name\":\"b\",\"namespace\":\"other\"}}").failure()).isEqualTo("400 BadRequest");
        assertThat(api.post(MAPS, "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"b\"}}").failure()).isEqualTo("400 BadRequest");
        assertThat(api.post(MAPS, "{\"metadata\":{\"name\":\"b\",\"resourceVersion\":\"5\"}}").failure()).isEqualTo("400 BadRequest");
        assertThat(api.post(MAPS, "{nonsense").failure()).isEqualTo("400 BadRequest");
        assertThat(api.post(MAPS, "").failure()).isEqualTo("400 BadRequest");
        assertThat(api.post(MAPS, "x".repeat(RequestBodies.MAX_BODY + 1)).failure()).isEqualTo("413 RequestEntityTooLarge");
        assertThat(api.post(MAPS, map("b"), "Content-Type", "text/html").failure()).isEqualTo("415 UnsupportedMediaType");
        assertThat(api.post(MAPS, "{\"metadata\":{\"name\":\"b\",\"labels\":{\"-x\":\"y z\"}}}").json().path("details").path("causes")).hasSize(2);
        assertThat(api.post(MAPS + "?dryRun=Some", map("b")).failure()).isEqualTo("422 Invalid");
        assertThat(api.post(MAPS + "?fieldValidation=No", map("b")).failure()).isEqualTo("422 Invalid");
        assertThat(api.get(MAPS).json().path("items")).hasSize(1);
    }

    @Test
    void generatedNamesAreUnique() {
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            names.add(api.post(MAPS, "{\"metadata\":{\"generateName\":\"x-\"}}").json().path("metadata").path("name").asText());
        }
        assertThat(names).hasSize(50).allMatch(name -> name.matches("x-[a-z0-9]{5}"));
    }

    @Test
    void fieldValidationModes() {
        String odd = "{\"metadata\":{\"name\":\"odd\"},\"dataa\":{}}";
        assertThat(api.post(MAPS + "?fieldValidation=Strict", odd).message()).contains("strict decoding error: unknown field \"dataa\"");
        Answer warned = api.post(MAPS + "?fieldValidation=Warn", odd);
        assertThat(warned.status()).isEqualTo(201);
        assertThat(warned.headers().get("Warning")).containsExactly("299 - \"unknown field \\\"dataa\\\"\"");
        assertThat(api.put(MAPS + "/odd?fieldValidation=Ignore", odd).headers()).doesNotContainKey("Warning");
    }

    @Test
    void dryRunStoresNothing() {
        assertThat(api.post(MAPS + "?dryRun=All", map("a")).status()).isEqualTo(201);
        assertThat(api.get(MAPS + "/a").failure()).isEqualTo("404 NotFound");
        api.post(MAPS, map("a"));
        assertThat(api.post(MAPS + "?dryRun=All", map("a")).failure()).isEqualTo("409 AlreadyExists");
        assertThat(api.patch(MAPS + "/a?dryRun=All", "application/merge-patch+json", "{\"data\":{\"k\":\"w\"}}").json().path("data").path("k").asText()).isEqualTo("w");
        assertThat(api.delete(MAPS + "/a?dryRun=All").status()).isEqualTo(200);
        assertThat(api.get(MAPS + "/a").json().path("data").path("k").asText()).isEqualTo("v");
    }

    @Test
    void updateChecksTheOptimisticLock() {
        JsonNode first = api.post(MAPS, map("a")).json();
        String old = first.toString();
        Answer changed = api.put(MAPS + "/a", old.replace("\"k\":\"v\"", "\"k\":\"w\""));
        assertThat(changed.status()).isEqualTo(200);
        Answer stale = api.put(MAPS + "/a", old.replace("\"k\":\"v\"", "\"k\":\"x\""));
        assertThat(stale.failure()).isEqualTo("409 Conflict");
        assertThat(stale.message()).isEqualTo("Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again");
        assertThat(api.put(MAPS + "/a", map("a")).status()).as("unconditional").isEqualTo(200);
        assertThat(api.put(MAPS + "/a", map("b")).failure()).isEqualTo("400 BadRequest");
        assertThat(api.put(MAPS + "/none", map("none")).failure()).isEqualTo("404 NotFound");
        assertThat(api.put(MAPS + "/a", "{\"metadata\":{\"name\":\"a\",\"uid\":\"other\"}}").failure()).isEqualTo("409 Conflict");
    }

    @Test
    void aWriteThatChangesNothingMovesNoVersion() {
        JsonNode first = api.post(DEPLOYMENTS, DEPLOYMENT).json();
        assertThat(api.put(DEPLOYMENTS + "/web", first.toString()).json()).isEqualTo(first);
        assertThat(api.patch(DEPLOYMENTS + "/web", "application/merge-patch+json", "{\"spec\":{\"replicas\":2}}").json()).isEqualTo(first);
        assertThat(api.store().currentRevision()).isEqualTo(1);
    }

    @Test
    void generationCountsSpecAndStatusIsApart() {
        JsonNode created = api.post(DEPLOYMENTS, DEPLOYMENT).json();
        assertThat(created.path("metadata").path("generation").asInt()).isEqualTo(1);
        assertThat(created.path("status").path("replicas").asInt()).isZero();
        JsonNode scaled = api.patch(DEPLOYMENTS + "/web", "application/merge-patch+json", "{\"spec\":{\"replicas\":3},\"status\":{\"replicas\":7}}").json();
        assertThat(scaled.path("metadata").path("generation").asInt()).isEqualTo(2);
        assertThat(scaled.path("status").path("replicas").asInt()).isZero();
        JsonNode status = api.patch(DEPLOYMENTS + "/web/status", "application/merge-patch+json", "{\"spec\":{\"replicas\":5},\"status\":{\"replicas\":3}}").json();
        assertThat(status.path("spec").path("replicas").asInt()).isEqualTo(3);
        assertThat(status.path("status").path("replicas").asInt()).isEqualTo(3);
        assertThat(status.path("metadata").path("generation").asInt()).isEqualTo(2);
    }

    @Test
    void scale() {
        api.post(DEPLOYMENTS, DEPLOYMENT);
        JsonNode scale = api.get(DEPLOYMENTS + "/web/scale").json();
        assertThat(scale.path("kind").asText()).isEqualTo("Scale");
        assertThat(scale.path("spec").path("replicas").asInt()).isEqualTo(2);
        assertThat(scale.path("status").path("selector").asText()).isEqualTo("app=web");
        assertThat(api.patch(DEPLOYMENTS + "/web/scale", "application/merge-patch+json", "{\"spec\":{\"replicas\":4}}").json().path("spec").path("replicas").asInt()).isEqualTo(4);
        assertThat(api.put(DEPLOYMENTS + "/web/scale", scale.toString()).failure()).isEqualTo("409 Conflict");
        assertThat(api.patch(DEPLOYMENTS + "/web/scale", "application/merge-patch+json", "{\"spec\":{\"replicas\":-1}}").failure()).isEqualTo("422 Invalid");
        assertThat(api.get(DEPLOYMENTS + "/web").json().path("spec").path("replicas").asInt()).isEqualTo(4);
    }

    @Test
    void patches() {
        api.post(DEPLOYMENTS, DEPLOYMENT);
        assertThat(api.patch(DEPLOYMENTS + "/web", "application/json-patch+json", "[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":7}]").json()
                .path("spec").path("replicas").asInt()).isEqualTo(7);
        JsonNode merged = api.patch(DEPLOYMENTS + "/web", "application/strategic-merge-patch+json",
                "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"d\",\"image\":\"busybox\"}]}}}}").json();
        assertThat(merged.path("spec").path("template").path("spec").path("containers")).hasSize(2);
        assertThat(api.patch(DEPLOYMENTS + "/web", "application/json", "{}").failure()).isEqualTo("415 UnsupportedMediaType");
        assertThat(api.patch(DEPLOYMENTS + "/web", "application/merge-patch+json", "{").failure()).isEqualTo("400 BadRequest");
        assertThat(api.patch(DEPLOYMENTS + "/none", "application/merge-patch+json", "{}").failure()).isEqualTo("404 NotFound");
        assertThat(api.patch(DEPLOYMENTS + "/web", "application/merge-patch+json", "{\"metadata\":{\"resourceVersion\":\"1\"}}").failure()).isEqualTo("409 Conflict");
    }

    @Test
    void unknownPathsAndMethods() {
        assertThat(api.get("/api/v1/nonsense").failure()).isEqualTo("404 NotFound");
        assertThat(api.get("/apis/none/v1/things").failure()).isEqualTo("404 NotFound");
        assertThat(api.get("/nowhere").failure()).isEqualTo("404 NotFound");
        assertThat(api.get("/api/v1/configmaps/a").failure()).isEqualTo("404 NotFound");
        assertThat(api.get("/api/v1/namespaces/x/nodes").failure()).isEqualTo("404 NotFound");
        assertThat(api.post(MAPS + "/a", map("a")).failure()).isEqualTo("405 MethodNotAllowed");
        assertThat(api.put(MAPS, map("a")).failure()).isEqualTo("405 MethodNotAllowed");
        assertThat(api.send("OPTIONS", MAPS, "").failure()).isEqualTo("405 MethodNotAllowed");
        assertThat(api.get(MAPS + "/a/b/c").failure()).isEqualTo("404 NotFound");
    }

    @Test
    void negotiation() throws IOException {
        api.post(MAPS, map("a"));
        assertThat(api.get(MAPS, "Accept", "application/vnd.kubernetes.protobuf").failure()).isEqualTo("406 NotAcceptable");
        assertThat(api.get(MAPS, "Accept", "application/vnd.kubernetes.protobuf,application/json").status()).isEqualTo(200);
        assertThat(api.get(MAPS, "Accept", "garbage").failure()).isEqualTo("406 NotAcceptable");
        assertThat(api.get(MAPS + "/a", "Accept", "application/yaml").text()).contains("kind: ");
        JsonNode table = api.get(MAPS, "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json").json();
        assertThat(table.path("kind").asText()).isEqualTo("Table");
        assertThat(table.path("rows").path(0).path("cells").path(0).asText()).isEqualTo("a");
        assertThat(table.path("rows").path(0).path("object").path("kind").asText()).isEqualTo("PartialObjectMetadata");
        JsonNode full = api.get(MAPS + "?includeObject=Object", "Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").json();
        assertThat(full.path("rows").path(0).path("object").path("data").path("k").asText()).isEqualTo("v");
        JsonNode partial = api.get(MAPS, "Accept", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io").json();
        assertThat(partial.path("kind").asText()).isEqualTo("PartialObjectMetadataList");
        assertThat(partial.path("items").path(0).has("data")).isFalse();

        String big = map("big").replace("\"v\"", "\"" + "y".repeat(200_000) + "\"");
        api.post(MAPS, big);
        ApiResponse.Complete compressed = (ApiResponse.Complete) api.raw("GET", MAPS + "/big", new byte[0], "Accept-Encoding", "gzip");
        assertThat(compressed.headers().get("Content-Encoding")).isEqualTo(List.of("gzip"));
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(compressed.body()))) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("yyyy");
        }
    }

    @Test
    void health() {
        assertThat(api.get("/livez").text()).isEqualTo("ok");
        assertThat(api.get("/readyz?verbose").text()).contains("[+]ping ok", "[+]database ok", "readyz check passed");
        assertThat(api.get("/readyz/ping").text()).isEqualTo("ok");
        assertThat(api.get("/readyz/none").failure()).isEqualTo("404 NotFound");
        assertThat(api.get("/metrics").text()).contains("apiserver_request_total{component=\"apiserver\"", "verb=\"GET\"", "code=\"404\"");
    }

    @Test
    void withoutAuthorizersNothingIsAllowed() {
        try (TestApiServer closed = new TestApiServer(plugins -> plugins)) {
            assertThat(closed.get(MAPS).failure()).isEqualTo("403 Forbidden");
            assertThat(closed.get("/version").failure()).isEqualTo("403 Forbidden");
            assertThat(closed.get("/livez").status()).isEqualTo(200);
        }
    }
}
