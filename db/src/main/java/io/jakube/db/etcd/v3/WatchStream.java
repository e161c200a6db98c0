package io.jakube.db.etcd.v3;

import io.jakube.db.KeyRange;
import io.jakube.db.KeyValueStore;
import io.jakube.db.etcd.api.WatchCreateRequest;
import io.jakube.db.etcd.api.WatchRequest;
import io.jakube.db.etcd.api.WatchResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * One call of Watch: several watches that share a stream of responses.
 *
 * <p>The lock guards the set of watches and the requests for progress. Events come from the store's feed and go to the {@link Outbox}, which never blocks: while
 * the client reads too slowly for what is in it, watches leave the feed, and take up again where they stopped when it has caught up.
 */
final class WatchStream implements RpcMethod.Inbound<WatchRequest> {
    /** Where a response belongs to no watch. */
    static final long NO_WATCH = -1;

    private final KeyValueStore store;
    private final Headers headers;
    private final Access access;
    private final Caller caller;
    private final Outbox<WatchResponse> outbox;
    private final RpcMethod.Outbound<WatchResponse> out;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, StreamedWatch> watches = new HashMap<>();
    private final List<Long> progressWanted = new ArrayList<>();
    private final ScheduledFuture<?> progress;
    private long nextId;
    private boolean ended;

    WatchStream(
            KeyValueStore store,
            Headers headers,
            Access access,
            Caller caller,
            RpcMethod.Outbound<WatchResponse> out,
            ScheduledExecutorService timer,
            Duration progressInterval) {
        this.store = store;
        this.headers = headers;
        this.access = access;
        this.caller = caller;
        this.out = out;
        this.outbox = new Outbox<>(out, this::resumeLagging);
        this.progress = timer.scheduleWithFixedDelay(this::reportIdle, progressInterval.toMillis(), progressInterval.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void next(WatchRequest request) {
        switch (request.getRequestUnionCase()) {
            case CREATE_REQUEST -> create(request.getCreateRequest());
            case CANCEL_REQUEST -> cancel(request.getCancelRequest().getWatchId());
            case PROGRESS_REQUEST -> requestProgress();
            case REQUESTUNION_NOT_SET -> { }
        }
    }

    private void create(WatchCreateRequest request) {
        KeyRange range = KeySpace.watchRange(request.getKey(), request.getRangeEnd());
        long current = store.currentRevision();
        try {
            access.read(caller, range);
        } catch (io.grpc.StatusRuntimeException e) {
            refuse(current, requireText(e));
            return;
        }
        if (KeySpace.isEmpty(range)) {
            refuse(current, "mvcc: watcher range is empty");
            return;
        }
        StreamedWatch watch;
        lock.lock();
        try {
            if (ended) {
                return;
            }
            long id = request.getWatchId();
            if (id == 0) {
                while (watches.containsKey(nextId)) {
                    nextId++;
                }
                id = nextId++;
            } else if (watches.containsKey(id)) {
                refuse(current, "mvcc: duplicate watch ID provided on the WatchStream");
                return;
            }
            watch = new StreamedWatch(this, outbox, headers, id, range, request, request.getStartRevision() > 0 ? request.getStartRevision() : current + 1);
            watches.put(id, watch);
            // Before the watch begins, so that it is before its first event.
            outbox.add(WatchResponse.newBuilder().setHeader(headers.at(current)).setWatchId(id).setCreated(true).build());
        } finally {
            lock.unlock();
        }
        watch.start(store);
    }

    private static String requireText(io.grpc.StatusRuntimeException e) {
        String text = e.getStatus().getDescription();
        return text == null ? "" : text;
    }

    private void refuse(long revision, String reason) {
        outbox.add(WatchResponse.newBuilder().setHeader(headers.at(revision)).setWatchId(NO_WATCH).setCreated(true).setCanceled(true).setCancelReason(reason).build());
    }

    private void cancel(long id) {
        StreamedWatch watch;
        lock.lock();
        try {
            watch = watches.remove(id);
        } finally {
            lock.unlock();
        }
        if (watch != null) {
            watch.stop();
            outbox.add(WatchResponse.newBuilder().setHeader(headers.now()).setWatchId(id).setCanceled(true).build());
            progressed();
        }
    }

    /** Forgets a watch that ended by itself. */
    void ended(StreamedWatch watch) {
        lock.lock();
        try {
            watches.remove(watch.id(), watch);
        } finally {
            lock.unlock();
        }
        progressed();
    }

    private void requestProgress() {
        long wanted = store.currentRevision();
        lock.lock();
        try {
            progressWanted.add(wanted);
        } finally {
            lock.unlock();
        }
        progressed();
    }

    /** Answers requests for progress once all watches have come that far. */
    void progressed() {
        lock.lock();
        try {
            if (progressWanted.isEmpty()) {
                return;
            }
            long reached = watches.values().stream().mapToLong(StreamedWatch::reached).min().orElse(Long.MAX_VALUE);
            for (Iterator<Long> i = progressWanted.iterator(); i.hasNext(); ) {
                long wanted = i.next();
                if (wanted <= reached) {
                    outbox.add(WatchResponse.newBuilder().setHeader(headers.at(wanted)).setWatchId(NO_WATCH).build());
                    i.remove();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void reportIdle() {
        snapshot().forEach(StreamedWatch::reportIfIdle);
    }

    private void resumeLagging() {
        snapshot().forEach(watch -> watch.resume(store));
    }

    private List<StreamedWatch> snapshot() {
        lock.lock();
        try {
            return List.copyOf(watches.values());
        } finally {
            lock.unlock();
        }
    }

    private void close() {
        progress.cancel(false);
        List<StreamedWatch> all;
        lock.lock();
        try {
            ended = true;
            all = List.copyOf(watches.values());
            watches.clear();
        } finally {
            lock.unlock();
        }
        all.forEach(StreamedWatch::stop);
    }

    @Override
    public void completed() {
        close();
        out.complete();
    }

    @Override
    public void cancelled() {
        close();
    }
}
