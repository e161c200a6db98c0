package io.jakube.db;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An ordered key-value store with multi-version history, in etcd's terms.
 *
 * <p>Guarantees:
 * <ul>
 *   <li><b>Revisions</b> form one global sequence without gaps, in commit order, over all processes that share the database. An empty store is at revision 1.
 *   <li><b>Writes</b> are linearizable and durable before they are acknowledged; an acknowledged write is never lost.
 *   <li><b>Reads</b> at the latest revision see every write acknowledged before they began.
 *   <li><b>Transactions</b> are atomic and isolated: no reader and no watch sees a part of one.
 *   <li><b>Watches</b> deliver every change of the range from their start revision: in order, once, without gaps, with the previous value (see
 *       {@link WatchObserver}). They report progress for changes outside their range too.
 *   <li><b>Leases</b> end with all their keys at one revision, never before their time by the database's clock. After an outage of the database their holders get
 *       time to renew them.
 *   <li><b>Bad requests</b> write nothing, fail with {@link StoreException.InvalidRequest}, and leave others that are committed with them alone.
 * </ul>
 * Thread-safe. Calls fail with {@link StoreException.Unavailable} within the configured deadline when the database goes away,
 * at once when it has been away for some seconds, and heal by themselves.
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
     * Applies a transaction. It takes part in the order of writes, but is committed by itself: prefer {@link #write} where a single key is enough.
     *
     * @return completes after the commit is durable; exceptionally with a {@link StoreException}, {@link StoreException.InvalidRequest} where a key is written
     *     twice, there are too many operations, or a lease is unknown, and then nothing was written
     */
    CompletableFuture<TransactionResult> transact(Transaction transaction);

    /**
     * Reads a range: items, count and revision are of one instant.
     *
     * @throws StoreException.Compacted if the revision is gone
     * @throws StoreException.FutureRevision if it is yet to come
     */
    RangeResult range(RangeRequest request);

    /**
     * Reads a range in key order.
     *
     * @param revision 0 for the latest, else that of the past to read
     * @param limit most items to return, 0 for all
     */
    default RangeResult range(KeyRange range, long revision, int limit) {
        return range(RangeRequest.of(range).at(revision).limit(limit));
    }

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
     * Follows a range with filters. What is filtered out still counts as progress.
     *
     * @return as {@link #watch(KeyRange, long, WatchObserver)}
     */
    default AutoCloseable watch(WatchRequest request, WatchObserver observer) {
        return watch(request.range(), request.startRevision(), request.filter(observer));
    }

    /**
     * Grants a lease: keys attached to it are deleted when it expires.
     *
     * @param ttlSeconds seconds to live, at least 1
     * @param id wished id, 0 to have one chosen
     * @return the lease's id
     * @throws StoreException.InvalidRequest ({@code LEASE_EXISTS}) if the wished id is taken
     */
    long grantLease(long ttlSeconds, long id);

    /**
     * Ends a lease and deletes its keys, at one revision.
     *
     * @throws StoreException.InvalidRequest ({@code LEASE_NOT_FOUND}) if there is no such lease
     */
    void revokeLease(long id);

    /**
     * Lets a lease live for its full time again.
     *
     * @return its time to live in seconds
     * @throws StoreException.InvalidRequest ({@code LEASE_NOT_FOUND}) if there is no such lease, or it has expired
     */
    long keepLeaseAlive(long id);

    /** A lease, if it lives. */
    Optional<LeaseStatus> lease(long id);

    /** Ids of the live leases, ascending. */
    List<Long> leases();

    /**
     * What became of a key, newest first, as far as compaction has left it.
     *
     * @param limit most entries, 0 for all
     */
    List<HistoryEntry> history(Key key, int limit);

    /** The latest revision committed at or before an instant by the database's clock; 0 where the kept history begins later. */
    long revisionAt(Instant instant);

    /**
     * Removes history before a revision; the latest value of each live key stays. From the return of this call on, earlier revisions can neither be read nor
     * watched.
     *
     * @param wait whether to return only when the space is free; else it is freed by and by
     * @throws StoreException.Compacted if it already is
     * @throws StoreException.FutureRevision if it is yet to come
     */
    void compact(long revision, boolean wait);

    /** Removes history before a revision, and waits until it is gone. */
    default void compact(long revision) {
        compact(revision, true);
    }

    @Override
    void close();
}
