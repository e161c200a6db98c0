package io.jakube.db.postgres;

import java.util.concurrent.ThreadLocalRandom;

/** Growing pauses between attempts, short enough to notice a returned database at once. Not thread-safe. */
final class Backoff {
    private static final long FIRST_MILLIS = 20;
    private static final long MAX_MILLIS = 300;

    private long millis = FIRST_MILLIS;

    boolean isFirst() {
        return millis == FIRST_MILLIS;
    }

    void reset() {
        millis = FIRST_MILLIS;
    }

    /** Pauses. Returns false, at once, where the thread is interrupted. */
    boolean pause() {
        return pause(System.nanoTime() + Long.MAX_VALUE / 4);
    }

    /** Pauses. Returns false, at once, where the end would pass or the thread is interrupted. */
    boolean pause(long endNanos) {
        long jittered = millis / 2 + ThreadLocalRandom.current().nextLong(millis);
        if (System.nanoTime() + jittered * 1_000_000 - endNanos >= 0) {
            return false;
        }
        millis = Math.min(MAX_MILLIS, millis * 2);
        return sleep(jittered);
    }


    private static boolean sleep(long jittered) {
        try {
            Thread.sleep(jittered);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
