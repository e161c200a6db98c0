package io.jakube.apiserver.streaming.wire;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Bytes on their way from producers to one consumer, bounded: {@link #put} waits for room, {@link #add} does not, so its
 * caller asks for {@link #room} first. Chunks are handed over, not copied. Thread-safe.
 */
public final class BytePipe {
    private final int capacity;
    private final Runnable onTaken;
    private final Queue<byte[]> chunks = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int queued;
    private boolean ended;
    private boolean abandoned;
    private @Nullable IOException failure;

    /** @param capacity in bytes; the last chunk may exceed it */
    public BytePipe(int capacity) {
        this(capacity, () -> { });
    }

    /** @param onTaken called by the consumer, outside the lock, when it has taken a chunk */
    public BytePipe(int capacity, Runnable onTaken) {
        this.capacity = capacity;
        this.onTaken = onTaken;
    }

    public boolean room() {
        lock.lock();
        try {
            return queued < capacity;
        } finally {
            lock.unlock();
        }
    }

    /** Adds a chunk without waiting; after the end nothing is taken. */
    public void add(byte[] chunk) {
        lock.lock();
        try {
            if (chunk.length > 0 && !ended) {
                chunks.add(chunk);
                queued += chunk.length;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Adds a chunk when there is room; after the end nothing is taken. @return false once the consumer has gone */
    public boolean put(byte[] chunk) throws InterruptedException {
        lock.lock();
        try {
            while (queued >= capacity && !abandoned) {
                changed.await();
            }
            add(chunk);
            return !abandoned;
        } finally {
            lock.unlock();
        }
    }

    /** No more will come; what is queued is still delivered. @param reason null for an orderly end */
    public void end(@Nullable IOException reason) {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                failure = reason;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** The consumer takes no more: queued chunks are dropped and waiting producers go on. */
    public void abandon() {
        lock.lock();
        try {
            abandoned = true;
            ended = true;
            chunks.clear();
            queued = 0;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next chunk. @return null at the end */
    public byte @Nullable [] take() throws IOException {
        byte[] chunk;
        lock.lock();
        try {
            while (chunks.isEmpty() && !ended) {
                changed.await();
            }
            chunk = chunks.poll();
            if (chunk == null) {
                if (failure != null) {
                    throw new IOException(failure.getMessage(), failure);
                }
                return null;
            }
            queued -= chunk.length;
            changed.signalAll();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            lock.unlock();
        }
        onTaken.run();
        return chunk;
    }

    /** The consumer's side as a stream. */
    public InputStream asStream() {
        return new InputStream() {
            private byte[] current = new byte[0];
            private int position;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                if (position == current.length) {
                    byte[] next = take();
                    if (next == null) {
                        return -1;
                    }
                    current = next;
                    position = 0;
                }
                int count = Math.min(length, current.length - position);
                System.arraycopy(current, position, target, offset, count);
                position += count;
                return count;
            }

            @Override
            public int available() {
                return current.length - position;
            }
        };
    }
}
