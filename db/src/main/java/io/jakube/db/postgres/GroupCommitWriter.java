package io.jakube.db.postgres;

import io.jakube.db.StoreException;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits queued writes in batches: one call of {@code kv_write}, one transaction, one flush and one notification for all that arrived while the previous
 * batch was under way.
 *
 * <p>Each batch carries this writer's id and a sequence number. When a connection breaks, the same pair is sent again over a new one; the database applies
 * it once and answers the same. A caller whose deadline passes is told so, while the batch's fate is still being settled.
 *
 * <p>One thread commits; {@link #expire} is called by another.
 */
final class GroupCommitWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommitWriter.class);
    private static final String SQL = "SELECT kv_write(?, ?, ?, ?, ?, ?, ?)";
    private static final long UNKNOWN_LEASE = Long.MIN_VALUE;
    /** A writer that was idle this long takes a new id, since the database forgets unused ones after a day. */
    private static final long ID_LIFETIME_NANOS = TimeUnit.HOURS.toNanos(1);

    private final Connector connector;
    private final WriteQueue queue;
    private final long deadlineNanos;
    private final Thread thread;
    private volatile List<PendingWrite> inFlight = List.of();
    private volatile boolean sent;
    private volatile boolean stopping;
    private @Nullable Connection connection;
    private @Nullable PreparedStatement statement;
    private long writerId;
    private long sequence;
    private long lastUse;

    GroupCommitWriter(Connector connector, WriteQueue queue, StoreConfig config) {
        this.connector = connector;
        this.queue = queue;
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
            for (List<PendingWrite> batch = queue.take(); !batch.isEmpty(); batch = queue.take()) {
                commit(batch);
            }
        } finally {
            disconnect();
        }
    }

    private void commit(List<PendingWrite> taken) {
        List<PendingWrite> batch = taken;
        inFlight = batch;
        sent = false;
        for (Backoff backoff = new Backoff(); ; ) {
            try {
                connect();
                if (!sent) {
                    // Before the clock is read: a caller is told "not sent" only for a write that this filter then drops.
                    sent = true;
                    long now = System.nanoTime();
                    batch = batch.stream().filter(write -> !write.expired(now)).toList();
                    if (batch.isEmpty()) {
                        break;
                    }
                    if (now - lastUse > ID_LIFETIME_NANOS) {
                        newIdentity();
                    }
                }
                long[] results = send(batch);
                sequence++;
                lastUse = System.nanoTime();
                answer(batch, results);
                break;
            } catch (SQLException e) {
                if (SqlErrors.connectionLost(e)) {
                    disconnect();
                }
                if (SqlErrors.lostWrites(e)) {
                    LOG.error("The database has lost acknowledged writes: {}", e.getMessage());
                    newIdentity();
                    fail(batch, new StoreException.LostWrites("the database lost acknowledged writes in a failover: " + e.getMessage(), e));
                    break;
                }
                if (SqlErrors.badValue(e)) {
                    isolate(batch, e);
                    break;
                }
                if (!SqlErrors.transientFailure(e)) {
                    fail(batch, SqlErrors.unavailable(e, false));
                    break;
                }
                if (backoff.isFirst()) {
                    LOG.warn("A batch of {} writes is repeated: {}", batch.size(), e.getMessage());
                }
                // What was never sent may be given up; what was sent has to be settled first.
                boolean abandoned = !sent && allExpired(batch);
                if (abandoned || (stopping && allExpired(batch)) || !backoff.pause()) {
                    fail(batch, SqlErrors.unavailable(e, sent));
                    break;
                }
            } catch (RuntimeException e) {
                LOG.error("A batch of {} writes failed", batch.size(), e);
                disconnect();
                fail(batch, SqlErrors.unavailable(e, sent));
                newIdentity();
                break;
            }
        }
        inFlight = List.of();
    }

    private static boolean allExpired(List<PendingWrite> batch) {
        long now = System.nanoTime();
        return batch.stream().allMatch(write -> write.expired(now));
    }

    /** A batch that the database refuses for its values is halved until the bad write stands alone. */
    private void isolate(List<PendingWrite> batch, SQLException e) {
        if (batch.size() == 1) {
            fail(batch, new StoreException.InvalidRequest("the database refuses the write of " + batch.getFirst().write().key() + ": " + e.getMessage()));
            return;
        }
        commit(batch.subList(0, batch.size() / 2));
        commit(batch.subList(batch.size() / 2, batch.size()));
    }

    private long[] send(List<PendingWrite> batch) throws SQLException {
        int n = batch.size();
        byte[][] keys = new byte[n][];
        long[] expected = new long[n];
        boolean[] deletes = new boolean[n];
        long[] leases = new long[n];
        byte[][] values = new byte[n][];
        for (int i = 0; i < n; i++) {
            Write write = batch.get(i).write();
            byte[] value = write.value();
            keys[i] = write.key().toBytes();
            expected[i] = write.expectedRevision();
            deletes[i] = value == null;
            leases[i] = value == null ? 0 : write.lease();
            values[i] = value == null ? new byte[0] : value;
        }
        Connection open = connection;
        PreparedStatement call = statement;
        if (open == null || call == null) {
            throw new SQLException("not connected", "08003");
        }
        call.setLong(1, writerId);
        call.setLong(2, sequence + 1);
        call.setArray(3, open.createArrayOf("bytea", keys));
        call.setArray(4, open.createArrayOf("int8", box(expected)));
        call.setArray(5, open.createArrayOf("bool", box(deletes)));
        call.setArray(6, open.createArrayOf("int8", box(leases)));
        call.setArray(7, open.createArrayOf("bytea", values));
        try (ResultSet row = call.executeQuery()) {
            row.next();
            Long[] answers = (Long[]) row.getArray(1).getArray();
            long[] results = new long[n];
            for (int i = 0; i < n; i++) {
                results[i] = answers[i];
            }
            return results;
        }
    }

    private static Long[] box(long[] values) {
        Long[] boxed = new Long[values.length];
        for (int i = 0; i < values.length; i++) {
            boxed[i] = values[i];
        }
        return boxed;
    }

    private static Boolean[] box(boolean[] values) {
        Boolean[] boxed = new Boolean[values.length];
        for (int i = 0; i < values.length; i++) {
            boxed[i] = values[i];
        }
        return boxed;
    }

    /** Answers on a thread of its own, so that what callers chain to their result never delays or blocks the writer. */
    private static void answer(List<PendingWrite> batch, long[] results) {
        Thread.startVirtualThread(() -> {
            for (int i = 0; i < results.length; i++) {
                PendingWrite pending = batch.get(i);
                long result = results[i];
                if (result > 0) {
                    pending.result().complete(new WriteResult.Committed(result));
                } else if (result == UNKNOWN_LEASE) {
                    pending.result().completeExceptionally(new StoreException.InvalidRequest("requested lease not found: " + pending.write().lease()));
                } else {
                    pending.result().complete(new WriteResult.Conflict(-result - 1));
                }
            }
        });
    }

    private static void fail(List<PendingWrite> batch, StoreException reason) {
        Thread.startVirtualThread(() -> batch.forEach(pending -> pending.result().completeExceptionally(reason)));
    }

    /** Tells callers whose deadline has passed. Called regularly. */
    void expire() {
        long now = System.nanoTime();
        List<PendingWrite> expired = queue.takeExpired(now);
        if (!expired.isEmpty()) {
            fail(expired, new StoreException.Unavailable("the database did not answer within the deadline; the write was not sent", false, null));
        }
        boolean unknown = sent;
        List<PendingWrite> late = new ArrayList<>();
        for (PendingWrite pending : inFlight) {
            if (pending.expired(now) && !pending.result().isDone()) {
                late.add(pending);
            }
        }
        if (!late.isEmpty()) {
            fail(late, new StoreException.Unavailable("the database did not answer within the deadline", unknown, null));
        }
    }

    private void connect() throws SQLException {
        if (connection == null) {
            Connection fresh = connector.open("write");
            try {
                statement = fresh.prepareStatement(SQL);
                connection = fresh;
            } catch (SQLException e) {
                ConnectionPool.quietly(fresh);
                throw e;
            }
        }
    }

    private void disconnect() {
        ConnectionPool.quietly(connection);
        connection = null;
        statement = null;
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
