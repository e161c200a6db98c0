package io.jakube.apiserver.storage;

import io.jakube.db.HistoryEntry;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.LeaseStatus;
import io.jakube.db.RangeRequest;
import io.jakube.db.RangeResult;
import io.jakube.db.StoreException;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The whole store's semantics in memory: history, conditional writes, watches (delivered before the write returns), compaction; leases never end. */
public final class MemoryKeyValueStore implements KeyValueStore {
    private record Entry(long revision, KeyValue value, @Nullable KeyValue previous, boolean deleted) {}

    private record Watch(KeyRange range, WatchObserver observer) {}

    private final List<Entry> log = new ArrayList<>();
    private final TreeMap<Key, KeyValue> live = new TreeMap<>();
    private final List<Watch> watches = new CopyOnWriteArrayList<>();
    private long compacted;
    private volatile boolean paused;

    @Override
    public synchronized CompletableFuture<WriteResult> write(Write write) {
        KeyValue current = live.get(write.key());
        long at = current == null ? 0 : current.modRevision();
        if ((write.expectedRevision() != Write.ANY && write.expectedRevision() != at) || (write.value() == null && current == null)) {
            return CompletableFuture.completedFuture(new WriteResult.Conflict(at));
        }
        long revision = currentRevision() + 1;
        boolean deleted = write.value() == null;
        KeyValue now = new KeyValue(write.key(), deleted ? new byte[0] : write.value(), current == null ? revision : current.createRevision(), revision,
                current == null ? 1 : current.version() + 1, write.lease());
        if (deleted) {
            live.remove(write.key());
        } else {
            live.put(write.key(), now);
        }
        log.add(new Entry(revision, now, current, deleted));
        if (!paused) {
            deliver(log.getLast());
        }
        return CompletableFuture.completedFuture(new WriteResult.Committed(revision));
    }

    /** Holds back watches, as a slow feed would. */
    public synchronized void pause() {
        paused = true;
    }

    public synchronized void resume(long after) {
        paused = false;
        log.stream().filter(entry -> entry.revision() > after).forEach(this::deliver);
    }

    /** Ends all watches, as a compaction that overtook them would. */
    public synchronized void breakWatches(StoreException reason) {
        List<Watch> broken = List.copyOf(watches);
        watches.clear();
        broken.forEach(watch -> watch.observer().onEnd(reason));
    }

    private void deliver(Entry entry) {
        WatchEvent event = new WatchEvent(entry.deleted(), entry.value(), entry.previous());
        for (Watch watch : watches) {
            watch.observer().onEvents(watch.range().contains(entry.value().key()) ? List.of(event) : List.of(), entry.revision());
        }
    }

    @Override
    public synchronized RangeResult range(RangeRequest request) {
        KeyRange range = request.range();
        long revision = request.revision();
        int limit = request.limit();
        if (revision > currentRevision()) {
            throw new StoreException.FutureRevision(currentRevision());
        }
        if (revision > 0 && revision < compacted) {
            throw new StoreException.Compacted(compacted);
        }
        TreeMap<Key, KeyValue> state = revision == 0 ? live : at(revision);
        List<KeyValue> found = state.values().stream().filter(value -> range.contains(value.key())).toList();
        boolean more = limit > 0 && found.size() > limit;
        return new RangeResult(more ? found.subList(0, limit) : found, currentRevision(), found.size(), more);
    }

    private TreeMap<Key, KeyValue> at(long revision) {
        TreeMap<Key, KeyValue> state = new TreeMap<>();
        for (Entry entry : log) {
            if (entry.revision() > revision) {
                break;
            }
            if (entry.deleted()) {
                state.remove(entry.value().key());
            } else {
                state.put(entry.value().key(), entry.value());
            }
        }
        return state;
    }

    @Override
    public synchronized long currentRevision() {
        return log.size();
    }

    @Override
    public synchronized long compactRevision() {
        return compacted;
    }

    @Override
    public synchronized AutoCloseable watch(KeyRange range, long startRevision, WatchObserver observer) {
        Watch watch = new Watch(range, observer);
        if (startRevision > 0 && startRevision < compacted) {
            observer.onEnd(new StoreException.Compacted(compacted));
            return () -> {};
        }
        for (Entry entry : log) {
            if (entry.revision() >= startRevision && startRevision > 0 && range.contains(entry.value().key())) {
                observer.onEvents(List.of(new WatchEvent(entry.deleted(), entry.value(), entry.previous())), entry.revision());
            }
        }
        if (!paused) {
            observer.onEvents(List.of(), currentRevision());
        }
        watches.add(watch);
        return () -> watches.remove(watch);
    }

    @Override
    public long grantLease(long ttlSeconds, long id) {
        return id == 0 ? 1 : id;
    }

    @Override
    public void revokeLease(long id) {
        throw new UnsupportedOperationException("leases never end in this store");
    }

    @Override
    public CompletableFuture<TransactionResult> transact(Transaction transaction) {
        throw new UnsupportedOperationException("no transactions in this store");
    }

    @Override
    public long keepLeaseAlive(long id) {
        throw new UnsupportedOperationException("leases never end in this store");
    }

    @Override
    public Optional<LeaseStatus> lease(long id) {
        throw new UnsupportedOperationException("leases never end in this store");
    }

    @Override
    public List<Long> leases() {
        throw new UnsupportedOperationException("leases never end in this store");
    }

    @Override
    public List<HistoryEntry> history(Key key, int limit) {
        throw new UnsupportedOperationException("no clock in this store");
    }

    @Override
    public long revisionAt(Instant instant) {
        throw new UnsupportedOperationException("no clock in this store");
    }

    @Override
    public synchronized void compact(long revision, boolean wait) {
        compacted = revision;
    }

    @Override
    public void close() {}
}
