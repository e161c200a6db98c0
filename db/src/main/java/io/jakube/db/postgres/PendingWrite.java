package io.jakube.db.postgres;

import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import java.util.concurrent.CompletableFuture;

/** A write on its way: the request, the caller's promise and the instant ({@code System.nanoTime}) until which the caller waits. */
record PendingWrite(Write write, CompletableFuture<WriteResult> result, long endNanos) {
    int bytes() {
        byte[] value = write.value();
        return write.key().length() + (value == null ? 0 : value.length);
    }

    boolean expired(long now) {
        return now - endNanos >= 0;
    }
}
