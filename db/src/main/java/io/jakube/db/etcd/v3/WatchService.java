package io.jakube.db.etcd.v3;

import static java.util.Objects.requireNonNull;

import io.jakube.db.KeyValueStore;
import io.jakube.db.etcd.api.WatchRequest;
import io.jakube.db.etcd.api.WatchResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;

/** The service Watch. Each call is a {@link WatchStream}. */
public final class WatchService {
    private static final String NAME = "etcdserverpb.Watch";

    private final KeyValueStore store;
    private final Headers headers;
    private final Access access;
    private final ScheduledExecutorService timer;
    private final Duration progressInterval;

    /** @param progressInterval how often watches that asked for it are told of progress while nothing else comes */
    public WatchService(KeyValueStore store, Headers headers, Access access, ScheduledExecutorService timer, Duration progressInterval) {
        this.store = requireNonNull(store, "store is null");
        this.headers = headers;
        this.access = access;
        this.timer = timer;
        this.progressInterval = progressInterval;
    }

    public List<RpcMethod<?, ?>> methods() {
        return List.of(new RpcMethod<>(
                NAME, "Watch", RpcMethod.Kind.BIDIRECTIONAL, WatchRequest.getDefaultInstance(), WatchResponse.getDefaultInstance(),
                (caller, out) -> new WatchStream(store, headers, access, caller, out, timer, progressInterval)));
    }
}
