package io.jakube.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Transactions of several operations. */
public abstract class TransactionContract extends StoreContract {
    protected TransactionContract(Supplier<KeyValueStore> opener) {
        super(opener);
    }

    @Test
    void aTransactionWritesItsKeysAtOneRevision() throws Exception {
        long before = put("t/a", "one");
        RecordingObserver observer = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.prefix(key("t/")), 0, observer)) {
            TransactionResult result = transact(List.of(), List.of(putting("t/b", "b"), putting("t/a", "two"), new Transaction.Delete(KeyRange.single(key("t/none")))), List.of());
            assertThat(result.succeeded()).isTrue();
            assertThat(result.revision()).isEqualTo(before + 1);
            assertThat(result.results().get(0)).isEqualTo(new TransactionResult.PutDone(null));
            assertThat(result.results().get(1)).isInstanceOfSatisfying(TransactionResult.PutDone.class, done -> assertThat(text(done.previous())).isEqualTo("one"));
            assertThat(result.results().get(2)).isEqualTo(new TransactionResult.DeleteDone(List.of()));
            List<WatchEvent> events = observer.awaitEvents(2);
            assertThat(events).extracting(event -> event.current().key()).containsExactly(key("t/b"), key("t/a"));
            assertThat(events).extracting(WatchEvent::revision).containsOnly(before + 1);
            assertThat(get("t/a")).extracting(KeyValue::version, KeyValue::modRevision, KeyValue::createRevision).containsExactly(2L, before + 1, before);
        }
    }

    @Test
    void conditionsChooseTheBranch() {
        long revision = put("cond", "v");
        KeyRange range = KeyRange.single(key("cond"));
        KeyRange missing = KeyRange.single(key("cond-missing"));
        assertThat(holds(new Transaction.NumberIs(range, Transaction.Number.MOD_REVISION, Transaction.Relation.EQUAL, revision))).isTrue();
        assertThat(holds(new Transaction.NumberIs(range, Transaction.Number.CREATE_REVISION, Transaction.Relation.LESS, revision))).isFalse();
        assertThat(holds(new Transaction.NumberIs(range, Transaction.Number.VERSION, Transaction.Relation.GREATER, 0))).isTrue();
        assertThat(holds(new Transaction.NumberIs(range, Transaction.Number.LEASE, Transaction.Relation.NOT_EQUAL, 0))).isFalse();
        assertThat(holds(new Transaction.ValueIs(range, Transaction.Relation.EQUAL, bytes("v")))).isTrue();
        assertThat(holds(new Transaction.ValueIs(range, Transaction.Relation.GREATER, bytes("w")))).isFalse();
        assertThat(holds(new Transaction.NumberIs(missing, Transaction.Number.VERSION, Transaction.Relation.EQUAL, 0))).isTrue();
        assertThat(holds(new Transaction.ValueIs(missing, Transaction.Relation.NOT_EQUAL, bytes("v")))).isFalse();
    }

    @Test
    void aConditionHoldsForEveryKeyOfItsRange() {
        put("every/a", "x");
        put("every/b", "x");
        Transaction.Condition condition = new Transaction.ValueIs(KeyRange.prefix(key("every/")), Transaction.Relation.EQUAL, bytes("x"));
        assertThat(holds(condition)).isTrue();
        put("every/b", "y");
        assertThat(holds(condition)).isFalse();
    }

    @Test
    void aFailedConditionAppliesTheOtherBranchOnly() {
        put("branch", "x");
        long before = store.currentRevision();
        Transaction.Condition no = new Transaction.NumberIs(KeyRange.single(key("branch")), Transaction.Number.VERSION, Transaction.Relation.EQUAL, 0);
        TransactionResult result = transact(List.of(no), List.of(putting("branch", "y")), List.of(new Transaction.Get(KeyRange.single(key("branch")), 0, 0)));
        assertThat(result.succeeded()).isFalse();
        assertThat(result.revision()).isEqualTo(before);
        assertThat(result.results()).singleElement().isInstanceOfSatisfying(
                TransactionResult.GetDone.class, done -> assertThat(done.range().items()).extracting(StoreContract::text).containsExactly("x"));
        assertThat(store.currentRevision()).as("reading takes no revision").isEqualTo(before);
    }

    @Test
    void operationsSeeWhatThoseBeforeThemDid() {
        put("seq/old", "old");
        TransactionResult result = transact(List.of(), List.of(
                putting("seq/new", "new"),
                new Transaction.Delete(KeyRange.single(key("seq/old"))),
                new Transaction.Get(KeyRange.prefix(key("seq/")), 0, 0),
                new Transaction.Nested(new Transaction(
                        List.of(new Transaction.NumberIs(KeyRange.single(key("seq/new")), Transaction.Number.VERSION, Transaction.Relation.EQUAL, 0)),
                        List.of(putting("seq/nested", "yes")),
                        List.of()))),
                List.of());
        assertThat(((TransactionResult.GetDone) result.results().get(2)).range().items()).extracting(StoreContract::text).containsExactly("new");
        assertThat(((TransactionResult.NestedDone) result.results().get(3)).result().succeeded()).as("conditions are evaluated before any operation").isTrue();
        assertThat(store.range(KeyRange.prefix(key("seq/")), 0, 0).items()).extracting(KeyValue::modRevision).containsExactly(result.revision(), result.revision());
    }

    @Test
    void aTransactionThatWritesAKeyTwiceIsRefusedAndNothingWritten() {
        long before = store.currentRevision();
        List<List<Transaction.Operation>> bad = List.of(
                List.of(putting("dup", "a"), putting("dup", "b")),
                List.of(putting("dup", "a"), new Transaction.Delete(KeyRange.prefix(key("du")))),
                List.of(putting("dup", "a"), new Transaction.Nested(new Transaction(List.of(), List.of(), List.of(putting("dup", "b"))))));
        for (List<Transaction.Operation> operations : bad) {
            assertThatThrownBy(() -> transact(List.of(), operations, List.of())).isInstanceOf(StoreException.InvalidRequest.class).hasMessageContaining("duplicate key");
        }
        assertThat(store.currentRevision()).isEqualTo(before);
        assertThat(transact(List.of(), List.of(putting("dup", "a")), List.of(putting("dup", "b"))).succeeded()).as("branches may write the same key").isTrue();
    }

    @Test
    void aTransactionThatFailsInTheMiddleWritesNothing() {
        long before = store.currentRevision();
        assertThatThrownBy(() -> transact(List.of(), List.of(putting("mid", "x"), new Transaction.Put(key("mid2"), bytes("x"), 4711)), List.of()))
                .isInstanceOf(StoreException.InvalidRequest.class);
        assertThatThrownBy(() -> transact(List.of(), List.of(putting("mid", "x"), new Transaction.Get(KeyRange.single(key("mid")), before + 1_000, 0)), List.of()))
                .isInstanceOf(StoreException.FutureRevision.class);
        assertThat(store.range(KeyRange.prefix(key("mid")), 0, 0).items()).isEmpty();
        assertThat(store.currentRevision()).isEqualTo(before);
        assertThat(put("mid", "later")).isEqualTo(before + 1);
    }

    @Test
    void aPutCanKeepValueOrLease() {
        long lease = store.grantLease(60, 0);
        committed(store.write(new Write(key("keep"), bytes("one"), 0, lease)));
        transact(List.of(), List.of(new Transaction.Put(key("keep"), bytes("two"), Transaction.Put.KEEP_LEASE)), List.of());
        assertThat(get("keep").lease()).isEqualTo(lease);
        assertThat(text(get("keep"))).isEqualTo("two");
        transact(List.of(), List.of(new Transaction.Put(key("keep"), null, 0)), List.of());
        assertThat(get("keep").lease()).isZero();
        assertThat(text(get("keep"))).isEqualTo("two");
        assertThat(get("keep").version()).isEqualTo(3);
        assertThatThrownBy(() -> transact(List.of(), List.of(new Transaction.Put(key("keep-missing"), null, 0)), List.of()))
                .isInstanceOfSatisfying(StoreException.InvalidRequest.class, e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.KEY_NOT_FOUND));
    }

    @Test
    void concurrentTransfersKeepTheSum() throws Exception {
        KeyValueStore second = another();
        for (int i = 0; i < 4; i++) {
            put("account/" + i, "100");
        }
        inParallel(8, t -> {
            Random random = new Random(t);
            KeyValueStore mine = t % 2 == 0 ? store : second;
            for (int done = 0; done < 10; ) {
                Key from = key("account/" + random.nextInt(4));
                Key to = key("account/" + random.nextInt(4));
                if (from.equals(to)) {
                    continue;
                }
                KeyValue a = mine.range(KeyRange.single(from), 0, 0).items().getFirst();
                KeyValue b = mine.range(KeyRange.single(to), 0, 0).items().getFirst();
                Transaction transaction = new Transaction(
                        List.of(unchanged(a), unchanged(b)),
                        List.of(new Transaction.Put(from, bytes("" + (Integer.parseInt(text(a)) - 1)), 0), new Transaction.Put(to, bytes("" + (Integer.parseInt(text(b)) + 1)), 0)),
                        List.of());
                if (mine.transact(transaction).join().succeeded()) {
                    done++;
                }
            }
            return true;
        });
        assertThat(store.range(KeyRange.prefix(key("account/")), 0, 0).items().stream().mapToInt(item -> Integer.parseInt(text(item))).sum()).isEqualTo(400);
    }

    private static Transaction.Condition unchanged(KeyValue item) {
        return new Transaction.NumberIs(KeyRange.single(item.key()), Transaction.Number.MOD_REVISION, Transaction.Relation.EQUAL, item.modRevision());
    }

    private Transaction.Put putting(String name, String value) {
        return new Transaction.Put(key(name), bytes(value), 0);
    }

    private boolean holds(Transaction.Condition condition) {
        return transact(List.of(condition), List.of(), List.of()).succeeded();
    }

    private TransactionResult transact(List<Transaction.Condition> conditions, List<Transaction.Operation> then, List<Transaction.Operation> otherwise) {
        try {
            return store.transact(new Transaction(conditions, then, otherwise)).join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException reason ? reason : e;
        }
    }

    @Test
    void aTransactionDeletesRangesAndTellsWhatWasThere() {
        put("range/a", "1");
        put("range/b", "2");
        long kept = put("range2", "3");
        TransactionResult result = transact(
                List.of(), List.of(new Transaction.Delete(KeyRange.prefix(key("range/"))), new Transaction.Delete(KeyRange.prefix(key("range/a"))), putting("range3", "x")), List.of());
        assertThat(result.revision()).isEqualTo(kept + 1);
        assertThat(result.results().get(0)).isInstanceOfSatisfying(
                TransactionResult.DeleteDone.class, done -> assertThat(done.previous()).extracting(StoreContract::text).containsExactly("1", "2"));
        assertThat(result.results().get(1)).as("deleted already by the one before").isEqualTo(new TransactionResult.DeleteDone(List.of()));
        assertThat(store.range(KeyRange.prefix(key("range")), 0, 0).items()).extracting(StoreContract::text).containsExactly("3", "x");
    }

    @Test
    void aTransactionWithTooManyOperationsIsRefusedAndNothingWritten() {
        long before = store.currentRevision();
        List<Transaction.Operation> many = new ArrayList<>();
        for (int i = 0; i <= Transaction.MAX_OPERATIONS; i++) {
            many.add(putting("many/" + i, "x"));
        }
        assertThatThrownBy(() -> transact(List.of(), many, List.of()))
                .isInstanceOfSatisfying(StoreException.InvalidRequest.class, e -> assertThat(e.reason()).isEqualTo(StoreException.Reason.TOO_MANY_OPERATIONS));
        assertThat(store.currentRevision()).isEqualTo(before);
        assertThat(transact(List.of(), many.subList(0, Transaction.MAX_OPERATIONS), List.of()).revision()).isEqualTo(before + 1);
        assertThat(store.range(RangeRequest.of(KeyRange.prefix(key("many/"))).only(RangeRequest.Content.COUNT)).count()).isEqualTo(Transaction.MAX_OPERATIONS);
    }

    @Test
    void aTransactionReadsThePastToo() {
        long one = put("then", "one");
        put("then", "two");
        TransactionResult result = transact(List.of(), List.of(putting("then", "three"), new Transaction.Get(KeyRange.single(key("then")), one, 0)), List.of());
        assertThat(((TransactionResult.GetDone) result.results().get(1)).range().items()).extracting(StoreContract::text).containsExactly("one");
    }
}
