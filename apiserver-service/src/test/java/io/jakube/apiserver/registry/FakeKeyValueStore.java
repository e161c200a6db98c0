package io.jakube.apiserver.registry;

import io.jakube.db.HistoryEntry;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.LeaseStatus;
import io.jakube.db.RangeRequest;
import io.jakube.db.RangeResult;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import io.jakube.db.WatchObserver;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Latest values in memory: no history, no watches. */
public final class FakeKeyValueStore implements KeyValueStore {
    private final TreeMap<Key, KeyValue> entries = new TreeMap<>();
    private long revision;

    @Override
    public synchronized CompletableFuture<WriteResult> write(Write write) {
        KeyValue current = entries.get(write.key());
        long at = current == null ? 0 : current.modRevision();
        if (write.expectedRevision() != Write.ANY && write.expectedRevision() != at) {
            return CompletableFuture.completedFuture(new WriteResult.Conflict(at));
        }
        revision++;
        if (write.value() == null) {
            entries.remove(write.key());
        } else {
            entries.put(write.key(), new KeyValue(write.key(), write.value(), revision, revision, 1, 0));
        }
        return CompletableFuture.completedFuture(new WriteResult.Committed(revision));
    }

    @Override
    public synchronized RangeResult range(RangeRequest request) {
        KeyRange range = request.range();
        List<KeyValue> found = entries.values().stream().filter(entry -> range.contains(entry.key())).toList();
        return new RangeResult(found, revision, found.size(), false);
    }

    @Override
    public synchronized long currentRevision() {
        return revision;
    }

    @Override
    public long compactRevision() {
        return 0;
    }

    @Override
    public AutoCloseable watch(KeyRange range, long startRevision, WatchObserver observer) {
        throw new UnsupportedOperationException("no watches in this fake");
    }

    @Override
    public long grantLease(long ttlSeconds, long id) {
        throw new UnsupportedOperationException("no leases in this fake");
    }

    @Override
    public void revokeLease(long id) {
        throw new UnsupportedOperationException("no leases in this fake");
    }

    @Override
    public CompletableFuture<TransactionResult> transact(Transaction transaction) {
        throw new UnsupportedOperationException("no transactions in this fake");
    }

    @Override
    public long keepLeaseAlive(long id) {
        throw new UnsupportedOperationException("no leases in this fake");
    }

    @Override
    public Optional<LeaseStatus> lease(long id) {
        throw new UnsupportedOperationException("no leases in this fake");
    }

    @Override
    public List<Long> leases() {
        throw new UnsupportedOperationException("no leases in this fake");
    }

    @Override
    public List<HistoryEntry> history(Key key, int limit) {
        throw new UnsupportedOperationException("no history in this fake");
    }

    @Override
    public long revisionAt(Instant instant) {
        throw new UnsupportedOperationException("no history in this fake");
    }

    @Override
    public void compact(long upTo, boolean wait) {
        throw new UnsupportedOperationException("no history in this fake");
    }

    @Override
    public void close() {}
}
