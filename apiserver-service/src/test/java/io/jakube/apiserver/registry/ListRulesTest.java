package io.jakube.apiserver.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.apiserver.TestApiServer;
import io.jakube.apiserver.TestApiServer.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ListRulesTest {
    private static final String MAPS = "/api/v1/namespaces/default/configmaps";

    private final TestApiServer api = new TestApiServer();

    @BeforeEach
    void fill() {
        for (String name : new String[] {"a", "b", "c", "d", "e"}) {
            create("default", name);
        }
        create("default-2", "x");
        create("other", "y");
    }

    @AfterEach
    void stop() {
        api.close();
    }

    private void create(String namespace, String name) {
        String body = "{\"metadata\":{\"name\":\"" + name + "\",\"labels\":{\"vowel\":\"" + "ae".contains(name) + "\"}}}";
        assertThat(api.post("/api/v1/namespaces/" + namespace + "/configmaps", body).status()).isEqualTo(201);
    }

    private static List<String> names(JsonNode list) {
        List<String> names = new ArrayList<>();
        list.path("items").forEach(item -> names.add(item.path("metadata").path("name").asText()));
        return names;
    }

    @Test
    void listsOfANamespaceAndOfAll() {
        JsonNode list = api.get(MAPS).json();
        assertThat(list.path("kind").asText()).isEqualTo("ConfigMapList");
        assertThat(list.path("items").path(0).has("kind")).isFalse();
        assertThat(names(list)).containsExactly("a", "b", "c", "d", "e");
        assertThat(list.path("metadata").path("resourceVersion").asText()).isEqualTo("7");
        assertThat(names(api.get("/api/v1/configmaps").json())).containsExactlyInAnyOrder("a", "b", "c", "d", "e", "x", "y");
        assertThat(names(api.get("/api/v1/namespaces/none/configmaps").json())).isEmpty();
    }

    @Test
    void selectors() {
        assertThat(names(api.get(MAPS + "?labelSelector=vowel%3Dtrue").json())).containsExactly("a", "e");
        assertThat(names(api.get(MAPS + "?fieldSelector=metadata.name%3Db").json())).containsExactly("b");
        assertThat(names(api.get("/api/v1/configmaps?fieldSelector=metadata.namespace%3Dother").json())).containsExactly("y");
        assertThat(api.get(MAPS + "?fieldSelector=spec.x%3Db").failure()).isEqualTo("400 BadRequest");
        assertThat(api.get(MAPS + "?labelSelector=a%20in").failure()).isEqualTo("400 BadRequest");
    }

    @Test
    void podsOfANode() {
        for (int i = 0; i < 4; i++) {
            api.post("/api/v1/namespaces/default/pods", "{\"metadata\":{\"name\":\"p" + i + "\"},\"spec\":{\"nodeName\":\"n" + i % 2 + "\",\"containers\":[{\"name\":\"c\",\"image\":\"i\"}]}}");
        }
        assertThat(names(api.get("/api/v1/pods?fieldSelector=spec.nodeName%3Dn1").json())).containsExactly("p1", "p3");
        assertThat(names(api.get("/api/v1/pods?fieldSelector=spec.nodeName%3Dn1&limit=1").json())).containsExactly("p1");
    }

    @Test
    void chunksAreOfOneStateThoughTheWorldMovesOn() {
        JsonNode first = api.get(MAPS + "?limit=2").json();
        assertThat(names(first)).containsExactly("a", "b");
        assertThat(first.path("metadata").path("remainingItemCount").asInt()).isEqualTo(3);
        api.delete(MAPS + "/c");
        create("default", "cc");
        JsonNode second = api.get(MAPS + "?limit=2&continue=" + first.path("metadata").path("continue").asText()).json();
        assertThat(names(second)).containsExactly("c", "d");
        assertThat(second.path("metadata").path("resourceVersion")).isEqualTo(first.path("metadata").path("resourceVersion"));
        JsonNode last = api.get(MAPS + "?limit=2&continue=" + second.path("metadata").path("continue").asText()).json();
        assertThat(names(last)).containsExactly("e");
        assertThat(last.path("metadata").has("continue")).isFalse();
        assertThat(names(api.get(MAPS + "?limit=2&labelSelector=vowel").json())).hasSize(2);
        assertThat(api.get(MAPS + "?limit=2&labelSelector=vowel").json().path("metadata").has("remainingItemCount")).isFalse();
    }

    @Test
    void anExpiredTokenComesWithOneThatGoesOnInconsistently() {
        try (TestApiServer restarted = new TestApiServer()) {
            for (String name : new String[] {"a", "b", "c"}) {
                restarted.post(MAPS, "{\"metadata\":{\"name\":\"" + name + "\"}}");
            }
            // The cache first looks at revision 3, so that revision 2 is known to the store alone.
            restarted.store().compact(3);
            String token = new ContinueToken(2, "default/a").encode();
            Answer expired = restarted.get(MAPS + "?limit=1&continue=" + token);
            assertThat(expired.failure()).isEqualTo("410 Expired");
            String next = expired.json().path("metadata").path("continue").asText();
            assertThat(names(restarted.get(MAPS + "?limit=1&continue=" + next).json())).containsExactly("b");
            assertThat(restarted.get(MAPS + "?continue=nonsense").failure()).isEqualTo("400 BadRequest");
        }
    }

    @Test
    void resourceVersionRules() {
        assertThat(names(api.get(MAPS + "?resourceVersion=0").json())).hasSize(5);
        api.delete(MAPS + "/a");
        assertThat(names(api.get(MAPS + "?resourceVersion=5").json())).as("not older than").containsExactly("b", "c", "d", "e");
        assertThat(names(api.get(MAPS + "?resourceVersion=7&resourceVersionMatch=Exact").json())).containsExactly("a", "b", "c", "d", "e");
        assertThat(names(api.get(MAPS + "?resourceVersion=7&limit=3").json())).as("a version with a limit is exact").containsExactly("a", "b", "c");
        assertThat(names(api.get(MAPS + "?resourceVersion=2&resourceVersionMatch=Exact").json())).as("from the store's history").containsExactly("a", "b");
        assertThat(names(api.get(MAPS + "?resourceVersion=7&resourceVersionMatch=NotOlderThan&limit=1").json())).containsExactly("b");
        Answer future = api.get(MAPS + "?resourceVersion=1000");
        assertThat(future.failure()).isEqualTo("504 Timeout");
        assertThat(future.json().path("details").path("causes").path(0).path("reason").asText()).isEqualTo("ResourceVersionTooLarge");
        assertThat(future.headers()).containsKey("Retry-After");
        assertThat(api.get(MAPS + "/b?resourceVersion=0").status()).isEqualTo(200);
    }

    @Test
    void optionsThatDoNotGoTogether() {
        for (String wrong : new String[] {
            "resourceVersionMatch=Exact", "resourceVersion=0&resourceVersionMatch=Exact", "resourceVersion=1&resourceVersionMatch=Nearly", "sendInitialEvents=true",
            "watch=true&sendInitialEvents=true", "watch=true&resourceVersionMatch=NotOlderThan"
        }) {
            assertThat(api.get(MAPS + "?" + wrong).failure()).as(wrong).isEqualTo("422 Invalid");
        }
        assertThat(api.get(MAPS + "?resourceVersion=abc").failure()).isEqualTo("400 BadRequest");
        assertThat(api.get(MAPS + "?limit=abc").failure()).isEqualTo("400 BadRequest");
    }

    @Test
    void aListWaitsForTheFeedAndFallsBackToTheStore() {
        assertThat(names(api.get(MAPS).json())).hasSize(5);
        api.store().pause();
        create("default", "f");
        assertThat(names(api.get(MAPS).json())).as("consistent although the feed is behind").contains("f");
        assertThat(names(api.get(MAPS + "?resourceVersion=0").json())).doesNotContain("f");
        api.store().resume(7);
        assertThat(names(api.get(MAPS + "?resourceVersion=0").json())).contains("f");
    }
}
