package io.jakube.db.postgres;

import io.jakube.db.KeyRange;
import io.jakube.db.RangeRequest;
import io.jakube.db.StoreException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Reads lists on platform threads, as many as there may be connections. A virtual thread is parked and woken for every few kilobytes that arrive at its socket,
 * which made a list of ten thousand keys take two to three times as long. Thread-safe; threads that are not needed end.
 */
final class ListThreads implements AutoCloseable {
    /** Reads of fewer items stay on their caller's thread. */
    private static final int FEW = 100;
    private static final long IDLE_SECONDS = 10;

    private final ThreadPoolExecutor threads;
    private final Duration deadline;

    ListThreads(StoreConfig config) {
        this.deadline = config.deadline();
        this.threads = new ThreadPoolExecutor(
                config.maxConnections(), config.maxConnections(), IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                Thread.ofPlatform().daemon().name("jakube-store-list-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** Runs a read, which is over within the deadline, where it belongs. */
    <T> T run(RangeRequest request, Supplier<T> read) {
        boolean few = (request.limit() > 0 && request.limit() <= FEW) || request.content() == RangeRequest.Content.COUNT
                || request.range().equals(KeyRange.single(request.range().from()));
        if (few || !Thread.currentThread().isVirtual()) {
            return read.get();
        }
        Future<T> result;
        try {
            result = threads.submit(read::get);
        } catch (RejectedExecutionException e) {
            throw new StoreException.Unavailable("the store is closed", false, e);
        }
        try {
            return result.get(2 * deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (TimeoutException e) {
            result.cancel(true);
            throw new StoreException.Unavailable("too many lists wait for the database", false, e);
        } catch (InterruptedException e) {
            result.cancel(true);
            Thread.currentThread().interrupt();
            throw new StoreException.Unavailable("interrupted while reading a list", false, e);
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
