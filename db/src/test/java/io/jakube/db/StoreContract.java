package io.jakube.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every {@link KeyValueStore} guarantees, one test per guarantee, by subject in the classes that extend this one. Tests share a database, and so use keys
 * of their own.
 */
public abstract class StoreContract {
    private final Supplier<KeyValueStore> opener;
    private final List<KeyValueStore> opened = new ArrayList<>();
    private final String root = "/test/" + UUID.randomUUID() + "/";
    protected KeyValueStore store;

    /** @param opener opens another store over the one database of the class */
    protected StoreContract(Supplier<KeyValueStore> opener) {
        this.opener = opener;
    }

    @BeforeEach
    void openStore() {
        store = another();
    }

    @AfterEach
    void closeStores() {
        opened.forEach(KeyValueStore::close);
    }

    /** Opens another store, which is closed after the test. */
    protected final KeyValueStore another() {
        KeyValueStore another = open();
        opened.add(another);
        return another;
    }

    protected final KeyValueStore open() {
        return opener.get();
    }

    /** What the keys of this test begin with. */
    protected final String root() {
        return root;
    }

    protected final Key key(String name) {
        return Key.of(root() + name);
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    protected static String text(KeyValue item) {
        return new String(item.value(), StandardCharsets.UTF_8);
    }

    protected final long put(String name, String value) {
        return committed(store.write(new Write(key(name), bytes(value), Write.ANY, 0)));
    }

    protected final KeyValue get(String name) {
        return store.range(KeyRange.single(key(name)), 0, 0).items().getFirst();
    }

    protected List<String> texts(String prefix, long revision) {
        return store.range(KeyRange.prefix(key(prefix)), revision, 0).items().stream().map(StoreContract::text).toList();
    }

    protected static WriteResult join(CompletableFuture<WriteResult> write) {
        try {
            return write.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException reason ? reason : e;
        }
    }

    protected static long committed(CompletableFuture<WriteResult> write) {
        WriteResult result = join(write);
        assertThat(result).isInstanceOf(WriteResult.Committed.class);
        return ((WriteResult.Committed) result).revision();
    }

    protected static void assertRefused(CompletableFuture<WriteResult> write) {
        assertThatThrownBy(() -> join(write)).isInstanceOf(StoreException.InvalidRequest.class);
    }

    protected interface Step<T> {
        T run(int index);
    }

    protected static <T> List<T> inParallel(int threads, Step<T> step) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> futures = IntStream.range(0, threads).mapToObj(i -> executor.submit(() -> step.run(i))).toList();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(60, TimeUnit.SECONDS));
            }
            return results;
        }
    }
}
