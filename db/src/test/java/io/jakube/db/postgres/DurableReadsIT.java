package io.jakube.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.RecordingObserver;
import io.jakube.db.StoreException;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import io.jakube.db.embedded.Administrator;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPair;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** While commits cannot become durable, because the synchronous standby has stopped: nothing of them is acknowledged or shown, and no lock is held. */
class DurableReadsIT {
    private static final Key KEY = Key.of("/durable/key");

    private final TemporaryPair pair = TemporaryPair.start(TemporaryPair.Replication.SYNCHRONOUS);
    private final RecordingObserver observer = new RecordingObserver();
    private PostgresKeyValueStore writer;
    private PostgresKeyValueStore second;
    private PostgresKeyValueStore reader;

    @BeforeEach
    void open() {
        EmbeddedPostgres server = pair.primary().server();
        writer = open(StoreConfig.writer(server.jdbcUrl(), EmbeddedPostgres.WRITER, server.writerPasswordFile()).withDeadline(Duration.ofSeconds(60)));
        second = open(StoreConfig.writer(server.jdbcUrl(), EmbeddedPostgres.WRITER, server.writerPasswordFile()).withDeadline(Duration.ofSeconds(60)));
        reader = open(StoreConfig.reader(server.jdbcUrl(), EmbeddedPostgres.READER, server.readerPasswordFile()).withDeadline(Duration.ofSeconds(1)));
    }

    private static PostgresKeyValueStore open(StoreConfig config) {
        return PostgresKeyValueStore.open(config.withRetention(StoreConfig.Retention.UNLIMITED).withSharedFeed(false));
    }

    @AfterEach
    void close() {
        reader.close();
        second.close();
        writer.close();
        pair.close();
    }

    @Test
    void showsNothingThatACrashCouldTakeBack() throws Exception {
        long before = committed(writer.write(Write.create(KEY, bytes("before"))));
        committed(second.write(Write.create(Key.of("/durable/other"), bytes("before"))));
        AutoCloseable watch = reader.watch(KeyRange.prefix(Key.of("/durable/")), before, observer);
        observer.awaitEvents(2);
        pair.standby().server().stop();

        CompletableFuture<WriteResult> first = writer.write(Write.update(KEY, bytes("after"), before));
        awaitVisible("SELECT count(*) FROM jakube.kv_log WHERE revision > " + (before + 1), "1");
        assertThat(administrator("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7")).isEqualTo("0");
        CompletableFuture<WriteResult> next = second.write(Write.create(Key.of("/durable/third"), bytes("after")));
        awaitVisible("SELECT count(*) FROM jakube.kv_log WHERE revision > " + (before + 1), "2");

        assertThatThrownBy(() -> reader.range(KeyRange.single(KEY), 0, 0)).isInstanceOf(StoreException.Unavailable.class);
        assertThatThrownBy(() -> reader.currentRevision()).isInstanceOf(StoreException.Unavailable.class);
        assertThat(observer.events()).hasSize(2);
        assertThat(first).isNotDone();
        assertThat(next).isNotDone();

        pair.standby().restart();
        assertThat(committed(first)).isEqualTo(before + 2);
        assertThat(committed(next)).isEqualTo(before + 3);
        observer.awaitEvents(4);
        assertThat(observer.revisions()).containsExactly(before, before + 1, before + 2, before + 3);
        watch.close();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static long committed(CompletableFuture<WriteResult> write) {
        assertThat(write.join()).isInstanceOf(WriteResult.Committed.class);
        return ((WriteResult.Committed) write.join()).revision();
    }

    private void awaitVisible(String query, String wanted) throws SQLException {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!wanted.equals(administrator(query)) && System.nanoTime() < end) {
            Thread.onSpinWait();
        }
        assertThat(administrator(query)).isEqualTo(wanted);
    }

    private String administrator(String query) throws SQLException {
        return Administrator.execute(pair.primary().server(), query);
    }
}
