package io.jakube.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.RecordingObserver;
import io.jakube.db.StoreException;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import io.jakube.db.chaos.TcpProxy;
import io.jakube.db.embedded.Administrator;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.ServerSettings;
import io.jakube.db.embedded.TemporaryPair;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Failovers: to a standby that has everything nothing happens but a delay; to one that lacks writes, nobody goes on as if they had never been. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailoverIT {
    private static final Key KEY = Key.of("failover/a");
    private static final KeyRange RANGE = KeyRange.prefix(Key.of("failover/"));

    /** A link between the servers that a test can silence. */
    private static final class Link implements AutoCloseable {
        private int port;
        private final TcpProxy proxy = new TcpProxy(() -> port);

        private TemporaryPair start(TemporaryPair.Replication replication) {
            return TemporaryPair.start(replication, ServerSettings.DEFAULT, target -> {
                port = target;
                return proxy.port();
            });
        }

        @Override
        public void close() {
            proxy.close();
        }
    }

    private static String url(TemporaryPair pair) {
        return "jdbc:postgresql://127.0.0.1:" + pair.primary().server().port() + ",127.0.0.1:" + pair.standby().server().port() + "/" + EmbeddedPostgres.DATABASE;
    }

    private static PostgresKeyValueStore writer(String url, TemporaryPair pair) {
        return PostgresKeyValueStore.open(StoreConfig.writer(url, EmbeddedPostgres.WRITER, pair.primary().server().writerPasswordFile())
                .withRetention(StoreConfig.Retention.UNLIMITED).withSharedFeed(false).withDeadline(Duration.ofSeconds(30)));
    }

    private static PostgresKeyValueStore reader(String url, TemporaryPair pair) {
        return PostgresKeyValueStore.open(StoreConfig.reader(url, EmbeddedPostgres.READER, pair.primary().server().readerPasswordFile())
                .withSharedFeed(false).withDeadline(Duration.ofSeconds(30)));
    }

    private static long put(PostgresKeyValueStore store, String value) {
        return ((WriteResult.Committed) store.write(new Write(KEY, value.getBytes(), Write.ANY, 0)).join()).revision();
    }

    private static String epochs(TemporaryPair pair) throws Exception {
        return Administrator.execute(pair.primary().server(), "SELECT string_agg(loss, ',' ORDER BY epoch) FROM jakube.kv_epoch");
    }

    @Test
    void aSynchronousStandbyTakesOverUnnoticedWithinSeconds() throws Exception {
        try (TemporaryPair pair = TemporaryPair.start(TemporaryPair.Replication.SYNCHRONOUS);
                PostgresKeyValueStore store = writer(url(pair), pair); PostgresKeyValueStore reader = reader(url(pair), pair)) {
            RecordingObserver observer = new RecordingObserver();
            reader.watch(RANGE, 1, observer);
            awaitNoted(pair);
            long before = put(store, "before");
            observer.awaitRevision(before);
            pair.primary().crash();
            pair.promote();
            long promoted = System.nanoTime();
            long after = put(store, "after");
            observer.awaitRevision(after);
            assertThat(Duration.ofNanos(System.nanoTime() - promoted)).isLessThan(Duration.ofSeconds(5));
            assertThat(after).isEqualTo(before + 1);
            assertThat(observer.revisions()).containsExactly(before, after);
            assertThat(epochs(pair)).isEqualTo("none,none");
        }
    }

    @Test
    void watchesAndWritersThatSurviveAreToldOfLostWrites() throws Exception {
        try (Link link = new Link(); TemporaryPair pair = link.start(TemporaryPair.Replication.ASYNCHRONOUS);
                PostgresKeyValueStore store = writer(url(pair), pair); PostgresKeyValueStore reader = reader(url(pair), pair)) {
            RecordingObserver atWriter = new RecordingObserver();
            RecordingObserver atReader = new RecordingObserver();
            store.watch(RANGE, 1, atWriter);
            reader.watch(RANGE, 1, atReader);
            awaitReplay(pair, put(store, "kept"));
            long lost = loseAWrite(pair, link, store);
            atWriter.awaitRevision(lost);
            atReader.awaitRevision(lost);
            pair.primary().crash();
            link.proxy.silence(false);
            pair.promote();

            long after = untilAcknowledged(store);
            assertThat(after).as("no number that a client may hold is given again").isGreaterThan(lost);
            assertThat(atWriter.awaitEnd()).isInstanceOfAny(StoreException.LostWrites.class);
            assertThat(atReader.awaitEnd()).isInstanceOfAny(StoreException.LostWrites.class, StoreException.Compacted.class);
            assertThat(epochs(pair)).isEqualTo("none,certain");
            RecordingObserver again = new RecordingObserver();
            store.watch(RANGE, lost + 1, again);
            assertThat(again.awaitEnd()).isInstanceOf(StoreException.Compacted.class);
            assertThat(new String(store.range(KeyRange.single(KEY), 0, 0).items().getFirst().value())).isEqualTo("after");
        }
    }

    @Test
    void aProcessThatKnowsOfNothingSaysThatWritesMayBeLost() throws Exception {
        try (Link link = new Link(); TemporaryPair pair = link.start(TemporaryPair.Replication.ASYNCHRONOUS)) {
            String url = url(pair);
            long lost;
            try (PostgresKeyValueStore store = writer(url, pair)) {
                awaitReplay(pair, put(store, "kept"));
                lost = loseAWrite(pair, link, store);
            }
            pair.primary().crash();
            link.proxy.silence(false);
            pair.promote();
            try (PostgresKeyValueStore fresh = writer(url, pair)) {
                assertThat(new String(fresh.range(KeyRange.single(KEY), 0, 0).items().getFirst().value())).isEqualTo("kept");
                assertThat(fresh.currentRevision()).isGreaterThan(lost);
                RecordingObserver holder = new RecordingObserver();
                fresh.watch(RANGE, lost + 1, holder);
                assertThat(holder.awaitEnd()).isInstanceOf(StoreException.Compacted.class);
                assertThat(epochs(pair)).isEqualTo("none,possible");
            }
        }
    }

    @Test
    void aCommitWhoseWaitForTheStandbyWasBrokenOffIsNotAcknowledgedBeforeTheStandbyHasIt() throws Exception {
        try (Link link = new Link(); TemporaryPair pair = link.start(TemporaryPair.Replication.SYNCHRONOUS); PostgresKeyValueStore store = writer(url(pair), pair)) {
            awaitNoted(pair);
            put(store, "before");
            link.proxy.silence(true);
            var write = store.write(new Write(KEY, "waits".getBytes(), Write.ANY, 0));
            String waiting = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'jakube write' AND wait_event = 'SyncRep'";
            while (!"1".equals(Administrator.execute(pair.primary().server(), waiting))) {
                Thread.sleep(10);
            }
            Administrator.execute(pair.primary().server(), "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jakube write'");
            // The commit stands on the primary alone, and the writer is back to ask what became of it.
            while (!"1".equals(Administrator.execute(pair.primary().server(), waiting))) {
                Thread.sleep(10);
            }
            assertThat(write).isNotDone();
            pair.primary().crash();
            link.proxy.cut();
            link.proxy.silence(false);
            pair.promote();
            long revision = ((WriteResult.Committed) write.join()).revision();
            assertThat(store.range(KeyRange.single(KEY), 0, 0).items()).singleElement().satisfies(item -> {
                assertThat(item.modRevision()).isEqualTo(revision);
                assertThat(new String(item.value())).isEqualTo("waits");
            });
        }
    }

    /** Waits until the store has written down that commits wait for the standby. */
    private static void awaitNoted(TemporaryPair pair) throws Exception {
        while (!"t".equals(Administrator.execute(pair.primary().server(), "SELECT synchronous FROM jakube.kv_epoch ORDER BY epoch DESC LIMIT 1"))) {
            Thread.sleep(20);
        }
    }

    private static void awaitReplay(TemporaryPair pair, long revision) throws Exception {
        while (Long.parseLong(String.valueOf(Administrator.execute(pair.standby().server(), "SELECT coalesce(max(revision), 0) FROM jakube.kv_log"))) < revision) {
            Thread.sleep(10);
        }
    }

    /** Has a write acknowledged that the standby does not get. */
    private static long loseAWrite(TemporaryPair pair, Link link, PostgresKeyValueStore store) {
        link.proxy.silence(true);
        long revision = put(store, "lost");
        link.proxy.cut();
        return revision;
    }

    /** Writes until it succeeds; a writer whose acknowledged work is gone says so first. */
    private static long untilAcknowledged(PostgresKeyValueStore store) {
        boolean told = false;
        while (true) {
            try {
                long revision = put(store, "after");
                assertThat(told).as("the writer was told").isTrue();
                return revision;
            } catch (CompletionException e) {
                assertThat(e.getCause()).isInstanceOf(StoreException.LostWrites.class);
                told = true;
            }
        }
    }
}
