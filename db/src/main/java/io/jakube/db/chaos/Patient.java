package io.jakube.db.chaos;

import io.jakube.db.StoreException;
import java.util.function.Supplier;

/** Repeats reads until the database is back. */
final class Patient {
    private static final long PATIENCE_NANOS = 120_000_000_000L;

    private Patient() {}

    static <T> T retry(Supplier<T> read) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                return read.get();
            } catch (StoreException.Unavailable e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }
}
