package io.jakube.db.bench;

import io.jakube.db.Key;
import java.util.List;
import java.util.function.LongConsumer;

/** A store as a benchmark's clients see it. Calls block and fail with an unchecked exception; thread-safe. */
interface LoadTarget extends AutoCloseable {
    String name();

    /** Processes that serve its calls, besides this one. */
    List<Long> servers();

    /**
     * Writes a key that must be at a revision, in one round trip.
     *
     * @param expectedRevision mod revision, 0 where the key must not exist
     * @return the new revision
     * @throws IllegalStateException where the key is at another revision
     */
    long write(Key key, byte[] value, long expectedRevision);

    /** Reads a key at the latest revision. @return bytes of its value */
    int get(Key key);

    /** Reads all keys of a prefix at the latest revision, with their values. @return how many there are */
    int list(Key prefix);

    /** Follows a prefix from now on. @param revisions told each event's revision, in order */
    AutoCloseable watch(Key prefix, LongConsumer revisions);

    @Override
    void close();
}
