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
    private final ArrayDeque<PendingWrite> waiting = new ArrayDeque<>();
    private long bytes;
    private boolean closed;

    WriteQueue(StoreConfig.Limits limits) {
        this.limits = limits;
    }

    /** @throws StoreException.Unavailable where no room came free until the write's deadline, or the store is closed */
    void put(PendingWrite write) {
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
     * Takes the next batch: writes in order of arrival, at most one per key; a second write to a key stays, before later ones to it.
     * Waits while there is none. Empty once the queue is closed and empty.
     */
    List<PendingWrite> take() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                arrived.awaitUninterruptibly();
            }
            List<PendingWrite> batch = new ArrayList<>(Math.min(waiting.size(), MAX_BATCH_WRITES));
            Set<Key> keys = new HashSet<>();
            long batchBytes = 0;
            int deferred = 0;
            for (Iterator<PendingWrite> i = waiting.iterator(); i.hasNext() && batch.size() < MAX_BATCH_WRITES && deferred < MAX_DEFERRED; ) {
                PendingWrite next = i.next();
                if (!keys.add(next.write().key())) {
                    deferred++;
                    continue;
                }
                if (batchBytes + next.bytes() > MAX_BATCH_BYTES && !batch.isEmpty()) {
                    break;
                }
                batch.add(next);
                batchBytes += next.bytes();
                i.remove();
            }
            bytes -= batchBytes;
            room.signalAll();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /** Removes and returns the writes whose callers have given up. */
    List<PendingWrite> takeExpired(long now) {
        lock.lock();
        try {
            if (waiting.isEmpty()) {
                return List.of();
            }
            List<PendingWrite> expired = new ArrayList<>();
            for (Iterator<PendingWrite> i = waiting.iterator(); i.hasNext(); ) {
                PendingWrite next = i.next();
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
