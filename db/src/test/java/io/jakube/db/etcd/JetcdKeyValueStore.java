package io.jakube.db.etcd;

import static org.junit.jupiter.api.Assumptions.abort;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.common.exception.CompactedException;
import io.etcd.jetcd.kv.DeleteResponse;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.PutResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.lease.LeaseTimeToLiveResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.CompactOption;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;
import io.jakube.db.HistoryEntry;
import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.LeaseStatus;
import io.jakube.db.RangeRequest;
import io.jakube.db.RangeResult;
import io.jakube.db.StoreException;
import io.jakube.db.StoreException.Reason;
import io.jakube.db.Transaction;
import io.jakube.db.TransactionResult;
import io.jakube.db.WatchEvent;
import io.jakube.db.WatchObserver;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The store as a stock etcd client sees it. What that client has no words for ends the test that asks for it as skipped. */
final class JetcdKeyValueStore implements KeyValueStore {
    private static final ByteSequence NO_END = ByteSequence.from(new byte[] {0});

    private final Client client;
    private final String endpoint;
    private final ScheduledExecutorService progress = Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

    JetcdKeyValueStore(String endpoint) {
        this.endpoint = endpoint;
        this.client = Client.builder().endpoints(endpoint).maxInboundMessageSize(64 << 20).build();
    }

    private static ByteSequence bytes(Key key) {
        return ByteSequence.from(key.toBytes());
    }

    private static ByteSequence end(KeyRange range) {
        Key to = range.to();
        return to == null ? NO_END : bytes(to);
    }

    private static boolean isSingle(KeyRange range) {
        return range.equals(KeyRange.single(range.from()));
    }

    private static KeyValue keyValue(io.etcd.jetcd.KeyValue item) {
        return new KeyValue(
                Key.of(item.getKey().getBytes()), item.getValue().getBytes(), item.getCreateRevision(), item.getModRevision(), item.getVersion(), item.getLease());
    }

    private static @Nullable KeyValue previous(io.etcd.jetcd.@Nullable KeyValue item) {
        return item == null || item.getModRevision() == 0 ? null : keyValue(item);
    }

    @Override
    public CompletableFuture<WriteResult> write(Write write) {
        ByteSequence key = bytes(write.key());
        byte[] value = write.value();
        if (write.expectedRevision() == Write.ANY) {
            CompletableFuture<WriteResult> result = value != null
                    ? client.getKVClient().put(key, ByteSequence.from(value), PutOption.builder().withLeaseId(write.lease()).build())
                            .thenApply(done -> new WriteResult.Committed(done.getHeader().getRevision()))
                    : client.getKVClient().delete(key)
                            .thenApply(done -> done.getDeleted() == 0 ? new WriteResult.Conflict(0) : new WriteResult.Committed(done.getHeader().getRevision()));
            return translated(result);
        }
        Op then = value != null
                ? Op.put(key, ByteSequence.from(value), PutOption.builder().withLeaseId(write.lease()).build())
                : Op.delete(key, DeleteOption.DEFAULT);
        return translated(client.getKVClient().txn()
                .If(new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(write.expectedRevision())))
                .Then(then)
                .Else(Op.get(key, GetOption.DEFAULT))
                .commit()
                .thenApply(JetcdKeyValueStore::swapped));
    }

    private static WriteResult swapped(TxnResponse response) {
        if (response.isSucceeded()) {
            boolean nothing = !response.getDeleteResponses().isEmpty() && response.getDeleteResponses().getFirst().getDeleted() == 0;
            return nothing ? new WriteResult.Conflict(0) : new WriteResult.Committed(response.getHeader().getRevision());
        }
        List<io.etcd.jetcd.KeyValue> found = response.getGetResponses().getFirst().getKvs();
        return new WriteResult.Conflict(found.isEmpty() ? 0 : found.getFirst().getModRevision());
    }

    @Override
    public CompletableFuture<TransactionResult> transact(Transaction transaction) {
        return translated(client.getKVClient().txn()
                .If(conditions(transaction.conditions()))
                .Then(operations(transaction.then()))
                .Else(operations(transaction.otherwise()))
                .commit()
                .thenApply(response -> result(transaction, response, response.getHeader().getRevision())));
    }

    private static Cmp[] conditions(List<Transaction.Condition> conditions) {
        return conditions.stream().map(JetcdKeyValueStore::condition).toArray(Cmp[]::new);
    }

    private static Cmp condition(Transaction.Condition condition) {
        if (!isSingle(condition.range())) {
            abort("jetcd compares single keys only");
        }
        Cmp.Op relation = switch (condition.relation()) {
            case EQUAL -> Cmp.Op.EQUAL;
            case NOT_EQUAL -> Cmp.Op.NOT_EQUAL;
            case GREATER -> Cmp.Op.GREATER;
            case LESS -> Cmp.Op.LESS;
        };
        CmpTarget<?> target = switch (condition) {
            case Transaction.ValueIs value -> CmpTarget.value(ByteSequence.from(value.wanted()));
            case Transaction.NumberIs number -> switch (number.number()) {
                case VERSION -> CmpTarget.version(number.wanted());
                case CREATE_REVISION -> CmpTarget.createRevision(number.wanted());
                case MOD_REVISION -> CmpTarget.modRevision(number.wanted());
                case LEASE -> abort("jetcd does not compare leases");
            };
        };
        return new Cmp(bytes(condition.range().from()), relation, target);
    }

    private static Op[] operations(List<Transaction.Operation> operations) {
        return operations.stream().map(JetcdKeyValueStore::operation).toArray(Op[]::new);
    }

    private static Op operation(Transaction.Operation operation) {
        return switch (operation) {
            case Transaction.Put put -> {
                byte[] value = put.value();
                if (value == null || put.lease() == Transaction.Put.KEEP_LEASE) {
                    yield abort("jetcd always gives value and lease");
                }
                yield Op.put(bytes(put.key()), ByteSequence.from(value), PutOption.builder().withLeaseId(put.lease()).withPrevKV().build());
            }
            case Transaction.Delete delete -> Op.delete(bytes(delete.range().from()), DeleteOption.builder().withRange(end(delete.range())).withPrevKV(true).build());
            case Transaction.Get get -> Op.get(bytes(get.request().range().from()), option(get.request()));
            case Transaction.Nested(Transaction nested) -> Op.txn(conditions(nested.conditions()), operations(nested.then()), operations(nested.otherwise()));
        };
    }

    private static TransactionResult result(Transaction transaction, TxnResponse response, long revision) {
        Iterator<PutResponse> puts = response.getPutResponses().iterator();
        Iterator<DeleteResponse> deletes = response.getDeleteResponses().iterator();
        Iterator<GetResponse> gets = response.getGetResponses().iterator();
        Iterator<TxnResponse> nested = response.getTxnResponses().iterator();
        List<TransactionResult.OperationResult> results = new ArrayList<>();
        for (Transaction.Operation operation : response.isSucceeded() ? transaction.then() : transaction.otherwise()) {
            results.add(switch (operation) {
                case Transaction.Put put -> {
                    PutResponse done = puts.next();
                    yield new TransactionResult.PutDone(done.hasPrevKv() ? keyValue(done.getPrevKv()) : null);
                }
                case Transaction.Delete delete -> new TransactionResult.DeleteDone(deletes.next().getPrevKvs().stream().map(JetcdKeyValueStore::keyValue).toList());
                case Transaction.Get get -> new TransactionResult.GetDone(range(gets.next(), revision));
                case Transaction.Nested inner -> new TransactionResult.NestedDone(result(inner.transaction(), nested.next(), revision));
            });
        }
        return new TransactionResult(response.isSucceeded(), revision, results);
    }

    @Override
    public RangeResult range(RangeRequest request) {
        GetResponse response = await(client.getKVClient().get(bytes(request.range().from()), option(request)));
        return range(response, response.getHeader().getRevision());
    }

    private static GetOption option(RangeRequest request) {
        return GetOption.builder()
                .withRange(end(request.range()))
                .withRevision(request.revision())
                .withLimit(request.limit())
                .withKeysOnly(request.content() == RangeRequest.Content.KEYS)
                .withCountOnly(request.content() == RangeRequest.Content.COUNT)
                .withSortField(switch (request.sortBy()) {
                    case KEY -> GetOption.SortTarget.KEY;
                    case VERSION -> GetOption.SortTarget.VERSION;
                    case CREATE_REVISION -> GetOption.SortTarget.CREATE;
                    case MOD_REVISION -> GetOption.SortTarget.MOD;
                    case VALUE -> GetOption.SortTarget.VALUE;
                })
                .withSortOrder(request.descending() ? GetOption.SortOrder.DESCEND : GetOption.SortOrder.ASCEND)
                .withMinModRevision(request.modRevisions().min())
                .withMaxModRevision(request.modRevisions().max())
                .withMinCreateRevision(request.createRevisions().min())
                .withMaxCreateRevision(request.createRevisions().max())
                .build();
    }

    private static RangeResult range(GetResponse response, long revision) {
        return new RangeResult(response.getKvs().stream().map(JetcdKeyValueStore::keyValue).toList(), revision, response.getCount(), response.isMore());
    }

    @Override
    public long currentRevision() {
        return await(client.getKVClient().get(NO_END)).getHeader().getRevision();
    }

    @Override
    public long compactRevision() {
        return Math.max(0, await(client.getMaintenanceClient().hashKV(endpoint, 0)).getCompacted());
    }

    @Override
    public AutoCloseable watch(KeyRange range, long startRevision, WatchObserver observer) {
        long start = startRevision == 0 ? currentRevision() + 1 : startRevision;
        WatchOption option = WatchOption.builder().withRange(end(range)).withRevision(start).withPrevKV(true).build();
        Watch.Watcher watcher = client.getWatchClient().watch(bytes(range.from()), option, new Forwarding(observer, start - 1));
        // Progress comes on request only.
        var asking = progress.scheduleWithFixedDelay(watcher::requestProgress, 50, 50, TimeUnit.MILLISECONDS);
        return () -> {
            asking.cancel(false);
            watcher.close();
        };
    }

    private static final class Forwarding implements Watch.Listener {
        private final WatchObserver observer;
        private long reached;

        Forwarding(WatchObserver observer, long reached) {
            this.observer = observer;
            this.reached = reached;
        }

        @Override
        public void onNext(WatchResponse response) {
            long revision = response.getHeader().getRevision();
            List<WatchEvent> events = response.getEvents().stream()
                    .map(event -> new WatchEvent(
                            event.getEventType() == io.etcd.jetcd.watch.WatchEvent.EventType.DELETE, keyValue(event.getKeyValue()), previous(event.getPrevKV())))
                    .toList();
            if (revision > reached || !events.isEmpty()) {
                reached = revision;
                try {
                    observer.onEvents(events, revision);
                } catch (RuntimeException e) {
                    // An observer that fails on purpose; the client would end the watch.
                    assert e.getMessage() != null;
                }
            }
        }

        @Override
        public void onError(Throwable failure) {
            observer.onEnd(failure instanceof CompactedException e ? new StoreException.Compacted(e.getCompactedRevision()) : new StoreException.Unavailable("the watch ended: " + failure, false, failure));
        }

        @Override
        public void onCompleted() {}
    }

    @Override
    public long grantLease(long ttlSeconds, long id) {
        return id != 0 ? abort("jetcd lets the server choose the ids of leases") : await(client.getLeaseClient().grant(ttlSeconds)).getID();
    }

    @Override
    public void revokeLease(long id) {
        await(client.getLeaseClient().revoke(id));
    }

    @Override
    public long keepLeaseAlive(long id) {
        return await(client.getLeaseClient().keepAliveOnce(id)).getTTL();
    }

    @Override
    public Optional<LeaseStatus> lease(long id) {
        LeaseTimeToLiveResponse lease = await(client.getLeaseClient().timeToLive(id, LeaseOption.builder().withAttachedKeys().build()));
        return lease.getTTL() < 0
                ? Optional.empty()
                : Optional.of(new LeaseStatus(id, lease.getGrantedTTL(), lease.getTTL(), lease.getKeys().stream().map(key -> Key.of(key.getBytes())).toList()));
    }

    @Override
    public List<Long> leases() {
        return abort("jetcd does not list leases");
    }

    @Override
    public List<HistoryEntry> history(Key key, int limit) {
        return abort("etcd has no history of a key");
    }

    @Override
    public long revisionAt(Instant instant) {
        return abort("etcd does not know when a revision was");
    }

    @Override
    public void compact(long revision, boolean wait) {
        await(client.getKVClient().compact(revision, CompactOption.builder().withCompactPhysical(wait).build()));
    }

    @Override
    public void close() {
        progress.shutdownNow();
        client.close();
    }

    private <T> T await(CompletableFuture<T> call) {
        try {
            return call.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw translate(e.getCause());
        } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    private <T> CompletableFuture<T> translated(CompletableFuture<T> call) {
        return call.exceptionallyAsync(failure -> {
            throw new CompletionException(translate(failure instanceof CompletionException ? failure.getCause() : failure));
        });
    }

    private RuntimeException translate(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        if (text.contains("required revision has been compacted")) {
            return new StoreException.Compacted(compactRevision());
        }
        if (text.contains("required revision is a future revision")) {
            return new StoreException.FutureRevision(currentRevision());
        }
        for (var known : List.of(
                new Known("key is not provided", Reason.EMPTY_KEY),
                new Known("request is too large", Reason.TOO_LARGE),
                new Known("larger than max", Reason.TOO_LARGE),
                new Known("exceeds maximum size", Reason.TOO_LARGE),
                new Known("too many operations", Reason.TOO_MANY_OPERATIONS),
                new Known("duplicate key", Reason.DUPLICATE_KEY),
                new Known("requested lease not found", Reason.LEASE_NOT_FOUND),
                new Known("key not found", Reason.KEY_NOT_FOUND))) {
            if (text.contains(known.text())) {
                return new StoreException.InvalidRequest(known.reason(), text);
            }
        }
        return new IllegalStateException(text, failure);
    }

    private record Known(String text, Reason reason) {}
}
