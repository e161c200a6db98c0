package io.jakube.apiserver.watchcache;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the store for its current revision on behalf of many readers at once: readers that come while a question is under way share the
 * next one, so each gets an answer to a question asked after it came. Thread-safe.
 */
final class FreshnessGate {
    private final LongSupplier question;
    private boolean asking;
    private @Nullable CompletableFuture<Long> next;

    FreshnessGate(LongSupplier question) {
        this.question = question;
    }

    /** The store's revision at some instant after this call began. */
    long currentRevision() {
        CompletableFuture<Long> mine;
        boolean ask;
        synchronized (this) {
            if (next == null) {
                next = new CompletableFuture<>();
            }
            mine = next;
            ask = !asking;
            asking = true;
        }
        if (ask) {
            answerWaiting();
        }
        try {
            return mine.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Answers those who wait; whoever came meanwhile is answered on another thread, so no reader works for others for ever. */
    private void answerWaiting() {
        CompletableFuture<Long> waiting;
        synchronized (this) {
            waiting = next;
            next = null;
            if (waiting == null) {
                asking = false;
                return;
            }
        }
        try {
            waiting.complete(question.getAsLong());
        } catch (RuntimeException e) {
            waiting.completeExceptionally(e);
        }
        synchronized (this) {
            if (next == null) {
                asking = false;
                return;
            }
        }
        Thread.startVirtualThread(this::answerWaiting);
    }
}
