package io.jakube.db.postgres;

import io.jakube.db.KeyRange;
import io.jakube.db.StoreException;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One reader of the log's end for many watches. It LISTENs first, then reads what lies after its position, and hands it to the live watches by range.
 * Notifications only say that there is something to read: a lost one costs time, never an event, since the log is also read after every reconnect and every
 * {@value #IDLE_MILLIS} ms.
 *
 * <p>A watch that starts in the past reads the log by itself, on a thread of its own, until it stands where the feed stands, and then goes live.
 *
 * <p>Lock: {@code lock} guards the position and the change from catching up to live; it is held while live watches are called.
 */
final class Feed implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
    private static final int IDLE_MILLIS = 5_000;
    /** Rounds after which a watch that cannot keep pace with the writers reads the rest while the feed stands still. */
    private static final int CATCH_UP_ROUNDS = 3;
    private static final long UNKNOWN = -1;

    private final Connector connector;
    private final DurableRevision durable = new DurableRevision();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition positioned = lock.newCondition();
    private final CopyOnWriteArrayList<Watch> live = new CopyOnWriteArrayList<>();
    private final CopyOnWriteArrayList<Watch> catchingUp = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable Connection listening;
    private boolean started;
    private long position = UNKNOWN;
    /** When the revision at the position was written; tells whether a database is still the one it was. */
    private @Nullable OffsetDateTime writtenAt;
    /** The database's life in which the position was taken. */
    private int epoch;

    Feed(Connector connector) {
        this.connector = connector;
        this.thread = Thread.ofPlatform().daemon().name("jakube-store-feed").unstarted(this::run);
    }

    /** How far the log is durable, as far as this process knows. */
    DurableRevision durable() {
        return durable;
    }

    /**
     * @param pool of the store whose watch it is; for reading what lies in the past
     * @param after the revision before the first to deliver
     */
    Watch watch(ConnectionPool pool, KeyRange range, WatchObserver observer, long after) {
        Watch watch = new Watch(this, pool, range, observer, after);
        lock.lock();
        try {
            if (closed) {
                throw new StoreException.Unavailable("the store is closed", false, null);
            }
            if (!started) {
                started = true;
                thread.start();
            }
            if (position != UNKNOWN && after >= position) {
                live.add(watch);
                return watch;
            }
            catchingUp.add(watch);
        } finally {
            lock.unlock();
        }
        Thread.ofVirtual().name("jakube-store-watch").start(() -> catchUp(watch));
        return watch;
    }

    void remove(Watch watch) {
        live.remove(watch);
        catchingUp.remove(watch);
    }

    /** Ends the watches of a store, without a last call. */
    void removeAll(ConnectionPool pool) {
        live.stream().filter(watch -> watch.reads(pool)).forEach(Watch::close);
        catchingUp.stream().filter(watch -> watch.reads(pool)).forEach(Watch::close);
    }

    private void catchUp(Watch watch) {
        Backoff backoff = new Backoff();
        int round = 0;
        while (!watch.isClosed() && !closed) {
            try {
                watch.endIfDoomed();
                LogReader.Page page = watch.readLog();
                if (!awaitPosition(page.revision(), watch)) {
                    continue;
                }
                watch.deliver(page.events(), page.revision());
                backoff.reset();
                if (!page.more() && goLive(watch, ++round > CATCH_UP_ROUNDS)) {
                    return;
                }
            } catch (StoreException.Compacted e) {
                watch.end(e);
            } catch (StoreException e) {
                LOG.warn("A watch of {} waits for the database: {}", watch.range(), e.getMessage());
                backoff.pause();
            }
        }
    }

    /**
     * Waits until the feed has come as far as a watch is about to. A watch that were ahead of it would not be told of writes that were lost in between, since
     * only the feed compares what it followed with what it finds after reconnecting.
     *
     * @return false where the watch ends instead
     */
    private boolean awaitPosition(long revision, Watch watch) {
        lock.lock();
        try {
            while (position < revision && !closed && !watch.isClosed() && !watch.isDoomed()) {
                positioned.awaitUninterruptibly();
            }
            return !closed && !watch.isClosed() && !watch.isDoomed();
        } finally {
            lock.unlock();
        }
    }

    /** Makes a watch live if it stands where the feed stands, or ahead of it. */
    private boolean goLive(Watch watch, boolean insist) {
        lock.lock();
        try {
            while (position == UNKNOWN && !closed && !watch.isClosed()) {
                positioned.awaitUninterruptibly();
            }
            if (insist && watch.delivered() < position) {
                LogReader.Page page = watch.readLog();
                watch.deliver(page.events(), page.revision());
            }
            if (watch.delivered() < position) {
                return false;
            }
            catchingUp.remove(watch);
            watch.endIfDoomed();
            if (!watch.isClosed()) {
                live.add(watch);
                if (watch.isClosed()) {
                    live.remove(watch);
                }
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        Backoff backoff = new Backoff();
        while (!closed) {
            try (Connection connection = connector.open("feed")) {
                listening = connection;
                try (Statement statement = connection.createStatement()) {
                    statement.execute("LISTEN jakube_kv");
                }
                resume(connection);
                follow(connection, backoff);
            } catch (SQLException e) {
                if (!closed) {
                    if (backoff.isFirst()) {
                        LOG.warn("The watch feed lost the database and reconnects: {}", e.getMessage());
                    }
                    backoff.pause();
                }
            } catch (RuntimeException e) {
                LOG.error("The watch feed failed and starts again", e);
                backoff.pause();
            }
        }
    }

    /** After connecting: is this the history we have been following? */
    private void resume(Connection connection) throws SQLException {
        durable.forget();
        LogReader.Head head = LogReader.head(connection);
        durable.await(connection, head.revision());
        lock.lock();
        try {
            if (position == UNKNOWN) {
                jump(connection, head.revision());
                positioned.signalAll();
                return;
            }
            StoreException loss = Epochs.loss(connection, epoch, position);
            if (loss != null) {
                jump(connection, head.revision());
                endAll(loss);
                return;
            }
            OffsetDateTime now = position == 0 ? null : writtenAt(connection, position);
            boolean same = position == 0 || (now != null && now.equals(writtenAt));
            if (same) {
                epoch = connector.epochs().current();
                return;
            }
            long last = position;
            boolean compacted = now == null && last < head.compactRevision();
            if (!compacted) {
                connector.epochs().lost(connection);
            }
            jump(connection, LogReader.head(connection).revision());
            if (compacted) {
                endAll(new StoreException.Compacted(head.compactRevision()));
            } else {
                LOG.error("The database has lost acknowledged writes: revision {} is not what it was", last);
                endAll(new StoreException.LostWrites("the database lost acknowledged writes: revision " + last + " is not what it was", null));
            }
        } finally {
            lock.unlock();
        }
    }

    private void jump(Connection connection, long revision) throws SQLException {
        writtenAt = revision == 0 ? null : writtenAt(connection, revision);
        position = revision;
        epoch = connector.epochs().current();
        connector.epochs().seen(revision);
    }

    private static @Nullable OffsetDateTime writtenAt(Connection connection, long revision) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT written_at FROM kv_log WHERE revision = ? ORDER BY sub DESC LIMIT 1")) {
            statement.setLong(1, revision);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getObject(1, OffsetDateTime.class) : null;
            }
        }
    }

    private void follow(Connection connection, Backoff backoff) throws SQLException {
        PGConnection notifications = connection.unwrap(PGConnection.class);
        boolean notified = false;
        while (!closed) {
            readNew(connection, notified);
            backoff.reset();
            boolean news = false;
            while (!news && !closed) {
                PGNotification[] received = notifications.getNotifications(IDLE_MILLIS);
                notified = received != null && received.length > 0;
                if (notified) {
                    durable.reached(latest(received));
                }
                news = !notified || durable.known() > position;
            }
        }
    }

    private static long latest(PGNotification[] received) {
        long latest = 0;
        for (PGNotification notification : received) {
            latest = Math.max(latest, Long.parseLong(notification.getParameter()));
        }
        return latest;
    }

    /** @param notified whether to read what is known to be durable, and else all there is */
    private void readNew(Connection connection, boolean notified) throws SQLException {
        boolean more = true;
        while (more && !closed) {
            try {
                LogReader.Page page = LogReader.after(connection, null, position, notified ? durable.known() : Long.MAX_VALUE);
                durable.await(connection, page.revision());
                more = page.more();
                if (page.revision() > position) {
                    dispatch(page, page.writtenAt() != null ? page.writtenAt() : writtenAt(connection, page.revision()));
                }
            } catch (StoreException.Compacted e) {
                LogReader.Head head = LogReader.head(connection);
                lock.lock();
                try {
                    StoreException loss = Epochs.loss(connection, epoch, position);
                    connector.epochs().check(connection);
                    jump(connection, head.revision());
                    endAll(loss != null ? loss : e);
                } finally {
                    lock.unlock();
                }
            }
        }
    }

    private void dispatch(LogReader.Page page, @Nullable OffsetDateTime written) {
        lock.lock();
        try {
            position = page.revision();
            writtenAt = written;
            positioned.signalAll();
            connector.epochs().seen(position);
            for (Watch watch : live) {
                long delivered = watch.delivered();
                List<WatchEvent> events = List.of();
                for (WatchEvent event : page.events()) {
                    if (event.revision() > delivered && watch.range().contains(event.current().key())) {
                        if (events.isEmpty()) {
                            events = new ArrayList<>();
                        }
                        events.add(event);
                    }
                }
                watch.deliver(events, page.revision());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends every watch. Observers may start new ones from the call. */
    private void endAll(StoreException reason) {
        catchingUp.forEach(watch -> watch.doom(reason));
        positioned.signalAll();
        List<Watch> ended = List.copyOf(live);
        live.clear();
        ended.forEach(watch -> watch.end(reason));
    }

    @Override
    public void close() {
        closed = true;
        lock.lock();
        try {
            positioned.signalAll();
            live.clear();
        } finally {
            lock.unlock();
        }
        Connection connection = listening;
        if (connection != null) {
            // Frees the thread from its read; a plain close would wait for it.
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                ConnectionPool.quietly(connection);
            }
        }
        thread.interrupt();
    }
}
