package io.jakube.db;

import java.util.concurrent.CompletableFuture;

/**
 * An ordered key-value store with multi-version history, in etcd's terms.
 *
 * <p>Guarantees:
 * <ul>
 *   <li><b>Revisions</b> form one global sequence without gaps, in commit order, over all processes that share the database.
 *   <li><b>Writes</b> are linearizable and durable before they are acknowledged; an acknowledged write is never lost.
 *   <li><b>Reads</b> at the latest revision see every write acknowledged before they began.
 *   <li><b>Watches</b> deliver every change of the range from their start revision: in order, once, without gaps (see {@link WatchObserver}).
 * </ul>
 * Thread-safe. Calls fail with {@link StoreException.Unavailable} within the configured deadline while the database is away, and heal by themselves.
 */
public interface KeyValueStore extends AutoCloseable {
    /**
     * Writes one key if it is at the expected revision. Concurrent writes are committed together (group commit), so many calls in flight
     * cost little more than one. Writes of one caller to one key are applied in call order.
     *
     * @return completes after the commit is durable; exceptionally with a {@link StoreException}
     */
    CompletableFuture<WriteResult> write(Write write);

    /**
     * Reads a range.
     *
     * @param revision 0 for the latest, else that of the past to read
     * @param limit most items to return, 0 for all
     * @throws StoreException.Compacted if the revision is gone
     * @throws StoreException.FutureRevision if it is yet to come
     */
    RangeResult range(KeyRange range, long revision, int limit);

    /** The latest committed revision, asked of the database. */
    long currentRevision();

    /** Revisions below this one can no longer be read or watched from. */
    long compactRevision();

    /**
     * Follows a range.
     *
     * @param startRevision first revision to deliver, inclusive; 0 starts after the current one
     * @return a handle whose {@code close} ends the watch without a last call
     */
    AutoCloseable watch(KeyRange range, long startRevision, WatchObserver observer);

    /**
     * Grants a lease: keys attached to it are deleted when it expires.
     *
     * @param ttlSeconds seconds to live, at least 1
     * @param id wished id, 0 to have one chosen
     * @return the lease's id
     */
    long grantLease(long ttlSeconds, long id);

    /** Ends a lease and deletes its keys. */
    void revokeLease(long id);

    /**
     * Removes history before a revision; the latest value of each live key stays.
     *
     * @throws StoreException.Compacted if it already is
     * @throws StoreException.FutureRevision if it is yet to come
     */
    void compact(long revision);

    @Override
    void close();
}
