package io.jakube.db.postgres;

import io.jakube.db.StoreException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits queued writes in batches: one call of {@code kv_commit}, one flush and one notification for all that arrived while the previous
 * batch was under way.
 *
 * <p>Each batch carries this writer's id and a sequence number. When a connection breaks, the same pair is sent again over a new one; the database applies
 * it once and answers the same. A caller whose deadline passes, or who waits while an {@link Outage} lasts, is told so; a batch nobody waits for any more is not
 * sent again, so that nothing is written long after its caller gave up.
 *
 * <p>One thread commits; {@link #expire} is called by another.
 */
final class GroupCommitWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitWriter.class);
    /** A writer that was idle this long takes a new id, since the database forgets unused ones after a day. */
    private static final long ID_LIFETIME_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Connector connector;
    private final Outage outage;
    private final WriteQueue queue;
    private final DurableRevision durable;
    private final long deadlineNanos;
    private final Thread thread;
    private volatile List<? extends Pending> inFlight = List.of();
    private volatile boolean sent;
    private volatile boolean stopping;
    private @Nullable Connection connection;
    private long writerId;
    private long sequence;
    private long lastUse;

    GroupCommitWriter(Connector connector, Outage outage, WriteQueue queue, DurableRevision durable, StoreConfig config) {
        this.connector = connector;
        this.outage = outage;
        this.queue = queue;
        this.durable = durable;
        this.deadlineNanos = config.deadline().toNanos();
        this.thread = Thread.ofPlatform().daemon().name("jakube-store-writer").unstarted(this::run);
        newIdentity();
    }

    void start() {
        thread.start();
    }

    private void newIdentity() {
        writerId = ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
        sequence = 0;
        lastUse = System.nanoTime();
    }

    private void run() {
        try {
            for (Work work = queue.take(); work != null; work = queue.take()) {
                commit(work);
            }
        } finally {
            disconnect();
        }
    }

    private void commit(Work work) {
        inFlight = work.callers();
        sent = false;
        for (Backoff backoff = new Backoff(); ; ) {
            try {
                Connection open = connect();
                if (!sent) {
                    // Before the clock is read: a caller is told "not sent" only for work that is then dropped.
                    sent = true;
                    long now = System.nanoTime();
                    work.dropExpired(now);
                    if (work.callers().isEmpty()) {
                        break;
                    }
                    if (now - lastUse > ID_LIFETIME_NANOS) {
                        newIdentity();
                    }
                }
                work.commit(open, writerId, sequence + 1);
                sequence++;
                lastUse = System.nanoTime();
                durable.reached(work.revision());
                outage.over();
                // On a thread of its own, so that what callers chain to their result never delays or blocks the writer.
                Thread.startVirtualThread(work::answer);
                break;
            } catch (SQLException e) {
                if (SqlErrors.connectionLost(e)) {
                    disconnect();
                    outage.failed();
                }
                if (settled(work, e)) {
                    break;
                }
                if (backoff.isFirst()) {
                    LOG.warn("Repeating {}: {}", work.describe(), e.getMessage());
                }
                // What was never sent may be given up; what was sent has to be settled while somebody waits for it.
                boolean over = sent ? allTold(work) || (stopping && allExpired(work)) : outage.lasting() || allExpired(work);
                if (over || !backoff.pause()) {
                    fail(work, SqlErrors.unavailable(e, sent));
                    if (sent) {
                        newIdentity();
                    }
                    break;
                }
            } catch (RuntimeException e) {
                LOG.error("Committing {} failed", work.describe(), e);
                disconnect();
                fail(work, SqlErrors.unavailable(e, sent));
                newIdentity();
                break;
            }
        }
        inFlight = List.of();
    }

    /** Deals with errors that repeating does not mend. */
    private boolean settled(Work work, SQLException e) {
        if (SqlErrors.lostWrites(e)) {
            LOG.error("The database has lost acknowledged writes: {}", e.getMessage());
            newIdentity();
            reportLoss();
            fail(work, new StoreException.LostWrites("the database lost acknowledged writes in a failover: " + e.getMessage(), e));
            return true;
        }
        if (SqlErrors.badValue(e)) {
            List<Work> parts = work.parts();
            if (parts.size() == 1) {
                fail(work, new StoreException.InvalidRequest("the database refuses " + work.describe() + ": " + e.getMessage()));
            } else {
                parts.forEach(this::commit);
            }
            return true;
        }
        if (!SqlErrors.transientFailure(e)) {
            fail(work, SqlErrors.unavailable(e, false));
            return true;
        }
        return false;
    }

    private void reportLoss() {
        try {
            connector.epochs().lost(connect());
        } catch (SQLException e) {
            LOG.warn("The loss could not be written down: {}", e.getMessage());
        }
    }

    private static boolean allExpired(Work work) {
        long now = System.nanoTime();
        return work.callers().stream().allMatch(pending -> pending.expired(now));
    }

    private static boolean allTold(Work work) {
        return work.callers().stream().allMatch(pending -> pending.result().isDone());
    }

    private static void fail(Work work, StoreException reason) {
        fail(work.callers(), reason);
    }

    private static void fail(List<? extends Pending> callers, StoreException reason) {
        Thread.startVirtualThread(() -> callers.forEach(pending -> pending.fail(reason)));
    }

    /** Tells callers whose deadline has passed, and all of them while an outage lasts. Called regularly. */
    void expire() {
        boolean away = outage.lasting();
        long now = System.nanoTime() + (away ? deadlineNanos : 0);
        List<Pending> expired = queue.takeExpired(now);
        if (!expired.isEmpty()) {
            fail(expired, new StoreException.Unavailable(away ? "the database is away; the write was not sent" : "the database did not answer within the deadline; the write was not sent", false, null));
        }
        boolean unknown = sent;
        List<Pending> late = new ArrayList<>();
        for (Pending pending : inFlight) {
            if (pending.expired(now) && !pending.result().isDone()) {
                late.add(pending);
            }
        }
        if (!late.isEmpty()) {
            fail(late, new StoreException.Unavailable(away ? "the database is away" : "the database did not answer within the deadline", unknown, null));
        }
    }

    private Connection connect() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = connector.open("write");
            connection = open;
        }
        return open;
    }

    private void disconnect() {
        ConnectionPool.quietly(connection);
        connection = null;
    }

    /** Commits what is queued, for at most the deadline, and ends. */
    @Override
    public void close() {
        stopping = true;
        queue.close();
        try {
            thread.join(TimeUnit.NANOSECONDS.toMillis(deadlineNanos) + 1_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            thread.interrupt();
        }
    }
}
