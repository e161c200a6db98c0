package io.jakube.db.bench;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreException;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import java.util.List;
import java.util.function.LongConsumer;

/** The store called in this process. */
final class StoreTarget implements LoadTarget {
    private final KeyValueStore store;
    private final List<Long> servers;

    StoreTarget(KeyValueStore store, List<Long> servers) {
        this.store = store;
        this.servers = List.copyOf(servers);
    }

    KeyValueStore store() {
        return store;
    }

    @Override
    public String name() {
        return "store";
    }

    @Override
    public List<Long> servers() {
        return servers;
    }

    @Override
    public long write(Key key, byte[] value, long expectedRevision) {
        return committed(store.write(Write.update(key, value, expectedRevision)).join());
    }

    static long committed(WriteResult result) {
        if (result instanceof WriteResult.Committed(long revision)) {
            return revision;
        }
        throw new IllegalStateException("a write met a conflict: " + result);
    }

    @Override
    public int get(Key key) {
        return store.range(KeyRange.single(key), 0, 0).items().getFirst().value().length;
    }

    @Override
    public int list(Key prefix) {
        return store.range(KeyRange.prefix(prefix), 0, 0).items().size();
    }

    @Override
    public AutoCloseable watch(Key prefix, LongConsumer revisions) {
        return store.watch(KeyRange.prefix(prefix), 0, new WatchObserver() {
            @Override
            public void onEvents(List<WatchEvent> events, long revision) {
                events.forEach(event -> revisions.accept(event.revision()));
            }

            @Override
            public void onEnd(StoreException reason) {
                throw new IllegalStateException("the watch ended", reason);
            }
        });
    }

    @Override
    public void close() {
        store.close();
    }
}
