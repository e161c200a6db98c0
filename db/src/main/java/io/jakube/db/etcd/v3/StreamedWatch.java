package io.jakube.db.etcd.v3;

import io.jakube.db.KeyRange;
import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreException;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import io.jakube.db.etcd.api.Event;
import io.jakube.db.etcd.api.WatchCreateRequest;
import io.jakube.db.etcd.api.WatchCreateRequest.FilterType;
import io.jakube.db.etcd.api.WatchResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A watch within a {@link WatchStream}. The lock guards its handle on the store; it is not held while the store calls. */
final class StreamedWatch implements WatchObserver {
    private static final Logger LOG = LoggerFactory.getLogger(StreamedWatch.class);
    /** Responses larger than this are cut in pieces for clients that ask for it. */
    private static final int FRAGMENT_BYTES = KvService.MAX_REQUEST_BYTES + (512 << 10);

    private final WatchStream stream;
    private final Outbox<WatchResponse> outbox;
    private final Headers headers;
    private final long id;
    private final KeyRange range;
    private final boolean puts;
    private final boolean deletes;
    private final boolean previous;
    private final boolean fragment;
    private final boolean progressNotify;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable AutoCloseable handle;
    private boolean stopped;
    private boolean lagging;
    private volatile long reached;
    private volatile boolean idle;

    /** @param start first revision to deliver */
    StreamedWatch(WatchStream stream, Outbox<WatchResponse> outbox, Headers headers, long id, KeyRange range, WatchCreateRequest request, long start) {
        this.stream = stream;
        this.outbox = outbox;
        this.headers = headers;
        this.id = id;
        this.range = range;
        this.puts = !request.getFiltersList().contains(FilterType.NOPUT);
        this.deletes = !request.getFiltersList().contains(FilterType.NODELETE);
        this.previous = request.getPrevKv();
        this.fragment = request.getFragment();
        this.progressNotify = request.getProgressNotify();
        this.reached = start - 1;
    }

    long id() {
        return id;
    }

    /** Everything up to this revision has been handed to the stream. */
    long reached() {
        return reached;
    }

    void start(KeyValueStore store) {
        AutoCloseable started;
        try {
            started = store.watch(range, reached + 1, this);
        } catch (StoreException e) {
            onEnd(e);
            return;
        }
        lock.lock();
        try {
            if (!stopped && !lagging) {
                handle = started;
                return;
            }
        } finally {
            lock.unlock();
        }
        close(started);
    }

    void stop() {
        AutoCloseable open;
        lock.lock();
        try {
            stopped = true;
            open = handle;
            handle = null;
        } finally {
            lock.unlock();
        }
        close(open);
    }

    @Override
    public void onEvents(List<WatchEvent> events, long revision) {
        List<Event> wanted = new ArrayList<>();
        for (WatchEvent event : events) {
            if (event.deleted() ? deletes : puts) {
                wanted.add(Messages.event(event, previous));
            }
        }
        lock.lock();
        try {
            if (stopped || lagging) {
                return;
            }
            if (!wanted.isEmpty()) {
                if (outbox.full()) {
                    lag();
                    return;
                }
                send(wanted, revision);
                idle = false;
            }
            reached = revision;
        } finally {
            lock.unlock();
        }
        stream.progressed();
    }

    /** Leaves the feed for as long as the client does not keep up. What is not delivered is read again from the log. */
    private void lag() {
        lagging = true;
        AutoCloseable open = handle;
        handle = null;
        close(open);
    }

    void resume(KeyValueStore store) {
        lock.lock();
        try {
            if (!lagging || stopped) {
                return;
            }
            lagging = false;
        } finally {
            lock.unlock();
        }
        start(store);
    }

    private void send(List<Event> events, long revision) {
        WatchResponse.Builder response = response(revision);
        int bytes = 0;
        for (Event event : events) {
            int size = event.getSerializedSize();
            if (fragment && bytes > 0 && bytes + size > FRAGMENT_BYTES) {
                outbox.add(response.setFragment(true).build());
                response = response(revision);
                bytes = 0;
            }
            response.addEvents(event);
            bytes += size;
        }
        outbox.add(response.build());
    }

    private WatchResponse.Builder response(long revision) {
        return WatchResponse.newBuilder().setHeader(headers.at(revision)).setWatchId(id);
    }

    /** Called at intervals: tells a client that asked for it how far the watch is, if nothing was sent since the last call. */
    void reportIfIdle() {
        if (progressNotify && idle) {
            outbox.add(response(reached).build());
        }
        idle = true;
    }

    @Override
    public void onEnd(StoreException reason) {
        WatchResponse.Builder response = response(reached).setCanceled(true);
        switch (reason) {
            case StoreException.Compacted e -> response.setCompactRevision(e.compactRevision());
            // The client must read anew: the revisions it knows are not what they were.
            case StoreException.LostWrites e -> response.setCompactRevision(reached + 1).setCancelReason("etcdserver: acknowledged writes were lost in a failover of the database");
            default -> {
                LOG.warn("A watch ends: {}", reason.getMessage());
                response.setCancelReason(String.valueOf(EtcdError.translate(reason).getStatus().getDescription()));
            }
        }
        outbox.add(response.build());
        stop();
        stream.ended(this);
    }

    private static void close(@Nullable AutoCloseable open) {
        if (open != null) {
            try {
                open.close();
            } catch (Exception e) {
                LOG.warn("A watch could not be closed: {}", e.getMessage());
            }
        }
    }
}
