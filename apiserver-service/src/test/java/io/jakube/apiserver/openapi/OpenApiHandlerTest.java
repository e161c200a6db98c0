package io.jakube.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.apiserver.discovery.DocumentRequests;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.common.api.BuiltinResources;
import io.jakube.common.json.Json;
import io.jakube.common.schema.BuiltinSchemas;
import io.jakube.common.status.ApiException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class OpenApiHandlerTest {
    private static final OpenApiHandler HANDLER = new OpenApiHandler(BuiltinResources.load(), BuiltinSchemas.load());

    private static ApiResponse.Complete get(String path, String... headers) {
        return (ApiResponse.Complete) HANDLER.handle(DocumentRequests.get(path, headers));
    }

    private static JsonNode json(String path) {
        return Json.readObject(get(path).body());
    }

    @Test
    void everyDocumentOfTheIndexIsThereAndComplete() {
        JsonNode index = json("/openapi/v3").get("paths");
        assertThat(index.has("api/v1")).isTrue();
        index.properties().forEach(entry -> {
            ApiResponse.Complete response = get(entry.getValue().get("serverRelativeURL").asText());
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers().get("Cache-Control")).containsExactly("public, immutable");
            JsonNode document = Json.readObject(response.body());
            for (String reference : document.findValuesAsText("$ref")) {
                assertThat(document.at(reference.substring(1)).isMissingNode()).as(reference).isFalse();
            }
        });
    }

    @Test
    void redirectsFromAnOutdatedHash() {
        ApiResponse response = get("/openapi/v3/api/v1?hash=old");
        assertThat(response.status()).isEqualTo(301);
        assertThat(response.headers().get("Location").getFirst()).startsWith("/openapi/v3/api/v1?hash=");
    }

    @Test
    void patchesTellWhatKubectlLooksFor() {
        JsonNode patch = json("/openapi/v3/apis/apps/v1").at("/paths/~1apis~1apps~1v1~1namespaces~1{namespace}~1deployments~1{name}/patch");
        assertThat(patch.get("x-kubernetes-group-version-kind").toString()).isEqualTo("{\"group\":\"apps\",\"kind\":\"Deployment\",\"version\":\"v1\"}");
        assertThat(patch.at("/requestBody/content").has("application/strategic-merge-patch+json")).isTrue();
        List<String> parameters = new ArrayList<>();
        patch.get("parameters").forEach(p -> parameters.add(p.get("name").asText()));
        assertThat(parameters).contains("fieldValidation", "fieldManager", "dryRun", "force");
    }

    @Test
    void schemasCarryWhatMergingNeeds() {
        JsonNode schemas = json("/openapi/v3/api/v1").at("/components/schemas");
        JsonNode ports = schemas.at("/io.k8s.api.core.v1.Container/properties/ports");
        assertThat(ports.get("x-kubernetes-list-type").asText()).isEqualTo("map");
        assertThat(ports.get("x-kubernetes-list-map-keys").toString()).isEqualTo("[\"containerPort\",\"protocol\"]");
        assertThat(ports.get("x-kubernetes-patch-merge-key").asText()).isEqualTo("containerPort");
        assertThat(ports.at("/items/allOf/0/$ref").asText()).isEqualTo("#/components/schemas/io.k8s.api.core.v1.ContainerPort");
        assertThat(schemas.at("/io.k8s.api.core.v1.ContainerPort/properties/protocol/default").asText()).isEqualTo("TCP");
        assertThat(schemas.at("/io.k8s.api.core.v1.Pod/x-kubernetes-group-version-kind/0/kind").asText()).isEqualTo("Pod");
        assertThat(schemas.at("/io.k8s.api.core.v1.Pod/description").asText()).isNotEmpty();
    }

    @Test
    void compressesForClientsThatWantIt() throws IOException {
        ApiResponse.Complete response = get("/openapi/v3/api/v1", "Accept-Encoding", "gzip");
        assertThat(response.headers().get("Content-Encoding")).containsExactly("gzip");
        assertThat(new GZIPInputStream(new ByteArrayInputStream(response.body())).readAllBytes()).isEqualTo(get("/openapi/v3/api/v1").body());
        assertThat(get("/openapi/v3/api/v1", "If-None-Match", response.headers().get("ETag").getFirst()).status()).isEqualTo(304);
    }

    @Test
    void refusesProtobufAndUnknownDocuments() {
        assertThatThrownBy(() -> get("/openapi/v2", "Accept", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf"))
                .isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(406));
        assertThatThrownBy(() -> get("/openapi/v3/apis/nope/v1")).isInstanceOfSatisfying(ApiException.class, e -> assertThat(e.code()).isEqualTo(404));
    }
}
