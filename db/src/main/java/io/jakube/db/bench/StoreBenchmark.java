package io.jakube.db.bench;

import static java.util.Objects.requireNonNull;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreException;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Load on a store: compare-and-swap writes by closed-loop clients, each over keys of its own; point reads; lists; and the time from a write's
 * acknowledgement to its event. Every write must commit and every event must come, or the run fails.
 */
public final class StoreBenchmark {
    private static final int KEYS_PER_CLIENT = 100;

    private final KeyValueStore store;
    private final PrintStream out;
    private final Duration step;
    private final byte[] value;
    private final String root = "/bench/" + System.nanoTime() + "/";

    /**
     * @param out receives a line per figure
     * @param step how long each load runs
     * @param valueBytes size of the values
     */
    public StoreBenchmark(KeyValueStore store, PrintStream out, Duration step, int valueBytes) {
        this.store = requireNonNull(store, "store is null");
        this.out = requireNonNull(out, "out is null");
        this.step = requireNonNull(step, "step is null");
        this.value = new byte[valueBytes];
        new Random(7).nextBytes(value);
    }

    private interface Client {
        /** Makes one call. @return its duration in nanoseconds */
        long call(int client, int round) throws InterruptedException, ExecutionException;
    }

    /** Runs everything. */
    public void run() throws InterruptedException, ExecutionException {
        writes(16, false);
        for (int clients : new int[] {1, 16, 64, 256}) {
            writes(clients, true);
        }
        pointReads(1);
        pointReads(16);
        lists(10_000);
        watchLatency("idle", 0);
        watchLatency("under load of 64 writers", 64);
    }

    private void writes(int clients, boolean counted) throws InterruptedException, ExecutionException {
        long[][] revisions = new long[clients][KEYS_PER_CLIENT];
        String prefix = root + "cas/" + clients + counted + "/";
        load(counted ? "CAS writes of " + value.length + " bytes, " + clients + " clients" : null, clients, (client, round) -> {
            int slot = round % KEYS_PER_CLIENT;
            long start = System.nanoTime();
            revisions[client][slot] = committed(store.write(Write.update(Key.of(prefix + client + "/" + slot), value, revisions[client][slot])));
            return System.nanoTime() - start;
        });
    }

    private void pointReads(int clients) throws InterruptedException, ExecutionException {
        Key key = Key.of(root + "point");
        committed(store.write(Write.create(Key.of(root + "point" + clients), value)));
        store.write(new Write(key, value, Write.ANY, 0)).get();
        load("point reads, " + clients + " clients", clients, (client, round) -> {
            long start = System.nanoTime();
            if (store.range(KeyRange.single(key), 0, 0).items().isEmpty()) {
                throw new IllegalStateException("the key is missing");
            }
            return System.nanoTime() - start;
        });
    }

    private void lists(int keys) throws InterruptedException, ExecutionException {
        List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
        for (int i = 0; i < keys; i++) {
            writes.add(store.write(Write.create(Key.of(root + "list/" + i), value)));
        }
        for (CompletableFuture<WriteResult> write : writes) {
            committed(write);
        }
        load("lists of " + keys + " keys", 1, (client, round) -> {
            long start = System.nanoTime();
            if (store.range(KeyRange.prefix(Key.of(root + "list/")), 0, 0).items().size() != keys) {
                throw new IllegalStateException("the list is not complete");
            }
            return System.nanoTime() - start;
        });
    }

    private void watchLatency(String name, int writers) throws InterruptedException, ExecutionException {
        ConcurrentHashMap<Long, Long> seen = new ConcurrentHashMap<>();
        ConcurrentHashMap<Long, CountDownLatch> awaited = new ConcurrentHashMap<>();
        WatchObserver observer = new WatchObserver() {
            @Override
            public void onEvents(List<WatchEvent> events, long revision) {
                long now = System.nanoTime();
                for (WatchEvent event : events) {
                    seen.put(event.revision(), now);
                    awaited.computeIfAbsent(event.revision(), r -> new CountDownLatch(1)).countDown();
                }
            }

            @Override
            public void onEnd(StoreException reason) {
                throw new IllegalStateException(reason);
            }
        };
        String prefix = root + "watched/" + writers + "/";
        AutoCloseable watch = store.watch(KeyRange.prefix(Key.of(prefix)), 0, observer);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            long end = System.nanoTime() + step.toNanos();
            List<Future<?>> load = new ArrayList<>();
            for (int w = 0; w < writers; w++) {
                Key key = Key.of(root + "load/" + w);
                load.add(executor.submit(() -> {
                    while (System.nanoTime() < end) {
                        committed(store.write(new Write(key, value, Write.ANY, 0)));
                    }
                    return null;
                }));
            }
            load(name.isEmpty() ? null : "watch, acknowledgement to event, " + name, 1, (client, round) -> {
                long revision = committed(store.write(Write.create(Key.of(prefix + round), value)));
                long acknowledged = System.nanoTime();
                awaited.computeIfAbsent(revision, r -> new CountDownLatch(1)).await();
                return Math.max(0, seen.get(revision) - acknowledged);
            });
            for (Future<?> future : load) {
                future.get();
            }
        } finally {
            try {
                watch.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private void load(@Nullable String name, int clients, Client client) throws InterruptedException, ExecutionException {
        long start = System.nanoTime();
        long end = start + step.toNanos();
        Latencies all = new Latencies();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Latencies>> futures = new ArrayList<>();
            for (int c = 0; c < clients; c++) {
                int index = c;
                futures.add(executor.submit(() -> {
                    Latencies own = new Latencies();
                    for (int round = 0; System.nanoTime() < end; round++) {
                        own.add(client.call(index, round));
                    }
                    return own;
                }));
            }
            for (Future<Latencies> future : futures) {
                all.addAll(future.get());
            }
        }
        if (name != null) {
            double seconds = (System.nanoTime() - start) / 1e9;
            out.printf(Locale.ROOT, "%-60s %9.0f/s   p50 %7s ms   p99 %7s ms%n", name, all.count() / seconds, all.millis(0.5), all.millis(0.99));
        }
    }

    private static long committed(CompletableFuture<WriteResult> write) throws InterruptedException, ExecutionException {
        if (write.get() instanceof WriteResult.Committed(long revision)) {
            return revision;
        }
        throw new IllegalStateException("a write met a conflict");
    }
}
