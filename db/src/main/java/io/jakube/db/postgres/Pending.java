package io.jakube.db.postgres;

import io.jakube.db.StoreException;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import java.util.concurrent.CompletableFuture;

/** A request that waits for its commit, with the caller's promise and the instant ({@code System.nanoTime}) until which the caller waits. */
sealed interface Pending {
    CompletableFuture<?> result();

    long endNanos();

    int bytes();

    default boolean expired(long now) {
        return now - endNanos() >= 0;
    }

    default void fail(StoreException reason) {
        result().completeExceptionally(reason);
    }

    /** A single write, committed together with others. */
    record OfWrite(Write write, CompletableFuture<WriteResult> result, long endNanos) implements Pending {
        @Override
        public int bytes() {
            byte[] value = write.value();
            return write.key().length() + (value == null ? 0 : value.length);
        }
    }

    /** A transaction, committed by itself. */
    record OfTransaction(Transaction transaction, CompletableFuture<TransactionResult> result, long endNanos, int bytes) implements Pending {}
}
