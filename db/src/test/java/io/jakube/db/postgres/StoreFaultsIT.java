package io.jakube.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.RecordingObserver;
import io.jakube.db.StoreException;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Faults while many clients write: nothing acknowledged is lost, nothing is applied twice, watches go on without gaps, and calls heal by themselves. */
class StoreFaultsIT {
    private static final int CLIENTS = 16;
    private static TemporaryPostgres postgres;
    private PostgresKeyValueStore store;
    private PostgresKeyValueStore other;

    @BeforeAll
    static void startPostgres() {
        postgres = EmbeddedPostgres.temporary();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @BeforeEach
    void openStores() {
        store = open(Duration.ofSeconds(20));
        other = open(Duration.ofSeconds(20));
    }

    @AfterEach
    void closeStores() {
        store.close();
        other.close();
    }

    private PostgresKeyValueStore open(Duration deadline) {
        return PostgresKeyValueStore.open(StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile())
                .withDeadline(deadline).withSharedFeed(false).withRetention(StoreConfig.Retention.UNLIMITED));
    }

    @Test
    void aKilledServerLosesNothing() throws Exception {
        load(() -> {
            postgres.kill();
            postgres.restart();
        }, 2);
    }

    @Test
    void cutConnectionsLoseNothing() throws Exception {
        load(() -> admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'jakube %'"), 20);
    }

    @Test
    void aServerThatStandsStillLosesNothing() throws Exception {
        load(() -> {
            long pid = writerBackend();
            signal("STOP", pid);
            signal("CONT", pid);
            signal("STOP", pid);
            admin("SELECT pg_terminate_backend(" + pid + ")");
            signal("CONT", pid);
        }, 5);
    }

    @Test
    void callsFailWithinTheirDeadlineAndHealByThemselves() {
        try (PostgresKeyValueStore hasty = open(Duration.ofSeconds(1))) {
            RecordingObserver observer = new RecordingObserver();
            hasty.watch(KeyRange.single(Key.of("heal")), 0, observer);
            committed(hasty.write(Write.create(Key.of("heal"), new byte[1])));
            postgres.kill();
            long start = System.nanoTime();
            assertThatThrownBy(() -> committed(hasty.write(new Write(Key.of("heal"), new byte[2], Write.ANY, 0)))).isInstanceOf(StoreException.Unavailable.class);
            assertThatThrownBy(hasty::currentRevision).isInstanceOf(StoreException.Unavailable.class);
            assertThatThrownBy(() -> hasty.grantLease(10, 0)).isInstanceOf(StoreException.Unavailable.class);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));

            postgres.restart();
            long revision = retry(() -> committed(hasty.write(new Write(Key.of("heal"), new byte[3], Write.ANY, 0))));
            assertThat(hasty.range(KeyRange.single(Key.of("heal")), 0, 0).items()).singleElement().extracting(KeyValue::modRevision).isEqualTo(revision);
            observer.awaitRevision(revision);
            assertThat(observer.hasEnded()).isFalse();
        }
    }

    /** Well before the deadline of 20 s: the first calls after the grace, later ones without even trying. */
    @Test
    void callsFailAtOnceWhileTheServerStaysAway() throws Exception {
        Key key = Key.of("away");
        committed(store.write(new Write(key, new byte[1], Write.ANY, 0)));
        postgres.kill();
        long start = System.nanoTime();
        List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            writes.add(store.write(new Write(Key.of("away/" + i), new byte[1], Write.ANY, 0)));
        }
        assertThatThrownBy(store::currentRevision).isInstanceOf(StoreException.Unavailable.class);
        writes.forEach(write -> assertThatThrownBy(() -> committed(write)).isInstanceOf(StoreException.Unavailable.class));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(6));

        start = System.nanoTime();
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> store.range(KeyRange.single(key), 0, 0)).isInstanceOf(StoreException.Unavailable.class);
            assertThatThrownBy(() -> committed(store.write(new Write(key, new byte[2], Write.ANY, 0))))
                    .isInstanceOfSatisfying(StoreException.Unavailable.class, e -> assertThat(e.outcomeUnknown()).isFalse());
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));

        postgres.restart();
        retry(() -> committed(store.write(new Write(key, new byte[3], Write.ANY, 0))));
        assertThat(store.range(KeyRange.single(key), 0, 0).items().getFirst().value()).containsExactly(0, 0, 0);
    }

    @Test
    void aStoreOpensWhileTheServerIsAway() {
        postgres.kill();
        try (PostgresKeyValueStore early = open(Duration.ofSeconds(30))) {
            CompletableFuture<WriteResult> write = early.write(Write.create(Key.of("early"), new byte[1]));
            postgres.restart();
            assertThat(committed(write)).isPositive();
        }
    }

    @Test
    void aFullQueueIsRefusedAtTheDeadlineAndDrainsLater() {
        StoreConfig config = StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile())
                .withDeadline(Duration.ofMillis(500)).withLimits(new StoreConfig.Limits(10, 1 << 20, 1 << 20));
        try (PostgresKeyValueStore small = PostgresKeyValueStore.open(config)) {
            postgres.kill();
            List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                writes.add(small.write(Write.create(Key.of("full/" + i), new byte[1])));
            }
            writes.forEach(write -> assertThatThrownBy(() -> committed(write)).isInstanceOf(StoreException.Unavailable.class));
            postgres.restart();
            assertThat(retry(() -> committed(small.write(Write.create(Key.of("after"), new byte[1]))))).isPositive();
        }
    }

    @Test
    void aServerThatForgotAcknowledgedWritesIsReported() throws Exception {
        committed(store.write(Write.create(Key.of("lost/a"), new byte[1])));
        RecordingObserver observer = new RecordingObserver();
        store.watch(KeyRange.prefix(Key.of("lost/")), 0, observer);
        // The watch reads what came before it stands beside the feed by itself; what comes after two deliveries comes by the feed.
        observer.awaitRevision(committed(store.write(Write.create(Key.of("lost/1"), new byte[1]))));
        observer.awaitRevision(committed(store.write(Write.create(Key.of("lost/2"), new byte[1]))));
        long last = committed(store.write(Write.create(Key.of("lost/b"), new byte[1])));
        observer.awaitRevision(last);
        // What an asynchronous standby without the last commit would hold after its promotion.
        admin("DELETE FROM jakube.kv_log WHERE revision = " + last);
        admin("DELETE FROM jakube.kv_current WHERE mod_revision = " + last);
        admin("UPDATE jakube.kv_writer SET last_seq = last_seq - 1");
        assertThatThrownBy(() -> committed(store.write(Write.create(Key.of("lost/c"), new byte[1])))).isInstanceOf(StoreException.LostWrites.class);
        assertThat(committed(store.write(Write.create(Key.of("lost/d"), new byte[1])))).as("no number is given again").isGreaterThan(last);
        admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jakube feed'");
        assertThat(observer.awaitEnd()).isInstanceOf(StoreException.LostWrites.class);
    }

    /** The writes of one transaction have times of their own; a feed that compared one's with another's took its own history for a lost one. */
    @Test
    void aFeedThatStandsAtATransactionGoesOnAfterItsConnectionWasCut() throws Exception {
        RecordingObserver observer = new RecordingObserver();
        store.watch(KeyRange.prefix(Key.of("pair/")), 0, observer);
        for (int i = 0; i < 3; i++) {
            observer.awaitRevision(store.transact(new Transaction(List.of(),
                    List.of(new Transaction.Put(Key.of("pair/a"), new byte[1], 0), new Transaction.Put(Key.of("pair/b"), new byte[1], 0)), List.of())).join().revision());
        }
        admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jakube feed'");
        observer.awaitRevision(committed(store.write(Write.create(Key.of("pair/c"), new byte[1]))));
        assertThat(observer.hasEnded()).isFalse();
    }

    @Test
    void transactionsAreAppliedOnceWhileConnectionsAreCut() throws Exception {
        Key key = Key.of("transactions");
        AtomicBoolean running = new AtomicBoolean(true);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Integer> client = executor.submit(() -> {
                int count = 0;
                while (running.get()) {
                    byte[] next = String.valueOf(count + 1).getBytes();
                    TransactionResult result = store.transact(new Transaction(List.of(), List.of(new Transaction.Put(key, next, 0)), List.of())).join();
                    assertThat(result.succeeded()).isTrue();
                    count++;
                }
                return count;
            });
            RecordingObserver observer = new RecordingObserver();
            other.watch(KeyRange.single(key), 0, observer);
            for (int i = 1; i <= 20; i++) {
                observer.awaitEvents(i * 5);
                admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jakube write'");
            }
            running.set(false);
            int count = client.get(60, TimeUnit.SECONDS);
            KeyValue last = store.range(KeyRange.single(key), 0, 0).items().getFirst();
            assertThat(last.version()).isEqualTo(count);
            assertThat(new String(last.value())).isEqualTo(String.valueOf(count));
        }
    }

    @Test
    void anotherWritersRevisionsDoNotDisturbTheReplay() throws Exception {
        long before = store.currentRevision();
        long first = committed(store.write(Write.create(Key.of("r/1"), new byte[1])));
        long second = committed(other.write(Write.create(Key.of("r/2"), new byte[1])));
        admin("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jakube write'");
        long third = committed(store.write(Write.create(Key.of("r/3"), new byte[1])));
        assertThat(List.of(first, second, third)).containsExactly(before + 1, before + 2, before + 3);
    }

    private interface Fault {
        void inject() throws Exception;
    }

    /** Clients append to keys of their own by compare-and-swap, through two stores, while faults happen; then the whole history is checked. */
    private void load(Fault fault, int times) throws Exception {
        RecordingObserver fromStart = new RecordingObserver();
        long start = store.currentRevision() + 1;
        String prefix = "load/" + start + "/";
        store.watch(KeyRange.prefix(Key.of(prefix)), 0, fromStart);
        RecordingObserver elsewhere = new RecordingObserver();
        other.watch(KeyRange.prefix(Key.of(prefix)), start, elsewhere);
        AtomicBoolean running = new AtomicBoolean(true);
        List<TreeMap<Long, Integer>> acknowledged = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<TreeMap<Long, Integer>>> clients = new ArrayList<>();
            for (int c = 0; c < CLIENTS; c++) {
                int client = c;
                clients.add(executor.submit(() -> client(prefix, client, running)));
            }
            for (int i = 0; i < times; i++) {
                long progress = retry(() -> store.currentRevision());
                fault.inject();
                fromStart.awaitRevision(progress + 50);
            }
            running.set(false);
            for (Future<TreeMap<Long, Integer>> client : clients) {
                acknowledged.add(client.get(60, TimeUnit.SECONDS));
            }
        }
        long head = store.currentRevision();
        for (RecordingObserver observer : List.of(fromStart, elsewhere)) {
            observer.awaitRevision(head);
            assertThat(observer.hasEnded()).isFalse();
            List<Long> expected = new ArrayList<>();
            for (long revision = start; revision <= head; revision++) {
                expected.add(revision);
            }
            assertThat(observer.revisions()).as("every revision once, in order").isEqualTo(expected);
        }
        TreeMap<Long, byte[]> events = new TreeMap<>();
        fromStart.events().forEach(event -> events.put(event.revision(), event.current().value()));
        int total = 0;
        for (TreeMap<Long, Integer> client : acknowledged) {
            total += client.size();
            client.forEach((revision, value) -> assertThat(new String(events.get(revision))).as("acknowledged at " + revision).isEqualTo(String.valueOf(value)));
        }
        assertThat(total).as("acknowledged writes").isGreaterThan(times * 10);
        for (int c = 0; c < CLIENTS; c++) {
            KeyValue last = store.range(KeyRange.single(Key.of(prefix + c)), 0, 0).items().getFirst();
            assertThat(new String(last.value())).as("each write applied once").isEqualTo(String.valueOf(last.version()));
        }
    }

    private TreeMap<Long, Integer> client(String prefix, int client, AtomicBoolean running) {
        PostgresKeyValueStore mine = client % 2 == 0 ? store : other;
        Key key = Key.of(prefix + client);
        TreeMap<Long, Integer> acknowledged = new TreeMap<>();
        long revision = 0;
        for (int value = 1; running.get(); ) {
            try {
                WriteResult result = join(mine.write(Write.update(key, String.valueOf(value).getBytes(), revision)));
                if (!(result instanceof WriteResult.Committed(long committed))) {
                    throw new AssertionError("a conflict on a key that nobody else writes: a write was applied twice");
                }
                acknowledged.put(committed, value++);
                revision = committed;
            } catch (StoreException.Unavailable e) {
                // The outcome may be unknown: the key tells.
                List<KeyValue> found = retry(() -> mine.range(KeyRange.single(key), 0, 0)).items();
                revision = found.isEmpty() ? 0 : found.getFirst().modRevision();
                value = found.isEmpty() ? 1 : Integer.parseInt(new String(found.getFirst().value())) + 1;
            }
        }
        return acknowledged;
    }

    private interface Attempt<T> {
        T run();
    }

    private static <T> T retry(Attempt<T> attempt) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                return attempt.run();
            } catch (StoreException.Unavailable e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    private static WriteResult join(CompletableFuture<WriteResult> write) {
        try {
            return write.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException reason ? reason : e;
        }
    }

    private static long committed(CompletableFuture<WriteResult> write) {
        WriteResult result = join(write);
        assertThat(result).isInstanceOf(WriteResult.Committed.class);
        return ((WriteResult.Committed) result).revision();
    }

    private Connection connect() throws Exception {
        Properties properties = new Properties();
        properties.setProperty("user", EmbeddedPostgres.ADMIN);
        properties.setProperty("password", Files.readString(postgres.server().adminPasswordFile()));
        return DriverManager.getConnection(postgres.jdbcUrl(), properties);
    }

    private void admin(String sql) throws Exception {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long writerBackend() throws Exception {
        try (Connection connection = connect(); Statement statement = connection.createStatement()) {
            while (true) {
                try (var row = statement.executeQuery("SELECT pid FROM pg_stat_activity WHERE application_name = 'jakube write' LIMIT 1")) {
                    if (row.next()) {
                        return row.getLong(1);
                    }
                }
            }
        }
    }

    private static void signal(String name, long pid) throws Exception {
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).start().waitFor();
    }
}
