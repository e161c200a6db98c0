package io.jakube.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.apiserver.TestApiServer;
import io.jakube.apiserver.TestApiServer.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeleteRulesTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";
    private static final String PODS = "/api/v1/namespaces/default/pods";
    private static final String POD = """
            {"metadata":{"name":"p"},"spec":{"nodeName":"n1","terminationGracePeriodSeconds":30,"containers":[{"name":"c","image":"nginx"}]}}""";

    private final TestApiServer api = new TestApiServer();

    @AfterEach
    void stop() {
        api.close();
    }

    private static String map(String name, String metadata) {
        return "{\"metadata\":{\"name\":\"" + name + "\"" + metadata + "}}";
    }

    @Test
    void deleteAnswersWithAStatus() {
        String uid = api.post(MAPS, map("a", "")).json().path("metadata").path("uid").asText();
        JsonNode status = api.delete(MAPS + "/a").json();
        assertThat(status.path("status").asText()).isEqualTo("Success");
        assertThat(status.path("details").path("uid").asText()).isEqualTo(uid);
        assertThat(api.delete(MAPS + "/a").failure()).isEqualTo("404 NotFound");
    }

    @Test
    void preconditions() {
        JsonNode created = api.post(MAPS, map("a", "")).json();
        assertThat(api.delete(MAPS + "/a", "{\"preconditions\":{\"uid\":\"other\"}}").failure()).isEqualTo("409 Conflict");
        assertThat(api.delete(MAPS + "/a", "{\"preconditions\":{\"resourceVersion\":\"99\"}}").failure()).isEqualTo("409 Conflict");
        String uid = created.path("metadata").path("uid").asText();
        assertThat(api.delete(MAPS + "/a", "{\"preconditions\":{\"uid\":\"" + uid + "\"}}").status()).isEqualTo(200);
    }

    @Test
    void finalizersHoldAnObjectUntilTheLastIsGone() {
        api.post(MAPS, map("a", ",\"finalizers\":[\"x.io/one\",\"x.io/two\"]"));
        Answer waiting = api.delete(MAPS + "/a");
        assertThat(waiting.json().path("metadata").has("deletionTimestamp")).isTrue();
        assertThat(waiting.json().path("metadata").path("deletionGracePeriodSeconds").asInt(-1)).isZero();
        assertThat(api.patch(MAPS + "/a", "application/merge-patch+json", "{\"metadata\":{\"finalizers\":[\"x.io/one\",\"x.io/three\"]}}").failure()).isEqualTo("422 Invalid");
        assertThat(api.patch(MAPS + "/a", "application/merge-patch+json", "{\"metadata\":{\"finalizers\":[\"x.io/one\"]}}").status()).isEqualTo(200);
        assertThat(api.get(MAPS + "/a").status()).isEqualTo(200);
        assertThat(api.patch(MAPS + "/a", "application/merge-patch+json", "{\"metadata\":{\"finalizers\":null}}").status()).isEqualTo(200);
        assertThat(api.get(MAPS + "/a").failure()).isEqualTo("404 NotFound");
    }

    @Test
    void propagationPolicySetsFinalizers() {
        api.post(MAPS, map("a", ""));
        JsonNode foreground = api.delete(MAPS + "/a", "{\"propagationPolicy\":\"Foreground\"}").json();
        assertThat(foreground.path("metadata").path("finalizers").toString()).isEqualTo("[\"foregroundDeletion\"]");
        JsonNode orphan = api.delete(MAPS + "/a", "{\"propagationPolicy\":\"Orphan\"}").json();
        assertThat(orphan.path("metadata").path("finalizers").toString()).isEqualTo("[\"orphan\"]");
        assertThat(api.delete(MAPS + "/a", "{\"propagationPolicy\":\"Background\"}").json().path("status").asText()).isEqualTo("Success");
        api.post(MAPS, map("b", ""));
        assertThat(api.delete(MAPS + "/b", "{\"propagationPolicy\":\"Sideways\"}").failure()).isEqualTo("422 Invalid");
        assertThat(api.delete(MAPS + "/b", "{\"propagationPolicy\":\"Orphan\",\"orphanDependents\":true}").failure()).isEqualTo("422 Invalid");
    }

    @Test
    void aScheduledPodGetsItsGracePeriodWhichMayOnlyShrink() {
        api.post(PODS, POD);
        JsonNode first = api.delete(PODS + "/p").json();
        assertThat(first.path("metadata").path("deletionGracePeriodSeconds").asInt()).isEqualTo(30);
        assertThat(api.delete(PODS + "/p", "{\"gracePeriodSeconds\":60}").json().path("metadata").path("deletionGracePeriodSeconds").asInt()).isEqualTo(30);
        assertThat(api.delete(PODS + "/p", "{\"gracePeriodSeconds\":-5}").json().path("metadata").path("deletionGracePeriodSeconds").asInt()).isEqualTo(1);
        assertThat(api.delete(PODS + "/p", "{\"gracePeriodSeconds\":0}").status()).isEqualTo(200);
        assertThat(api.get(PODS + "/p").failure()).isEqualTo("404 NotFound");
    }

    @Test
    void anUnscheduledPodGoesAtOnce() {
        api.post(PODS, POD.replace("\"nodeName\":\"n1\",", ""));
        api.delete(PODS + "/p", "{\"gracePeriodSeconds\":60}");
        assertThat(api.get(PODS + "/p").failure()).isEqualTo("404 NotFound");
    }

    @Test
    void deleteCollectionHonoursSelectorsAndDryRun() {
        for (String name : new String[] {"a", "b", "c"}) {
            api.post(MAPS, map(name, ",\"labels\":{\"kind\":\"" + (name.equals("c") ? "keep" : "drop") + "\"}"));
        }
        assertThat(api.delete(MAPS + "?labelSelector=kind%3Ddrop&dryRun=All").json().path("items")).hasSize(2);
        assertThat(api.get(MAPS).json().path("items")).hasSize(3);
        assertThat(api.delete(MAPS + "?labelSelector=kind%3Ddrop").status()).isEqualTo(200);
        assertThat(api.get(MAPS).json().path("items")).hasSize(1);
        assertThat(api.get(MAPS + "/c").status()).isEqualTo(200);
    }

    @Test
    void aNamespaceTerminatesUntilItIsFinalized() {
        api.post("/api/v1/namespaces", "{\"metadata\":{\"name\":\"ns\"}}");
        JsonNode terminating = api.delete("/api/v1/namespaces/ns").json();
        assertThat(terminating.path("status").path("phase").asText()).isEqualTo("Terminating");
        assertThat(api.get("/api/v1/namespaces/ns").json().path("metadata").has("deletionTimestamp")).isTrue();
    }
}
