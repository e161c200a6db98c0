package io.jakube.db.postgres;

import io.jakube.db.Key;
import io.jakube.db.StoreException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Writes that wait for the database, in order of arrival, bounded by count and bytes. When it is full a caller waits for room until its deadline.
 * Many threads put, one takes.
 */
final class WriteQueue {
    private static final int MAX_BATCH_WRITES = 1_000;
    private static final long MAX_BATCH_BYTES = 4 << 20;
    /** How far a batch looks past writes to keys it already holds. */
    private static final int MAX_DEFERRED = 1_000;

    private final StoreConfig.Limits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
    private long bytes;
    private boolean closed;

    WriteQueue(StoreConfig.Limits limits) {
        this.limits = limits;
    }

    /** @throws StoreException.Unavailable where no room came free until the write's deadline, or the store is closed */
    void put(Pending write) {
        int size = write.bytes();
        lock.lock();
        try {
            while (!closed && (waiting.size() >= limits.queuedWrites() || (bytes + size > limits.queuedBytes() && !waiting.isEmpty()))) {
                long left = write.endNanos() - System.nanoTime();
                if (left <= 0 || room.awaitNanos(left) <= 0) {
                    throw new StoreException.Unavailable("the write queue is full (" + waiting.size() + " writes wait for the database)", false, null);
                }
            }
            if (closed) {
                throw new StoreException.Unavailable("the store is closed", false, null);
            }
            waiting.addLast(write);
            bytes += size;
            if (waiting.size() == 1) {
                arrived.signal();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StoreException.Unavailable("interrupted while waiting for room in the write queue", false, e);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes what is committed next: a transaction by itself, or writes in order of arrival, at most one per key, up to the next transaction; a second write to
     * a key stays, before later ones to it. Waits while there is none; null once the queue is closed and empty.
     */
    @Nullable Work take() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                arrived.awaitUninterruptibly();
            }
            if (waiting.isEmpty()) {
                return null;
            }
            Work work;
            if (waiting.getFirst() instanceof Pending.OfTransaction transaction) {
                waiting.removeFirst();
                bytes -= transaction.bytes();
                work = new TransactionWork(transaction);
            } else {
                work = new WriteBatch(takeWrites());
            }
            room.signalAll();
            return work;
        } finally {
            lock.unlock();
        }
    }

    private List<Pending.OfWrite> takeWrites() {
        List<Pending.OfWrite> batch = new ArrayList<>(Math.min(waiting.size(), MAX_BATCH_WRITES));
        Set<Key> keys = new HashSet<>();
        long batchBytes = 0;
        int deferred = 0;
        for (Iterator<Pending> i = waiting.iterator(); i.hasNext() && batch.size() < MAX_BATCH_WRITES && deferred < MAX_DEFERRED; ) {
            if (!(i.next() instanceof Pending.OfWrite next) || (batchBytes + next.bytes() > MAX_BATCH_BYTES && !batch.isEmpty())) {
                break;
            }
            if (!keys.add(next.write().key())) {
                deferred++;
                continue;
            }
            batch.add(next);
            batchBytes += next.bytes();
            i.remove();
        }
        bytes -= batchBytes;
        return batch;
    }

    /** Removes and returns the writes whose callers have given up. */
    List<Pending> takeExpired(long now) {
        lock.lock();
        try {
            if (waiting.isEmpty()) {
                return List.of();
            }
            List<Pending> expired = new ArrayList<>();
            for (Iterator<Pending> i = waiting.iterator(); i.hasNext(); ) {
                Pending next = i.next();
                if (!next.expired(now)) {
                    break;
                }
                expired.add(next);
                bytes -= next.bytes();
                i.remove();
            }
            if (!expired.isEmpty()) {
                room.signalAll();
            }
            return expired;
        } finally {
            lock.unlock();
        }
    }

    /** Accepts nothing more; what waits is still handed out. */
    void close() {
        lock.lock();
        try {
            closed = true;
            arrived.signalAll();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

}
