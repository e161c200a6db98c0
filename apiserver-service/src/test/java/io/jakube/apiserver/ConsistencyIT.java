package io.jakube.apiserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jakube.apiserver.TestApiServer.Answer;
import io.jakube.db.KeyValueStore;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Reads see what was acknowledged before they began: reads without resourceVersion whichever server acknowledged it, reads of "any" version
 * (resourceVersion 0, by which kubectl wait begins) what the same server acknowledged. And what becomes of readers when the server or the database stop.
 */
class ConsistencyIT {
    /** Resources whose caches nobody has asked for when a round begins. */
    private static final Map<String, String> KINDS = Map.of(
            "/api/v1/namespaces/ns/configmaps", "'data':{'a':'b'}",
            "/api/v1/namespaces/ns/serviceaccounts", "'automountServiceAccountToken':false",
            "/api/v1/namespaces/ns/secrets", "'stringData':{'a':'b'}",
            "/apis/coordination.k8s.io/v1/namespaces/ns/leases", "'spec':{'holderIdentity':'me'}",
            "/apis/scheduling.k8s.io/v1/priorityclasses", "'value':7",
            "/api/v1/namespaces/ns/pods", "'spec':{'containers':[{'name':'c','image':'i'}]}");
    private static final int ROUNDS = 3;
    private static final int WRITES = 40;

    private static TemporaryPostgres postgres;

    private final AtomicInteger names = new AtomicInteger();

    @BeforeAll
    static void start() {
        postgres = EmbeddedPostgres.temporary();
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static KeyValueStore open() {
        return PostgresKeyValueStore.open(StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile()));
    }

    @Test
    void readsSeeWhatWasAcknowledged() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            try (KeyValueStore storeA = open(); KeyValueStore storeB = open(); TestApiServer a = TestApiServer.over(storeA); TestApiServer b = TestApiServer.over(storeB);
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<?>> running = new ArrayList<>();
                for (Map.Entry<String, String> kind : KINDS.entrySet()) {
                    for (int client = 0; client < 2; client++) {
                        running.add(threads.submit(() -> {
                            for (int i = 0; i < WRITES; i++) {
                                check(a, b, kind.getKey(), kind.getValue());
                            }
                        }));
                    }
                }
                for (Future<?> one : running) {
                    one.get();
                }
            }
        }
    }

    private void check(TestApiServer a, TestApiServer b, String url, String body) {
        String name = "n" + names.incrementAndGet();
        Answer made = a.post(url, ("{'metadata':{'name':'" + name + "','labels':{'just':'" + name + "'}}," + body + "}").replace('\'', '"'));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        String version = made.json().path("metadata").path("resourceVersion").asText();
        String byName = "?fieldSelector=metadata.name%3D" + name;

        assertThat(b.get(url + "/" + name).status()).as("get %s by another server", name).isEqualTo(200);
        assertThat(names(b.get(url + byName))).as("list by another server").containsExactly(name);
        assertThat(names(b.get(url + "?labelSelector=just%3D" + name))).as("list by label by another server").containsExactly(name);
        assertThat(names(b.get(url + byName + "&resourceVersion=" + version))).as("list not older than the write").containsExactly(name);

        assertThat(names(a.get(url + byName + "&resourceVersion=0"))).as("list at any version by the same server").containsExactly(name);
        assertThat(a.get(url + "/" + name + "?resourceVersion=0").status()).as("get at any version by the same server").isEqualTo(200);

        assertThat(a.patch(url + "/" + name, "application/merge-patch+json", "{\"metadata\":{\"labels\":{\"just\":\"x-" + name + "\"}}}").status()).isEqualTo(200);
        assertThat(names(b.get(url + "?labelSelector=just%3D" + name))).as("list by the old label").isEmpty();
        assertThat(names(b.get(url + "?labelSelector=just%3Dx-" + name + "&limit=5"))).as("list by the new label").containsExactly(name);

        assertThat(a.delete(url + "/" + name).status()).isEqualTo(200);
        assertThat(b.get(url + "/" + name).status()).as("get of what is gone").isEqualTo(404);
        assertThat(names(b.get(url + byName))).as("list of what is gone").isEmpty();
        assertThat(names(a.get(url + byName + "&resourceVersion=0"))).as("list at any version of what is gone").isEmpty();
    }

    @Test
    void watchesGoOnOverARestartUntilTheirVersionIsCompacted() {
        String url = "/api/v1/namespaces/restart/configmaps";
        String version;
        try (KeyValueStore store = open(); TestApiServer before = TestApiServer.over(store)) {
            version = create(before, url, "seen");
            create(before, url, "missed");
            before.delete(url + "/seen");
        }
        try (KeyValueStore store = open(); TestApiServer after = TestApiServer.over(store)) {
            try (WatchReader watch = after.watch(url + "?watch=true&resourceVersion=" + version)) {
                assertThat(watch.summary()).isEqualTo("ADDED missed");
                assertThat(watch.summary()).isEqualTo("DELETED seen");
                create(after, url, "new");
                assertThat(watch.summary()).isEqualTo("ADDED new");
            }
        }
        try (KeyValueStore store = open(); TestApiServer later = TestApiServer.over(store)) {
            create(later, url, "last");
            store.compact(store.currentRevision());
            try (WatchReader watch = later.watch(url + "?watch=true&resourceVersion=" + version)) {
                assertThat(watch.next().path("object").path("code").asInt()).isEqualTo(410);
            }
        }
    }

    /** While the database stays away requests fail fast, say so and heal by themselves; the process lives on. */
    @Test
    void requestsFailFastWhileTheDatabaseIsAway() {
        String url = "/api/v1/namespaces/away/configmaps";
        try (KeyValueStore store = open(); TestApiServer api = TestApiServer.over(store)) {
            create(api, url, "a");
            assertThat(api.get("/readyz").status()).isEqualTo(200);
            assertThat(api.get(url).status()).isEqualTo(200);
            postgres.kill();
            try {
                assertThat(timed(6, () -> api.get(url + "/a")).failure()).isEqualTo("503 ServiceUnavailable");
                Answer refused = timed(1, () -> api.post(url, "{\"metadata\":{\"name\":\"b\"}}"));
                assertThat(refused.failure()).isEqualTo("503 ServiceUnavailable");
                assertThat(refused.headers().get("Retry-After")).containsExactly("1");
                assertThat(refused.json().path("details").path("retryAfterSeconds").asInt()).isEqualTo(1);
                assertThat(timed(1, () -> api.get(url)).failure()).isEqualTo("503 ServiceUnavailable");
                assertThat(timed(1, () -> api.get(url + "?resourceVersion=0")).status()).as("the cache goes on answering").isEqualTo(200);
                Answer ready = timed(1, () -> api.get("/readyz"));
                assertThat(ready.status()).isEqualTo(500);
                assertThat(ready.text()).contains("[-]database failed");
                assertThat(api.get("/livez").status()).isEqualTo(200);
            } finally {
                postgres.restart();
            }
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (api.post(url, "{\"metadata\":{\"generateName\":\"c-\"}}").status() != 201) {
                assertThat(System.nanoTime()).as("healed in time").isLessThan(end);
            }
            assertThat(api.get("/readyz").status()).isEqualTo(200);
        }
    }

    private static Answer timed(int seconds, Supplier<Answer> request) {
        long start = System.nanoTime();
        Answer answer = request.get();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(seconds));
        return answer;
    }

    private static String create(TestApiServer api, String url, String name) {
        Answer made = api.post(url, "{\"metadata\":{\"name\":\"" + name + "\"}}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.json().path("metadata").path("resourceVersion").asText();
    }

    private static List<String> names(Answer answer) {
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        List<String> names = new ArrayList<>();
        for (JsonNode item : answer.json().path("items")) {
            names.add(item.path("metadata").path("name").asText());
        }
        return names;
    }
}
