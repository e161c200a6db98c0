package io.jakube.apiserver.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.apiserver.discovery.DocumentRequests;
import io.jakube.apiserver.request.ApiResponse;
import io.jakube.common.api.BuiltinResources;
import io.jakube.common.json.Json;
import io.jakube.common.schema.BuiltinSchemas;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** Compares what is written with the OpenAPI v2 document of Kubernetes 1.36: every operation and every schema of ours must be there, and be the same. */
@EnabledIf(value = "present", disabledReason = "the oracle directory is not there")
class OpenApiOracleTest {
    private static JsonNode ours;
    private static JsonNode theirs;

    static Path oracle() {
        String given = System.getProperty("jakube.reference");
        return (given != null ? Path.of(given) : Path.of("").toAbsolutePath().resolve("../../shared/reference").normalize()).resolve("kubernetes-1.36-openapi-v2.json.gz");
    }

    static boolean present() {
        return Files.exists(oracle());
    }

    @BeforeAll
    static void read() throws IOException {
        ApiResponse response = new OpenApiHandler(BuiltinResources.load(), BuiltinSchemas.load()).handle(DocumentRequests.get("/openapi/v2"));
        ours = Json.readObject(((ApiResponse.Complete) response).body());
        try (var in = new GZIPInputStream(Files.newInputStream(oracle()))) {
            theirs = Json.mapper().readTree(in);
        }
    }

    @Test
    void operationsAreTheSame() {
        List<String> differences = new ArrayList<>();
        ours.get("paths").properties().forEach(path -> path.getValue().properties().forEach(method -> {
            JsonNode mine = method.getValue();
            JsonNode expected = theirs.get("paths").path(path.getKey()).path(method.getKey());
            if (method.getKey().equals("parameters")) {
                return;
            }
            for (String pointer : List.of("/operationId", "/x-kubernetes-action", "/x-kubernetes-group-version-kind", "/tags", "/responses/200/schema", "/responses/201/schema", "/description")) {
                if (!mine.at(pointer).equals(expected.at(pointer))) {
                    differences.add(method.getKey() + " " + path.getKey() + " " + pointer + ": " + mine.at(pointer) + ", expected " + expected.at(pointer));
                }
            }
            if (!bodyType(mine).equals(bodyType(expected, theirs.get("parameters")))) {
                differences.add(method.getKey() + " " + path.getKey() + " body " + bodyType(mine) + ", expected " + bodyType(expected, theirs.get("parameters")));
            }
        }));
        assertThat(differences).isEmpty();
    }

    @Test
    void everyMethodOfAPathIsThere() {
        List<String> differences = new ArrayList<>();
        ours.get("paths").properties().forEach(path -> {
            Set<String> expected = new TreeSet<>();
            theirs.get("paths").path(path.getKey()).fieldNames().forEachRemaining(expected::add);
            Set<String> mine = new TreeSet<>();
            path.getValue().fieldNames().forEachRemaining(mine::add);
            if (!mine.equals(expected)) {
                differences.add(path.getKey() + " " + mine + ", expected " + expected);
            }
        });
        assertThat(differences).isEmpty();
    }

    @Test
    void schemasAreTheSame() {
        List<String> differences = new ArrayList<>();
        for (Map.Entry<String, JsonNode> definition : ours.get("definitions").properties()) {
            JsonNode expected = theirs.get("definitions").get(definition.getKey());
            compare(definition.getKey(), definition.getValue(), expected, differences);
            definition.getValue().path("properties").properties().forEach(property ->
                    compare(definition.getKey() + "." + property.getKey(), property.getValue(), expected.path("properties").path(property.getKey()), differences));
            Set<String> mine = new TreeSet<>();
            definition.getValue().path("properties").fieldNames().forEachRemaining(mine::add);
            Set<String> wanted = new TreeSet<>();
            expected.path("properties").fieldNames().forEachRemaining(wanted::add);
            if (!mine.equals(wanted)) {
                differences.add(definition.getKey() + " has " + mine + ", expected " + wanted);
            }
        }
        assertThat(differences).isEmpty();
    }

    private static void compare(String where, JsonNode mine, JsonNode expected, List<String> differences) {
        for (String fact : List.of("type", "format", "$ref", "items", "additionalProperties", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type", "x-kubernetes-patch-merge-key",
                "x-kubernetes-patch-strategy")) {
            JsonNode want = expected.path(fact);
            boolean unmarkedList = fact.equals("x-kubernetes-list-type") && want.isMissingNode() && mine.path(fact).asText().equals("atomic");
            boolean unmarkedMap = fact.equals("x-kubernetes-map-type") && mine.path(fact).isMissingNode() && want.asText().equals("granular");
            if (!mine.path(fact).equals(want) && !unmarkedList && !unmarkedMap) {
                differences.add(where + " " + fact + ": " + mine.path(fact) + ", expected " + want);
            }
        }
        Set<String> required = new TreeSet<>();
        mine.path("required").forEach(r -> required.add(r.asText()));
        Set<String> wanted = new TreeSet<>();
        expected.path("required").forEach(r -> wanted.add(r.asText()));
        if (!required.equals(wanted)) {
            differences.add(where + " required " + required + ", expected " + wanted);
        }
    }

    private static String bodyType(JsonNode operation) {
        return bodyType(operation, Json.object());
    }

    private static String bodyType(JsonNode operation, JsonNode shared) {
        for (JsonNode parameter : operation.path("parameters")) {
            String reference = parameter.path("$ref").asText("");
            JsonNode resolved = reference.isEmpty() ? parameter : shared.path(reference.substring(reference.lastIndexOf('/') + 1));
            if (resolved.path("in").asText().equals("body")) {
                return resolved.at("/schema/$ref").asText();
            }
        }
        return "";
    }
}
