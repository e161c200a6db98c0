package io.jakube.db.bench;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValueStore;
import io.jakube.db.Write;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import io.jakube.db.migration.SchemaMigration;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/** The store with many keys and much history: what calls cost then, what compaction does to writers, and what space comes back. */
final class ScaleBenchmark {
    private static final int BYTES = 1024;
    private static final int IN_FLIGHT = 2_000;
    private static final int PER_GROUP = 10_000;
    private static final String ROOT = "/scale/";

    private final BenchmarkOptions options;
    private final PrintStream out;
    private final Loads loads;
    private final Random random = new Random(11);

    ScaleBenchmark(BenchmarkOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.loads = new Loads(options.step());
    }

    void run() throws Exception {
        try (TemporaryPostgres postgres = EmbeddedPostgres.temporary()) {
            EmbeddedPostgres server = postgres.server();
            StoreConfig config = StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, server.writerPasswordFile()).withRetention(StoreConfig.Retention.UNLIMITED)
                    .withDeadline(StoreBenchmark.DEADLINE);
            try (StoreTarget target = new StoreTarget(PostgresKeyValueStore.open(config), List.of());
                    Connection sizes = connect(server)) {
                double heap = Memory.heapMegabytes();
                fill(target.store());
                out.printf(Locale.ROOT, "with %d keys and %d revisions: heap in use grew by %.0f MB%n", options.keys(), options.revisions(), Memory.heapMegabytes() - heap);
                sizes(sizes, "filled");
                measure(target);
                compact(target);
                new Memory(server.pid().orElseThrow(), out).print("with " + options.keys() + " keys");
                sizes(sizes, "compacted");
                measure(target);
            }
        }
    }

    private void fill(KeyValueStore store) throws InterruptedException {
        byte[] value = Loads.value(BYTES);
        long start = System.nanoTime();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Semaphore room = new Semaphore(IN_FLIGHT);
        for (int i = 0; i < options.revisions(); i++) {
            Write write = i < options.keys() ? Write.create(key(i), value) : new Write(key(random.nextInt(options.keys())), value, Write.ANY, 0);
            room.acquire();
            store.write(write).whenComplete((result, error) -> {
                if (error != null) {
                    failure.set(error);
                }
                room.release();
            });
        }
        room.acquire(IN_FLIGHT);
        if (failure.get() != null) {
            throw new IllegalStateException("a write failed", failure.get());
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        out.printf(Locale.ROOT, "%-40s %8.0f/s over %.0f s%n", "filling", options.revisions() / seconds, seconds);
    }

    private static Key key(int number) {
        return Key.of(ROOT + number / PER_GROUP + "/" + number % PER_GROUP);
    }

    private void measure(StoreTarget target) throws Exception {
        KeyValueStore store = target.store();
        print("CAS writes of 1 KB, 64 clients", loads.writes(target, 64, BYTES));
        print("point reads at random", loads.calls(1, () -> require(!store.range(KeyRange.single(key(random.nextInt(options.keys()))), 0, 0).items().isEmpty())));
        int groups = Math.max(1, options.keys() / PER_GROUP);
        int whole = Math.min(options.keys(), PER_GROUP);
        print("lists of " + whole + " keys at random", loads.calls(1, () ->
                require(store.range(KeyRange.prefix(Key.of(ROOT + random.nextInt(groups) + "/")), 0, 0).items().size() == whole)));
        print("first 500 keys of all, with the count", loads.calls(1, () -> require(store.range(KeyRange.prefix(Key.of(ROOT)), 0, 500).count() == options.keys())));
        print("watch beside 64 writers", loads.watchLatency(target, 64, BYTES));
    }

    private static void require(boolean complete) {
        if (!complete) {
            throw new IllegalStateException("a read was not complete");
        }
    }

    private void compact(StoreTarget target) throws InterruptedException {
        KeyValueStore store = target.store();
        double before = loads.writes(target, 64, BYTES).rate();
        long revision = store.currentRevision();
        long start = System.nanoTime();
        Thread compaction = Thread.ofPlatform().start(() -> store.compact(revision));
        Latencies rates = new Latencies();
        while (compaction.isAlive()) {
            rates.add((long) (loads.writes(target, 64, BYTES).rate() * 1e6));
        }
        compaction.join();
        double seconds = (System.nanoTime() - start) / 1e9;
        out.printf(Locale.ROOT, "%-40s %.0f s; writers %8.0f/s before, %8.0f/s meanwhile: %.2f%n", "compaction of " + revision + " revisions", seconds, before,
                rates.millis(0.5), rates.millis(0.5) / before);
    }

    private void print(String name, Figures figures) {
        out.printf(Locale.ROOT, "%-40s %s%n", name, figures);
    }

    private static Connection connect(EmbeddedPostgres server) throws SQLException, IOException {
        Properties properties = new Properties();
        properties.setProperty("user", EmbeddedPostgres.ADMIN);
        properties.setProperty("password", Files.readString(Path.of(server.adminPasswordFile().toString())).strip());
        properties.setProperty("currentSchema", SchemaMigration.SCHEMA);
        return DriverManager.getConnection(server.jdbcUrl(), properties);
    }

    private void sizes(Connection connection, String when) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT relname, pg_size_pretty(pg_table_size(relid)), pg_size_pretty(pg_indexes_size(relid)), n_live_tup, n_dead_tup,"
                        + " autovacuum_count FROM pg_stat_user_tables WHERE relname IN ('kv_log', 'kv_current') ORDER BY 1")) {
            while (row.next()) {
                out.printf("%s, %s: table %s, indexes %s, %d live and %d dead rows, vacuumed %d times%n", row.getString(1), when, row.getString(2), row.getString(3), row.getLong(4),
                        row.getLong(5), row.getLong(6));
            }
        }
    }
}
