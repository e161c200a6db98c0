package io.jakube.db.postgres;

import static java.util.Objects.requireNonNull;

import io.jakube.db.HistoryEntry;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValueStore;
import io.jakube.db.LeaseStatus;
import io.jakube.db.RangeRequest;
import io.jakube.db.RangeResult;
import io.jakube.db.StoreAdministration;
import io.jakube.db.StoreException;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import io.jakube.db.WatchObserver;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The store on a PostgreSQL database whose schema is in place.
 *
 * <p>Threads of its own: one that commits writes, one that follows the log (from the first watch on), one for deadlines, leases and compaction. Connections:
 * one each for committing and following, and a few for reads that come and go. Nothing is asked of the database when it is opened.
 */
public final class PostgresKeyValueStore implements KeyValueStore {
    private final StoreConfig config;
    private final Outage outage = new Outage();
    private final ConnectionPool pool;
    private final ListThreads lists;
    private final Sessions sessions;
    private final WriteQueue queue;
    private final GroupCommitWriter writer;
    private final Feed feed;
    private final Epochs epochs;
    private final Leases leases;
    private final Compactor compactor;
    private final Housekeeping housekeeping;
    private final StoreAdministration administration;
    private final long deadlineNanos;
    private final AtomicBoolean closed = new AtomicBoolean();

    private PostgresKeyValueStore(StoreConfig config) {
        this.config = config;
        this.deadlineNanos = config.deadline().toNanos();
        Connector connector = new Connector(config);
        this.epochs = connector.epochs();
        this.pool = new ConnectionPool(connector, outage, config);
        this.lists = new ListThreads(config);
        this.sessions = new Sessions(pool);
        this.queue = new WriteQueue(config.limits());
        this.feed = config.sharedFeed() ? SharedFeeds.acquire(config, connector) : new Feed(connector);
        this.writer = new GroupCommitWriter(connector, outage, queue, feed.durable(), config);
        this.leases = new Leases(pool);
        this.compactor = new Compactor(pool);
        this.administration = new Administration(pool);
        this.housekeeping = new Housekeeping(config, pool, writer, leases, compactor);
    }

    /** Opens the store. Does not wait for the database: while that is away calls fail within their deadline. */
    public static PostgresKeyValueStore open(StoreConfig config) {
        PostgresKeyValueStore store = new PostgresKeyValueStore(requireNonNull(config, "config is null"));
        if (config.access() == StoreConfig.Access.READ_WRITE) {
            store.writer.start();
        }
        store.housekeeping.start();
        return store;
    }

    @Override
    public CompletableFuture<WriteResult> write(Write write) {
        requireNonNull(write, "write is null");
        CompletableFuture<WriteResult> result = new CompletableFuture<>();
        try {
            validate(write);
            requireDatabase();
            queue.put(new Pending.OfWrite(write, result, System.nanoTime() + deadlineNanos));
        } catch (StoreException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    @Override
    public CompletableFuture<TransactionResult> transact(Transaction transaction) {
        requireNonNull(transaction, "transaction is null");
        CompletableFuture<TransactionResult> result = new CompletableFuture<>();
        try {
            requireWritable();
            int bytes = TransactionRules.check(transaction, config.limits());
            requireDatabase();
            queue.put(new Pending.OfTransaction(transaction, result, System.nanoTime() + deadlineNanos, bytes));
        } catch (StoreException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    private void validate(Write write) {
        requireWritable();
        ValueRules.check(write.key(), write.value(), config.limits());
        if (write.expectedRevision() < Write.ANY) {
            throw new StoreException.InvalidRequest("expected revision " + write.expectedRevision() + " is negative");
        }
    }

    @Override
    public RangeResult range(RangeRequest request) {
        requireNonNull(request, "request is null");
        RangeResult read = lists.run(request, () -> pool.run(connection -> {
            RangeResult result = RangeReader.read(connection, request);
            feed.durable().await(connection, result.revision());
            return result;
        }));
        epochs.seen(read.revision());
        return read;
    }

    @Override
    public long currentRevision() {
        return pool.run(connection -> {
            long revision = LogReader.head(connection).revision();
            feed.durable().await(connection, revision);
            return revision;
        });
    }

    @Override
    public long compactRevision() {
        return pool.run(LogReader::head).compactRevision();
    }

    @Override
    public AutoCloseable watch(KeyRange range, long startRevision, WatchObserver observer) {
        requireNonNull(range, "range is null");
        requireNonNull(observer, "observer is null");
        if (startRevision < 0) {
            throw new StoreException.InvalidRequest("start revision " + startRevision + " is negative");
        }
        if (closed.get()) {
            throw new StoreException.Unavailable("the store is closed", false, null);
        }
        return feed.watch(pool, range, observer, startRevision == 0 ? currentRevision() : startRevision - 1);
    }

    @Override
    public long grantLease(long ttlSeconds, long id) {
        requireWritable();
        return leases.grant(ttlSeconds, id);
    }

    @Override
    public void revokeLease(long id) {
        requireWritable();
        leases.revoke(id);
    }

    @Override
    public long keepLeaseAlive(long id) {
        requireWritable();
        return leases.keepAlive(id);
    }

    @Override
    public Optional<LeaseStatus> lease(long id) {
        return leases.status(id);
    }

    @Override
    public List<Long> leases() {
        return leases.ids();
    }

    @Override
    public List<HistoryEntry> history(Key key, int limit) {
        requireNonNull(key, "key is null");
        List<HistoryEntry> history = sessions.run(session -> History.read(session, key, limit));
        if (!history.isEmpty()) {
            awaitDurable(history.getFirst().value().modRevision());
        }
        return history;
    }

    @Override
    public long revisionAt(Instant instant) {
        long revision = sessions.run(session -> History.revisionAt(session, instant));
        awaitDurable(revision);
        return revision;
    }

    private void awaitDurable(long revision) {
        if (revision > feed.durable().known()) {
            pool.run(connection -> {
                feed.durable().await(connection, revision);
                return revision;
            });
        }
    }

    @Override
    public void compact(long revision, boolean wait) {
        requireWritable();
        compactor.promise(revision);
        if (wait) {
            compactor.sweepAll();
        } else {
            housekeeping.sweepSoon();
        }
    }

    /** Refuses what could only wait in the queue, or finds out that the database is back. */
    private void requireDatabase() {
        if (outage.lasting()) {
            pool.run(LogReader::head);
        }
    }

    /** Questions about the database and the processes that serve it. */
    public StoreAdministration administration() {
        return administration;
    }

    private void requireWritable() {
        if (config.access() == StoreConfig.Access.READ_ONLY) {
            throw new StoreException.InvalidRequest(StoreException.Reason.READ_ONLY, "the store was opened for reading only");
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        writer.close();
        housekeeping.close();
        feed.removeAll(pool);
        if (config.sharedFeed()) {
            SharedFeeds.release(config);
        } else {
            feed.close();
        }
        lists.close();
        sessions.close();
        pool.close();
    }
}
