package io.jakube.db.bench;

import static java.util.Objects.requireNonNull;

import io.jakube.db.Key;
import io.jakube.db.bench.BenchmarkOptions.Load;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import io.jakube.db.etcd.EtcdFront;
import io.jakube.db.etcd.EtcdFrontConfig;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures the store over a temporary PostgreSQL, and a stock etcd server beside it, if wished: both on this machine, both with every commit on disk before it is
 * acknowledged, with the same clients in this process. The store is called in-process, and
 * as "front" through its etcd front in this process by the client that etcd is called by; the latter is the like-for-like comparison. What is compared is
 * run in turns. Absolute figures are those of the machine at that time.
 */
public final class StoreBenchmark {
    /** A slow machine shows in the figures and does not end the run. */
    static final Duration DEADLINE = Duration.ofMinutes(1);

    private static final int[] CLIENTS = {1, 16, 64, 256};
    private static final int KILOBYTE = 1024;

    private final BenchmarkOptions options;
    private final PrintStream out;
    private final Loads loads;

    /** @param out receives a line per figure */
    public StoreBenchmark(BenchmarkOptions options, PrintStream out) {
        this.options = requireNonNull(options, "options is null");
        this.out = requireNonNull(out, "out is null");
        this.loads = new Loads(options.step());
    }

    /** Runs a benchmark with what {@link BenchmarkOptions#arguments} made. */
    public static void main(String[] arguments) throws Exception {
        new StoreBenchmark(BenchmarkOptions.parse(List.of(arguments)), System.out).run();
    }

    /**
     * Runs everything that was asked for.
     *
     * @throws IllegalStateException where a write failed, a read was not complete or an event did not come
     */
    public void run() throws Exception {
        Path directory = Path.of(System.getProperty("java.io.tmpdir"));
        out.printf(Locale.ROOT, "%d processors, load %.1f before; data on %s; each load %.1f s, median of %d%n", Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(), Files.getFileStore(directory).type(), options.step().toMillis() / 1000.0, options.pairs());
        try (TemporaryPostgres postgres = EmbeddedPostgres.temporary();
                EtcdServer etcd = options.againstEtcd() ? EtcdServer.start() : null) {
            StoreConfig config = StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile()).withDeadline(DEADLINE);
            PostgresKeyValueStore opened = PostgresKeyValueStore.open(config);
            try (StoreTarget store = new StoreTarget(opened, List.of(postgres.server().pid().orElseThrow()));
                    EtcdFront front = EtcdFront.start(EtcdFrontConfig.on("http://127.0.0.1:0"), opened, opened.administration());
                    EtcdTarget fronted = new EtcdTarget("front", new InetSocketAddress(InetAddress.getLoopbackAddress(), front.port()), store.servers());
                    EtcdTarget other = etcd == null ? null : new EtcdTarget("etcd", etcd.address(), List.of(etcd.pid()))) {
                compare(other == null ? List.of(store, fronted) : List.of(store, fronted, other));
                if (options.loads().contains(Load.COMPACTION)) {
                    new CompactionLoad(store, loads, options.pairs(), out).run();
                }
                new Memory(postgres.server().pid().orElseThrow(), out).print("after these loads");
            }
            if (options.loads().contains(Load.WRITERS)) {
                for (int clients : new int[] {16, 64, 256}) {
                    new TwoWriters(config, options.step(), options.pairs(), out).run(clients, KILOBYTE);
                }
            }
        }
        if (options.loads().contains(Load.SCALE)) {
            new ScaleBenchmark(options, out).run();
        }
    }

    private void compare(List<LoadTarget> targets) throws Exception {
        targets.forEach(target -> loads.writes(target, 64, KILOBYTE));
        Comparison comparison = new Comparison(targets, options.pairs(), out);
        if (options.loads().contains(Load.WRITES)) {
            for (int clients : CLIENTS) {
                comparison.run("CAS writes of 1 KB, " + clients + " clients", target -> loads.writes(target, clients, KILOBYTE));
            }
            comparison.run("CAS writes of 4 KB, 64 clients", target -> loads.writes(target, 64, 4 * KILOBYTE));
        }
        if (options.loads().contains(Load.READS)) {
            for (int clients : new int[] {1, 16}) {
                comparison.run("point reads of 1 KB, " + clients + " clients", target -> loads.pointReads(target, clients, 0, KILOBYTE));
            }
            comparison.runBeside("point reads, 1 client beside 64 writers", target -> loads.pointReads(target, 1, 64, KILOBYTE));
        }
        if (options.loads().contains(Load.WATCH)) {
            comparison.run("watch, acknowledgement to event, idle", target -> loads.watchLatency(target, 0, KILOBYTE));
            comparison.runBeside("watch, the same beside 64 writers", target -> loads.watchLatency(target, 64, KILOBYTE));
        }
        if (options.loads().contains(Load.LISTS)) {
            for (int keys : new ArrayList<>(options.lists())) {
                Map<LoadTarget, Key> prefixes = new HashMap<>();
                targets.forEach(target -> prefixes.put(target, Loads.fill(target, keys, KILOBYTE)));
                comparison.run("lists of " + keys + " keys of 1 KB", target -> loads.lists(target, prefixes.get(target), keys));
            }
        }
    }
}
