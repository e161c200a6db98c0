package io.jakube.db.etcd.v3;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.ByteString;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.RangeRequest;
import io.jakube.db.RangeRequest.SortBy;
import io.jakube.db.RangeResult;
import io.jakube.db.StoreException;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Queues of keys below a name, in the order they were created: the first one has the lock, or leads. It is etcd's own recipe
 * ({@code client/v3/concurrency}), so callers of these services and clients that use the recipe themselves can share a queue.
 */
final class Waiting {
    private final KeyValueStore store;

    Waiting(KeyValueStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    /**
     * A place in a queue.
     *
     * @param key its key
     * @param created when it was taken
     */
    record Place(Key key, long created) {}

    /** Takes a place, or finds the one this lease has. */
    Place take(ByteString name, long lease, ByteString value) {
        Key key = KeySpace.key(name.concat(ByteString.copyFromUtf8("/" + Long.toHexString(lease))));
        KeyRange single = KeyRange.single(key);
        TransactionResult result = store.transact(new Transaction(
                        List.of(new Transaction.NumberIs(single, Transaction.Number.CREATE_REVISION, Transaction.Relation.EQUAL, 0)),
                        List.of(new Transaction.Put(key, value.toByteArray(), lease)),
                        List.of(new Transaction.Get(RangeRequest.of(single)))))
                .join();
        if (result.succeeded()) {
            return new Place(key, result.revision());
        }
        return new Place(key, ((TransactionResult.GetDone) result.results().getFirst()).range().items().getFirst().createRevision());
    }

    static KeyRange queue(ByteString name) {
        return KeyRange.prefix(KeySpace.key(name.concat(ByteString.copyFromUtf8("/"))));
    }

    /** Returns when nobody is before the place; fails where the place itself is gone meanwhile, and gives it up when interrupted. @return the revision at which that was seen */
    long await(ByteString name, Place place) {
        while (true) {
            RangeResult before = store.range(RangeRequest.of(queue(name)).createdWithin(0, place.created() - 1).descending(SortBy.CREATE_REVISION).limit(1));
            if (before.items().isEmpty()) {
                if (store.range(KeyRange.single(place.key()), 0, 0).items().isEmpty()) {
                    throw EtcdError.LEASE_NOT_FOUND.exception();
                }
                return before.revision();
            }
            try {
                awaitDeletion(before.items().getFirst().key(), before.revision() + 1);
            } catch (InterruptedException e) {
                leave(place);
                throw EtcdError.STOPPED.exception();
            }
        }
    }

    private void leave(Place place) {
        Transaction.Condition mine = new Transaction.NumberIs(KeyRange.single(place.key()), Transaction.Number.CREATE_REVISION, Transaction.Relation.EQUAL, place.created());
        store.transact(new Transaction(List.of(mine), List.of(new Transaction.Delete(KeyRange.single(place.key()))), List.of())).join();
    }

    private void awaitDeletion(Key key, long from) throws InterruptedException {
        CompletableFuture<Void> gone = new CompletableFuture<>();
        AutoCloseable watch = store.watch(KeyRange.single(key), from, new WatchObserver() {
            @Override
            public void onEvents(List<WatchEvent> events, long revision) {
                if (events.stream().anyMatch(WatchEvent::deleted)) {
                    gone.complete(null);
                }
            }

            @Override
            public void onEnd(StoreException reason) {
                gone.complete(null);
            }
        });
        try {
            gone.get();
        } catch (java.util.concurrent.ExecutionException e) {
            throw EtcdError.translate(e.getCause());
        } finally {
            closeQuietly(watch);
        }
    }

    static void closeQuietly(AutoCloseable watch) {
        try {
            watch.close();
        } catch (Exception e) {
            throw new IllegalStateException("a watch could not be closed", e);
        }
    }

    /** Who is first: the oldest key below a name. */
    java.util.Optional<KeyValue> first(ByteString name) {
        return store.range(RangeRequest.of(queue(name)).ascending(SortBy.CREATE_REVISION).limit(1)).items().stream().findFirst();
    }
}
