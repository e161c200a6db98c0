package io.jakube.db.informer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.jakube.common.api.GroupResource;
import io.jakube.common.informer.EventType;
import io.jakube.common.informer.Informer;
import io.jakube.common.informer.InformerSource;
import io.jakube.common.json.Json;
import io.jakube.db.Key;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class StoreInformerSourceIT {
    private static TemporaryPostgres postgres;
    private static PostgresKeyValueStore writer;
    private static PostgresKeyValueStore reader;

    @BeforeAll
    static void start() {
        postgres = EmbeddedPostgres.temporary();
        writer = PostgresKeyValueStore.open(StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile()));
        reader = PostgresKeyValueStore.open(StoreConfig.reader(postgres.jdbcUrl(), EmbeddedPostgres.READER, postgres.server().readerPasswordFile()));
    }

    @AfterAll
    static void stop() {
        writer.close();
        reader.close();
        postgres.close();
    }

    @Test
    void listsThenFollowsWithResourceVersions() throws Exception {
        long one = put("/registry/core/configmaps/ns/one", "{\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"one\"}}");
        put("/registry/core/configmapsx/ns/other", "{\"metadata\":{}}");
        RecordingSink sink = new RecordingSink();
        try (AutoCloseable feed = new StoreInformerSource(reader).start(GroupResource.core("configmaps"), InformerSource.Filter.NONE, sink)) {
            sink.await(s -> !s.log.isEmpty());
            long two = put("/registry/core/configmaps/ns/two", "{\"metadata\":{}}");
            long changed = put("/registry/core/configmaps/ns/two", "{\"metadata\":{\"name\":\"two\"},\"data\":{}}");
            long deleted = delete("/registry/core/configmaps/ns/two");
            sink.await(s -> s.progress >= deleted);
            assertThat(sink.log).containsExactly(
                    "REPLACE {\"kind\":\"ConfigMap\",\"metadata\":{\"resourceVersion\":\"" + one + "\",\"name\":\"one\"}}",
                    "ADDED {\"metadata\":{\"resourceVersion\":\"" + two + "\"}}",
                    "MODIFIED {\"metadata\":{\"resourceVersion\":\"" + changed + "\",\"name\":\"two\"},\"data\":{}}",
                    "DELETED {\"metadata\":{\"resourceVersion\":\"" + deleted + "\",\"name\":\"two\"},\"data\":{}}");
        }
    }

    @Test
    void selectorsTurnChangesIntoAdditionsAndDeletions() throws Exception {
        RecordingSink sink = new RecordingSink();
        InformerSource.Filter filter = new InformerSource.Filter("team", "spec.nodeName=n1", "app in (a,b)");
        try (AutoCloseable feed = new StoreInformerSource(reader).start(GroupResource.core("pods"), filter, sink)) {
            sink.await(s -> !s.log.isEmpty());
            put("/registry/core/pods/team/p", pod("a", null));
            put("/registry/core/pods/team2/p", pod("a", "n1"));
            put("/registry/core/pods/team/p", pod("a", "n1"));
            put("/registry/core/pods/team/p", pod("b", "n1"));
            long gone = put("/registry/core/pods/team/p", pod("c", "n1"));
            sink.await(s -> s.progress >= gone);
            assertThat(sink.log.stream().map(line -> line.replaceFirst("\\{.*\"app\":\"(.)\".*", "$1"))).containsExactly("REPLACE", "ADDED a", "MODIFIED b", "DELETED b");
        }
    }

    @Test
    void aValueThatIsNoObjectDoesNotHoldUpTheOthers() throws Exception {
        put("/registry/core/secrets/ns/bad", "not json");
        put("/registry/core/secrets/ns/good", "{\"metadata\":{\"name\":\"good\"}}");
        RecordingSink sink = new RecordingSink();
        try (AutoCloseable feed = new StoreInformerSource(reader).start(GroupResource.core("secrets"), InformerSource.Filter.NONE, sink)) {
            sink.await(s -> !s.log.isEmpty());
            assertThat(sink.log).singleElement().asString().contains("good");
        }
    }

    @Test
    void feedsATypedInformer() throws Exception {
        put("/registry/core/pods/typed/a", pod("a", "n1"));
        try (Informer<Pod> informer = new Informer<>(Pod.class).start(new StoreInformerSource(reader))) {
            assertThat(informer.awaitSync(Duration.ofSeconds(20))).isTrue();
            long revision = put("/registry/core/pods/typed/b", pod("b", "n2"));
            assertThat(informer.awaitRevision(revision, Duration.ofSeconds(20))).isTrue();
            assertThat(informer.lister().list()).filteredOn(found -> "b".equals(found.getMetadata().getLabels().get("app")) && "n2".equals(found.getSpec().getNodeName()))
                    .singleElement()
                    .satisfies(found -> assertThat(found.getMetadata().getResourceVersion()).isEqualTo(String.valueOf(revision)));
        }
    }

    private static String pod(String app, String node) {
        ObjectNode pod = Json.object();
        pod.put("kind", "Pod").put("apiVersion", "v1");
        pod.putObject("metadata").put("name", app + "-pod").put("namespace", "ns").putObject("labels").put("app", app);
        ObjectNode spec = pod.putObject("spec");
        if (node != null) {
            spec.put("nodeName", node);
        }
        return new String(Json.write(pod), java.nio.charset.StandardCharsets.UTF_8);
    }

    private static long put(String key, String json) {
        return revision(writer.write(new Write(Key.of(key), json.getBytes(java.nio.charset.StandardCharsets.UTF_8), Write.ANY, 0)).join());
    }

    private static long delete(String key) {
        return revision(writer.write(Write.delete(Key.of(key), Write.ANY)).join());
    }

    private static long revision(WriteResult result) {
        return ((WriteResult.Committed) result).revision();
    }

    private static final class RecordingSink implements InformerSource.Sink {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final List<String> log = new ArrayList<>();
        private long progress;

        @Override
        public void replace(List<InformerSource.Item> items, long revision) {
            record("REPLACE", items, revision);
        }

        @Override
        public void apply(EventType type, InformerSource.Item item) {
            record(type.name(), List.of(item), progress);
        }

        @Override
        public void progress(long revision) {
            record("", List.of(), revision);
        }

        private void record(String what, List<InformerSource.Item> items, long revision) {
            lock.lock();
            try {
                progress = Math.max(progress, revision);
                if (!what.isEmpty()) {
                    StringBuilder line = new StringBuilder(what);
                    items.forEach(item -> line.append(' ').append(new String(item.json(), java.nio.charset.StandardCharsets.UTF_8)));
                    log.add(line.toString());
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void await(Predicate<RecordingSink> condition) throws InterruptedException {
            lock.lock();
            try {
                long left = TimeUnit.SECONDS.toNanos(20);
                while (!condition.test(this)) {
                    assertThat(left).as("waited too long; log " + log).isPositive();
                    left = changed.awaitNanos(left);
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
