package io.jakube.db.bench;

import io.jakube.db.Key;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Closed-loop loads: each client makes its next call when the last was answered. Every write must commit, every read be complete and every event come, or the
 * load fails.
 */
final class Loads {
    private static final int KEYS_PER_CLIENT = 100;
    private static final Random RANDOM = new Random(7);
    /** Loads of one run never share keys. */
    private static final AtomicLong NUMBER = new AtomicLong(System.nanoTime());

    private final Duration step;

    /** @param step how long each load runs */
    Loads(Duration step) {
        this.step = step;
    }

    private interface Client {
        /** Makes one call. @return its duration in nanoseconds */
        long call(int client, int round) throws InterruptedException;
    }

    static byte[] value(int bytes) {
        byte[] value = new byte[bytes];
        RANDOM.nextBytes(value);
        return value;
    }

    static String fresh(String kind) {
        return "/bench/" + kind + "/" + NUMBER.incrementAndGet() + "/";
    }

    /** Compare-and-swap writes, each client over keys of its own. */
    Figures writes(LoadTarget target, int clients, int bytes) {
        long[][] revisions = new long[clients][KEYS_PER_CLIENT];
        String prefix = fresh("cas");
        byte[] value = value(bytes);
        return run(clients, (client, round) -> {
            int slot = round % KEYS_PER_CLIENT;
            Key key = Key.of(prefix + client + "/" + slot);
            long start = System.nanoTime();
            revisions[client][slot] = target.write(key, value, revisions[client][slot]);
            return System.nanoTime() - start;
        });
    }

    /** Reads of single keys, while others write other keys. */
    Figures pointReads(LoadTarget target, int clients, int writers, int bytes) {
        String prefix = fresh("point");
        byte[] value = value(bytes);
        for (int i = 0; i < KEYS_PER_CLIENT; i++) {
            target.write(Key.of(prefix + i), value, 0);
        }
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> load = executor.submit(() -> {
                if (writers > 0) {
                    writes(target, writers, bytes);
                }
            });
            Figures figures = run(clients, (client, round) -> {
                Key key = Key.of(prefix + (client + round) % KEYS_PER_CLIENT);
                long start = System.nanoTime();
                if (target.get(key) != bytes) {
                    throw new IllegalStateException("the value is not what was written");
                }
                return System.nanoTime() - start;
            });
            join(load);
            return figures;
        }
    }

    /** Writes keys under a new prefix. @return the prefix */
    static Key fill(LoadTarget target, int keys, int bytes) {
        String prefix = fresh("list");
        byte[] value = value(bytes);
        AtomicLong next = new AtomicLong();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> writers = new ArrayList<>();
            for (int w = 0; w < 128; w++) {
                writers.add(executor.submit(() -> {
                    for (long i = next.getAndIncrement(); i < keys; i = next.getAndIncrement()) {
                        target.write(Key.of(prefix + i), value, 0);
                    }
                }));
            }
            writers.forEach(Loads::join);
        }
        return Key.of(prefix);
    }

    /** One client that lists a prefix of so many keys. */
    Figures lists(LoadTarget target, Key prefix, int keys) {
        return run(1, (client, round) -> {
            long start = System.nanoTime();
            int found = target.list(prefix);
            if (found != keys) {
                throw new IllegalStateException("the list has " + found + " keys and not " + keys);
            }
            return System.nanoTime() - start;
        });
    }

    /** The time from a write's acknowledgement to its event, none where the event came first, while others write other keys. */
    Figures watchLatency(LoadTarget target, int writers, int bytes) throws Exception {
        ConcurrentHashMap<Long, Long> seen = new ConcurrentHashMap<>();
        ConcurrentHashMap<Long, CountDownLatch> awaited = new ConcurrentHashMap<>();
        String prefix = fresh("watched");
        byte[] value = value(bytes);
        try (AutoCloseable watch = target.watch(Key.of(prefix), revision -> {
                    seen.put(revision, System.nanoTime());
                    awaited.computeIfAbsent(revision, r -> new CountDownLatch(1)).countDown();
                });
                ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> load = executor.submit(() -> {
                if (writers > 0) {
                    writes(target, writers, bytes);
                }
            });
            Figures figures = run(1, (client, round) -> {
                long revision = target.write(Key.of(prefix + round), value, 0);
                long acknowledged = System.nanoTime();
                awaited.computeIfAbsent(revision, r -> new CountDownLatch(1)).await();
                return Math.max(0, seen.get(revision) - acknowledged);
            });
            join(load);
            return figures;
        }
    }

    /** Any call, made by so many clients. */
    Figures calls(int clients, Runnable call) {
        return run(clients, (client, round) -> {
            long start = System.nanoTime();
            call.run();
            return System.nanoTime() - start;
        });
    }

    private Figures run(int clients, Client client) {
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
            futures.forEach(future -> all.addAll(join(future)));
        }
        return Figures.of(all, (System.nanoTime() - start) / 1e9);
    }

    static <T> T join(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the load failed: " + e.getCause(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
