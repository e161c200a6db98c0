package io.jakube.db.chaos;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.RangeResult;
import io.jakube.db.StoreException;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** One client: one operation after another on keys that all clients share, each written down before it begins and after it ended. One thread. */
final class ChaosClient {
    private static final int PAUSE_MILLIS = 24;
    private static final int MAX_PADDING = 2_000;

    private final KeyValueStore store;
    private final Journal journal;
    private final String name;
    private final Random random;
    private final Map<String, Long> known = new HashMap<>();
    private int count;

    ChaosClient(KeyValueStore store, Journal journal, String name, Random random) {
        this.store = store;
        this.journal = journal;
        this.name = name;
        this.random = random;
    }

    void run(AtomicBoolean running) {
        while (running.get()) {
            String key = ChaosWorker.PREFIX + "k%02d".formatted(random.nextInt(ChaosWorker.KEYS));
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> write(key, false, known.getOrDefault(key, 0L));
                case 4 -> write(key, false, Write.ANY);
                case 5 -> write(key, true, known.getOrDefault(key, 0L));
                case 6 -> transact(key, ChaosWorker.PREFIX + "t%02d".formatted(random.nextInt(ChaosWorker.KEYS)));
                case 7 -> readAll();
                default -> read(key);
            }
            pause(random.nextInt(PAUSE_MILLIS));
        }
    }

    /** Writes one key of its own again and again, so that others see that the process gets through. */
    void beat(String key, AtomicBoolean running) {
        while (running.get()) {
            write(key, false, Write.ANY);
            pause(PAUSE_MILLIS);
        }
    }

    static void pause(int millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(String key, boolean delete, long expected) {
        String operation = next();
        journal.line("i", operation, System.nanoTime(), delete ? "delete" : "put", key, expected);
        settle(operation, () -> store.write(new Write(Key.of(key), delete ? null : value(operation), expected, 0)), result -> switch (result) {
            case WriteResult.Committed(long revision) -> {
                known.put(key, delete ? 0 : revision);
                yield "ok\t" + revision;
            }
            case WriteResult.Conflict(long current) -> {
                known.put(key, current);
                yield "conflict\t" + current;
            }
        });
    }

    private void transact(String key, String other) {
        String operation = next();
        long expected = known.getOrDefault(key, 0L);
        byte[] value = value(operation);
        Transaction transaction = new Transaction(
                List.of(new Transaction.NumberIs(KeyRange.single(Key.of(key)), Transaction.Number.MOD_REVISION, Transaction.Relation.EQUAL, expected)),
                List.of(new Transaction.Put(Key.of(key), value, 0), new Transaction.Put(Key.of(other), value, 0)),
                List.of(new Transaction.Get(KeyRange.single(Key.of(key)), 0, 0)));
        journal.line("i", operation, System.nanoTime(), "transaction", key, expected, other);
        settle(operation, () -> store.transact(transaction), result -> {
            if (result.succeeded()) {
                known.put(key, result.revision());
                return "ok\t" + result.revision();
            }
            List<KeyValue> found = ((TransactionResult.GetDone) result.results().getFirst()).range().items();
            known.put(key, found.isEmpty() ? 0 : found.getFirst().modRevision());
            return "conflict\t" + known.get(key);
        });
    }

    private void read(String key) {
        String operation = next();
        journal.line("i", operation, System.nanoTime(), "read", key, key + "!");
        settle(operation, () -> CompletableFuture.completedFuture(store.range(KeyRange.single(Key.of(key)), 0, 0)), found -> {
            known.put(key, found.items().isEmpty() ? 0 : found.items().getFirst().modRevision());
            return "read\t" + text(found);
        });
    }

    private void readAll() {
        String operation = next();
        String from = ChaosWorker.PREFIX + "k";
        String to = ChaosWorker.PREFIX + "u";
        journal.line("i", operation, System.nanoTime(), "read", from, to);
        settle(operation, () -> CompletableFuture.completedFuture(store.range(new KeyRange(Key.of(from), Key.of(to)), 0, 0)), found -> {
            found.items().forEach(item -> known.put(item.key().toString(), item.modRevision()));
            return "read\t" + text(found);
        });
    }

    private static String text(RangeResult found) {
        return found.revision() + "\t"
                + found.items().stream().map(item -> item.key() + "@" + item.modRevision() + "=" + JournaledWatch.id(item.value())).collect(Collectors.joining(" "));
    }

    private <T> void settle(String operation, Supplier<CompletableFuture<T>> call, Function<T, String> outcome) {
        String text;
        try {
            text = outcome.apply(call.get().join());
        } catch (StoreException | CompletionException e) {
            text = switch (e instanceof CompletionException && e.getCause() != null ? e.getCause() : e) {
                case StoreException.Unavailable unavailable -> unavailable.outcomeUnknown() ? "unknown" : "failed";
                case StoreException.LostWrites lost -> "lost\t" + lost.getMessage();
                case Throwable other -> "error\t" + other;
            };
        }
        journal.line("r", operation, System.nanoTime(), text);
    }

    private String next() {
        return name + "." + ++count;
    }

    private byte[] value(String operation) {
        byte[] id = (operation + " ").getBytes(StandardCharsets.UTF_8);
        byte[] value = Arrays.copyOf(id, id.length + random.nextInt(MAX_PADDING));
        Arrays.fill(value, id.length, value.length, (byte) 'x');
        return value;
    }
}
