package io.jakube.db.etcd.v2;

import java.util.concurrent.ThreadLocalRandom;

/** Leases that carry the time to live of nodes. Their ids are in a stretch of their own, by which version 3 leaves them out of its lists. */
public final class V2Leases {
    private static final long FIRST = 0x7e76_3200_0000_0000L;
    private static final long COUNT = 1L << 40;

    private V2Leases() {}

    static long id() {
        return FIRST + ThreadLocalRandom.current().nextLong(COUNT);
    }

    public static boolean owns(long id) {
        return id >= FIRST && id < FIRST + COUNT;
    }
}
