package io.jakube.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link KeyValueStore} guarantees, one test per guarantee. Tests share a database, and so use keys of their own. */
public abstract class KeyValueStoreContract {
    private final List<KeyValueStore> opened = new ArrayList<>();
    private final String root = "/test/" + UUID.randomUUID() + "/";
    protected KeyValueStore store;

    /** Opens another store over the one database of this class. */
    protected abstract KeyValueStore open();

    @BeforeEach
    void openStore() {
        store = another();
    }

    @AfterEach
    void closeStores() {
        opened.forEach(KeyValueStore::close);
    }

    private KeyValueStore another() {
        KeyValueStore another = open();
        opened.add(another);
        return another;
    }

    // ---- keys and values -------------------------------------------------------------------------------------------------------------------------------

    @Test
    void aKeyHoldsWhatWasWritten() {
        long revision = put("a", "one");
        KeyValue found = get("a");
        assertThat(text(found)).isEqualTo("one");
        assertThat(found).extracting(KeyValue::createRevision, KeyValue::modRevision, KeyValue::version, KeyValue::lease).containsExactly(revision, revision, 1L, 0L);
    }

    @Test
    void aMissingKeyIsAnEmptyRange() {
        RangeResult result = store.range(KeyRange.single(key("missing")), 0, 0);
        assertThat(result.items()).isEmpty();
        assertThat(result.count()).isZero();
        assertThat(result.more()).isFalse();
        assertThat(result.revision()).isEqualTo(store.currentRevision());
    }

    @Test
    void keysAndValuesAreAnyBytes() {
        byte[] bytes = new byte[256];
        IntStream.range(0, 256).forEach(i -> bytes[i] = (byte) i);
        byte[] name = (root + "bytes").getBytes(StandardCharsets.UTF_8);
        byte[] keyBytes = java.util.Arrays.copyOf(name, name.length + 256);
        System.arraycopy(bytes, 0, keyBytes, name.length, 256);
        Key key = Key.of(keyBytes);
        committed(store.write(Write.create(key, bytes)));
        RangeResult result = store.range(KeyRange.prefix(key("bytes")), 0, 0);
        assertThat(result.items()).singleElement().satisfies(item -> {
            assertThat(item.key()).isEqualTo(key);
            assertThat(item.value()).isEqualTo(bytes);
        });
        assertThat(store.range(KeyRange.single(key), 0, 0).items()).hasSize(1);
    }

    @Test
    void anEmptyValueIsNotADeletion() {
        put("empty", "");
        assertThat(get("empty").value()).isEmpty();
        assertThat(store.range(KeyRange.prefix(key("empty")), 0, 0).items()).hasSize(1);
    }

    @Test
    void anEmptyKeyIsRefused() {
        assertRefused(store.write(Write.create(Key.of(new byte[0]), bytes("x"))));
    }

    @Test
    void aTooLongKeyIsRefusedAndItsNeighboursAreNot() {
        CompletableFuture<WriteResult> before = store.write(Write.create(key("before"), bytes("x")));
        CompletableFuture<WriteResult> tooLong = store.write(Write.create(key("k".repeat(100_000)), bytes("x")));
        CompletableFuture<WriteResult> after = store.write(Write.create(key("after"), bytes("x")));
        assertRefused(tooLong);
        committed(before);
        committed(after);
    }

    @Test
    void aTooLargeValueIsRefused() {
        assertRefused(store.write(Write.create(key("large"), new byte[32 << 20])));
        assertThat(store.range(KeyRange.single(key("large")), 0, 0).items()).isEmpty();
    }

    @Test
    void aMegabyteIsKept() {
        byte[] value = new byte[1 << 20];
        new Random(1).nextBytes(value);
        committed(store.write(Write.create(key("megabyte"), value)));
        assertThat(get("megabyte").value()).isEqualTo(value);
    }

    // ---- compare and swap ------------------------------------------------------------------------------------------------------------------------------

    @Test
    void createFailsWhereTheKeyExists() {
        long revision = put("a", "one");
        assertThat(join(store.write(Write.create(key("a"), bytes("two"))))).isEqualTo(new WriteResult.Conflict(revision));
        assertThat(text(get("a"))).isEqualTo("one");
    }

    @Test
    void updateNeedsTheExpectedRevision() {
        long first = put("a", "one");
        long second = committed(store.write(Write.update(key("a"), bytes("two"), first)));
        assertThat(second).isGreaterThan(first);
        assertThat(join(store.write(Write.update(key("a"), bytes("three"), first)))).isEqualTo(new WriteResult.Conflict(second));
        assertThat(text(get("a"))).isEqualTo("two");
        assertThat(get("a")).extracting(KeyValue::createRevision, KeyValue::modRevision, KeyValue::version).containsExactly(first, second, 2L);
    }

    @Test
    void updateOfAMissingKeyConflictsWithZero() {
        assertThat(join(store.write(Write.update(key("missing"), bytes("x"), 5)))).isEqualTo(new WriteResult.Conflict(0));
    }

    @Test
    void anyRevisionOverwrites() {
        put("a", "one");
        committed(store.write(new Write(key("a"), bytes("two"), Write.ANY, 0)));
        assertThat(text(get("a"))).isEqualTo("two");
    }

    @Test
    void aConflictTakesNoRevision() {
        put("a", "one");
        long before = store.currentRevision();
        join(store.write(Write.create(key("a"), bytes("two"))));
        assertThat(store.currentRevision()).isEqualTo(before);
        assertThat(put("b", "next")).isEqualTo(before + 1);
    }

    @Test
    void deleteNeedsTheExpectedRevision() {
        long revision = put("a", "one");
        assertThat(join(store.write(Write.delete(key("a"), revision + 1)))).isEqualTo(new WriteResult.Conflict(revision));
        committed(store.write(Write.delete(key("a"), revision)));
        assertThat(store.range(KeyRange.single(key("a")), 0, 0).items()).isEmpty();
    }

    @Test
    void deletingAMissingKeyConflictsWithZero() {
        assertThat(join(store.write(Write.delete(key("missing"), Write.ANY)))).isEqualTo(new WriteResult.Conflict(0));
    }

    @Test
    void aKeyCreatedAnewStartsOver() {
        long first = put("a", "one");
        committed(store.write(Write.delete(key("a"), first)));
        long again = put("a", "two");
        assertThat(get("a")).extracting(KeyValue::createRevision, KeyValue::modRevision, KeyValue::version).containsExactly(again, again, 1L);
    }

    @Test
    void writesOfOneCallerToOneKeyAreAppliedInCallOrder() {
        List<CompletableFuture<WriteResult>> results =
                IntStream.range(0, 200).mapToObj(i -> store.write(new Write(key("ordered"), bytes("v" + i), Write.ANY, 0))).toList();
        List<Long> revisions = results.stream().map(KeyValueStoreContract::committed).toList();
        assertThat(revisions).isSorted().doesNotHaveDuplicates();
        assertThat(text(get("ordered"))).isEqualTo("v199");
        assertThat(get("ordered").version()).isEqualTo(200);
    }

    @Test
    void exactlyOneOfManyConcurrentCreatesWins() throws Exception {
        KeyValueStore second = another();
        List<CompletableFuture<WriteResult>> results = inParallel(32, i -> (i % 2 == 0 ? store : second).write(Write.create(key("contended"), bytes("by " + i))));
        List<WriteResult> outcomes = results.stream().map(KeyValueStoreContract::join).toList();
        List<WriteResult> won = outcomes.stream().filter(WriteResult.Committed.class::isInstance).toList();
        assertThat(won).hasSize(1);
        long revision = ((WriteResult.Committed) won.getFirst()).revision();
        assertThat(outcomes).filteredOn(WriteResult.Conflict.class::isInstance).containsOnly(new WriteResult.Conflict(revision));
    }

    @Test
    void concurrentIncrementsAreNotLost() throws Exception {
        KeyValueStore second = another();
        put("counter", "0");
        int threads = 8;
        int rounds = 20;
        inParallel(threads, t -> {
            KeyValueStore mine = t % 2 == 0 ? store : second;
            for (int done = 0; done < rounds; ) {
                KeyValue current = mine.range(KeyRange.single(key("counter")), 0, 0).items().getFirst();
                byte[] next = bytes(String.valueOf(Integer.parseInt(text(current)) + 1));
                if (join(mine.write(Write.update(key("counter"), next, current.modRevision()))) instanceof WriteResult.Committed) {
                    done++;
                }
            }
            return true;
        });
        assertThat(text(get("counter"))).isEqualTo(String.valueOf(threads * rounds));
    }

    // ---- revisions -------------------------------------------------------------------------------------------------------------------------------------

    @Test
    void revisionsAreContiguousOverAllWriters() throws Exception {
        KeyValueStore second = another();
        long before = store.currentRevision();
        List<List<Long>> revisions = inParallel(16, t -> {
            List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                writes.add((t % 2 == 0 ? store : second).write(Write.create(key("contiguous/" + t + "/" + i), bytes("x"))));
            }
            return writes.stream().map(KeyValueStoreContract::committed).toList();
        });
        List<Long> all = revisions.stream().flatMap(List::stream).sorted().toList();
        assertThat(all).isEqualTo(IntStream.rangeClosed(1, 800).mapToObj(i -> before + i).toList());
        assertThat(second.currentRevision()).isEqualTo(before + 800);
    }

    @Test
    void aReadSeesEveryWriteAcknowledgedBeforeItBeganInAnyStore() {
        KeyValueStore second = another();
        for (int i = 0; i < 50; i++) {
            long revision = put("seen/" + i, "x");
            RangeResult result = second.range(KeyRange.prefix(key("seen/")), 0, 0);
            assertThat(result.items()).hasSize(i + 1);
            assertThat(result.revision()).isGreaterThanOrEqualTo(revision);
            assertThat(second.range(KeyRange.single(key("seen/" + i)), 0, 0).revision()).isGreaterThanOrEqualTo(revision);
        }
    }

    // ---- ranges ----------------------------------------------------------------------------------------------------------------------------------------

    @Test
    void rangesAreOrderedByUnsignedBytes() {
        List<Key> keys = new ArrayList<>();
        for (int b : new int[] {0xff, 0x00, 0x7f, 0x80, 0x41}) {
            byte[] prefix = (root + "order/").getBytes(StandardCharsets.UTF_8);
            byte[] bytes = java.util.Arrays.copyOf(prefix, prefix.length + 1);
            bytes[prefix.length] = (byte) b;
            keys.add(Key.of(bytes));
        }
        keys.add(key("order/A\u0000"));
        keys.add(key("order/AB"));
        keys.forEach(key -> committed(store.write(Write.create(key, bytes("x")))));
        assertThat(store.range(KeyRange.prefix(key("order/")), 0, 0).items()).extracting(KeyValue::key).isEqualTo(keys.stream().sorted().toList());
    }

    @Test
    void aRangeIncludesItsStartAndExcludesItsEnd() {
        List.of("a", "b", "c", "d").forEach(name -> put("half/" + name, name));
        RangeResult result = store.range(new KeyRange(key("half/b"), key("half/d")), 0, 0);
        assertThat(result.items()).extracting(KeyValueStoreContract::text).containsExactly("b", "c");
        assertThat(result.count()).isEqualTo(2);
    }

    @Test
    void aRangeWithoutEndReachesTheLastKey() {
        byte[] last = {(byte) 0xff, (byte) 0xff, (byte) 0xfe, 1};
        committed(store.write(new Write(Key.of(last), bytes("last"), Write.ANY, 0)));
        assertThat(store.range(new KeyRange(Key.of(new byte[] {(byte) 0xff, (byte) 0xff}), null), 0, 0).items()).extracting(KeyValueStoreContract::text).contains("last");
        assertThat(store.range(KeyRange.prefix(Key.of(new byte[] {(byte) 0xff, (byte) 0xff})), 0, 0).items()).extracting(KeyValueStoreContract::text).contains("last");
    }

    @Test
    void anInvertedRangeIsEmpty() {
        put("inverted/a", "x");
        RangeResult result = store.range(new KeyRange(key("inverted/z"), key("inverted/a")), 0, 0);
        assertThat(result.items()).isEmpty();
        assertThat(result.count()).isZero();
    }

    @Test
    void aLimitCutsAndCountDoesNot() {
        IntStream.range(0, 10).forEach(i -> put("limit/" + i, "v" + i));
        RangeResult result = store.range(KeyRange.prefix(key("limit/")), 0, 3);
        assertThat(result.items()).extracting(KeyValueStoreContract::text).containsExactly("v0", "v1", "v2");
        assertThat(result.count()).isEqualTo(10);
        assertThat(result.more()).isTrue();
        RangeResult all = store.range(KeyRange.prefix(key("limit/")), 0, 10);
        assertThat(all.items()).hasSize(10);
        assertThat(all.more()).isFalse();
    }

    @Test
    void pagesAtOneRevisionMakeOneSnapshot() {
        IntStream.range(0, 20).forEach(i -> put("pages/%02d".formatted(i), "v"));
        Set<Key> seen = new HashSet<>();
        RangeResult page = store.range(KeyRange.prefix(key("pages/")), 0, 7);
        long snapshot = page.revision();
        page.items().forEach(item -> seen.add(item.key()));
        put("pages/00a", "late");
        put("pages/15a", "late");
        while (page.more()) {
            page = store.range(new KeyRange(page.items().getLast().key().successor(), key("pages/").prefixEnd()), snapshot, 7);
            page.items().forEach(item -> seen.add(item.key()));
        }
        assertThat(seen).hasSize(20);
    }

    @Test
    void itemsAreSortedByAnyPropertyBothWays() {
        put("sort/a", "3");
        put("sort/b", "1");
        put("sort/c", "2");
        put("sort/a", "3");
        RangeRequest all = RangeRequest.of(KeyRange.prefix(key("sort/")));
        assertThat(sorted(all.descending(RangeRequest.SortBy.KEY))).containsExactly("c", "b", "a");
        assertThat(sorted(all.ascending(RangeRequest.SortBy.VALUE))).containsExactly("b", "c", "a");
        assertThat(sorted(all.descending(RangeRequest.SortBy.VALUE))).containsExactly("a", "c", "b");
        assertThat(sorted(all.ascending(RangeRequest.SortBy.VERSION))).containsExactly("b", "c", "a");
        assertThat(sorted(all.descending(RangeRequest.SortBy.VERSION))).containsExactly("a", "b", "c");
        assertThat(sorted(all.ascending(RangeRequest.SortBy.CREATE_REVISION))).containsExactly("a", "b", "c");
        assertThat(sorted(all.descending(RangeRequest.SortBy.MOD_REVISION))).containsExactly("a", "c", "b");
        assertThat(sorted(all.descending(RangeRequest.SortBy.VALUE).limit(2))).containsExactly("a", "c");
        assertThat(sorted(all.ascending(RangeRequest.SortBy.MOD_REVISION).limit(1).at(store.currentRevision() - 1))).containsExactly("a");
    }

    private List<String> sorted(RangeRequest request) {
        int prefix = (root + "sort/").length();
        return store.range(request).items().stream().map(item -> item.key().toString().substring(prefix)).toList();
    }

    @Test
    void keysAndCountsAreReadWithoutValues() {
        put("lean/a", "x");
        long old = put("lean/b", "x");
        put("lean/c", "x");
        RangeRequest all = RangeRequest.of(KeyRange.prefix(key("lean/")));
        for (long revision : new long[] {0, old}) {
            RangeResult keys = store.range(all.at(revision).limit(1).only(RangeRequest.Content.KEYS));
            assertThat(keys.items()).singleElement().satisfies(item -> {
                assertThat(item.key()).isEqualTo(key("lean/a"));
                assertThat(item.value()).isEmpty();
                assertThat(item.version()).isEqualTo(1);
            });
            assertThat(keys.more()).isTrue();
            RangeResult count = store.range(all.at(revision).limit(1).only(RangeRequest.Content.COUNT));
            assertThat(count.items()).isEmpty();
            assertThat(count.count()).isEqualTo(revision == 0 ? 3 : 2);
            assertThat(count.more()).isFalse();
        }
        assertThat(store.range(all.only(RangeRequest.Content.KEYS).descending(RangeRequest.SortBy.VALUE)).items()).hasSize(3).allMatch(item -> item.value().length == 0);
    }

    @Test
    void revisionFiltersChooseItemsAndNotTheCount() {
        long a = put("filter/a", "1");
        long b = put("filter/b", "1");
        put("filter/c", "1");
        long c = put("filter/c", "2");
        RangeRequest all = RangeRequest.of(KeyRange.prefix(key("filter/")));
        assertThat(store.range(all.modifiedWithin(b, 0))).satisfies(result -> {
            assertThat(result.items()).extracting(KeyValue::modRevision).containsExactly(b, c);
            assertThat(result.count()).isEqualTo(3);
            assertThat(result.more()).isFalse();
        });
        assertThat(store.range(all.modifiedWithin(a, b).limit(1))).satisfies(result -> {
            assertThat(result.items()).extracting(KeyValue::modRevision).containsExactly(a);
            assertThat(result.more()).isTrue();
        });
        assertThat(store.range(all.createdWithin(0, b)).items()).extracting(KeyValue::modRevision).containsExactly(a, b);
        assertThat(store.range(all.createdWithin(b + 1, 0).at(b + 1)).items()).extracting(KeyValueStoreContract::text).containsExactly("1");
    }

    @Test
    void aPastRevisionShowsWhatWasThen() {
        long one = put("past/a", "one");
        long two = put("past/b", "b");
        long three = committed(store.write(Write.update(key("past/a"), bytes("two"), one)));
        long four = committed(store.write(Write.delete(key("past/b"), two)));
        assertThat(texts("past/", one)).containsExactly("one");
        assertThat(texts("past/", two)).containsExactly("one", "b");
        assertThat(texts("past/", three)).containsExactly("two", "b");
        assertThat(texts("past/", four)).containsExactly("two");
        RangeResult old = store.range(KeyRange.prefix(key("past/")), two, 1);
        assertThat(old.count()).isEqualTo(2);
        assertThat(old.more()).isTrue();
        assertThat(old.revision()).as("the store's latest revision").isGreaterThanOrEqualTo(four);
    }

    @Test
    void aFutureRevisionIsRefused() {
        long head = put("future", "x");
        assertThatThrownBy(() -> store.range(KeyRange.single(key("future")), head + 1_000_000, 0))
                .isInstanceOfSatisfying(StoreException.FutureRevision.class, e -> assertThat(e.currentRevision()).isGreaterThanOrEqualTo(head));
    }

    // ---- watches ---------------------------------------------------------------------------------------------------------------------------------------

    @Test
    void aWatchDeliversChangesInOrderOnceAndWithoutGaps() throws Exception {
        RecordingObserver observer = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.prefix(key("w/")), 0, observer)) {
            long one = put("w/a", "one");
            put("elsewhere", "x");
            long two = committed(store.write(Write.update(key("w/a"), bytes("two"), one)));
            long three = committed(store.write(Write.delete(key("w/a"), two)));
            observer.awaitRevision(three);
            assertThat(observer.revisions()).containsExactly(one, two, three);
            assertThat(observer.events()).extracting(WatchEvent::deleted).containsExactly(false, false, true);
        }
    }

    @Test
    void aWatchDeliversPreviousValues() throws Exception {
        RecordingObserver observer = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.single(key("p")), 0, observer)) {
            long one = put("p", "one");
            long two = committed(store.write(Write.update(key("p"), bytes("two"), one)));
            long three = committed(store.write(Write.delete(key("p"), two)));
            put("p", "anew");
            List<WatchEvent> events = observer.awaitEvents(4);
            assertThat(events.get(0).previous()).isNull();
            assertThat(text(events.get(1).previous())).isEqualTo("one");
            assertThat(events.get(1).current().createRevision()).isEqualTo(one);
            assertThat(text(events.get(2).previous())).isEqualTo("two");
            assertThat(events.get(2).previous().modRevision()).isEqualTo(two);
            assertThat(events.get(2).current().value()).isEmpty();
            assertThat(events.get(2).current().modRevision()).isEqualTo(three);
            assertThat(events.get(3).previous()).as("created anew after a deletion").isNull();
        }
    }

    @Test
    void aWatchFromZeroStartsAfterTheCurrentRevision() throws Exception {
        put("now/a", "before");
        RecordingObserver observer = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.prefix(key("now/")), 0, observer)) {
            long after = put("now/b", "after");
            observer.awaitRevision(after);
            assertThat(observer.revisions()).containsExactly(after);
        }
    }

    @Test
    void aWatchFromThePastDeliversHistoryThenTheLiveEvents() throws Exception {
        List<Long> expected = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            expected.add(put("history/" + i, "x"));
            put("noise/" + i, "x");
        }
        RecordingObserver observer = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.prefix(key("history/")), expected.getFirst(), observer)) {
            for (int i = 50; i < 60; i++) {
                expected.add(put("history/" + i, "x"));
            }
            observer.awaitRevision(expected.getLast());
            assertThat(observer.revisions()).isEqualTo(expected);
        }
    }

    @Test
    void aWatchStartsExactlyAtItsRevision() throws Exception {
        put("exact", "one");
        long two = committed(store.write(new Write(key("exact"), bytes("two"), Write.ANY, 0)));
        long three = committed(store.write(new Write(key("exact"), bytes("three"), Write.ANY, 0)));
        RecordingObserver observer = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.single(key("exact")), two, observer)) {
            observer.awaitRevision(three);
            assertThat(observer.revisions()).containsExactly(two, three);
        }
    }

    @Test
    void aWatchFromTheFutureWaitsForIt() throws Exception {
        long head = put("tomorrow", "0");
        RecordingObserver observer = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.single(key("tomorrow")), head + 3, observer)) {
            List<Long> written = IntStream.range(1, 6)
                    .mapToObj(i -> committed(store.write(new Write(key("tomorrow"), bytes("" + i), Write.ANY, 0))))
                    .toList();
            observer.awaitRevision(written.getLast());
            assertThat(observer.revisions()).isEqualTo(written.subList(2, 5));
        }
    }

    @Test
    void aListAndAWatchFromTheNextRevisionMissNothing() throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> writer = executor.submit(() -> IntStream.range(0, 400).forEach(i -> put("follow/" + i, "x")));
            while (!writer.isDone()) {
                RangeResult list = store.range(KeyRange.prefix(key("follow/")), 0, 0);
                Set<Key> known = new HashSet<>();
                list.items().forEach(item -> known.add(item.key()));
                RecordingObserver observer = new RecordingObserver();
                try (AutoCloseable watch = store.watch(KeyRange.prefix(key("follow/")), list.revision() + 1, observer)) {
                    long head = put("nudge", UUID.randomUUID().toString());
                    observer.awaitRevision(head);
                    observer.events().forEach(event -> assertThat(known.add(event.current().key())).as("delivered twice").isTrue());
                    RangeResult then = store.range(KeyRange.prefix(key("follow/")), head, 0);
                    assertThat(known).containsAll(then.items().stream().map(KeyValue::key).toList());
                }
            }
            writer.get();
        }
    }

    @Test
    void everyWatchOfEveryStoreSeesTheSameOrder() throws Exception {
        KeyValueStore second = another();
        List<RecordingObserver> observers = new ArrayList<>();
        List<AutoCloseable> watches = new ArrayList<>();
        long start = store.currentRevision() + 1;
        for (int i = 0; i < 10; i++) {
            RecordingObserver observer = new RecordingObserver();
            observers.add(observer);
            watches.add((i % 2 == 0 ? store : second).watch(KeyRange.prefix(key("same/")), i < 5 ? 0 : start, observer));
        }
        List<List<Long>> written = inParallel(8, t -> IntStream.range(0, 50)
                .mapToObj(i -> (t % 2 == 0 ? store : second).write(new Write(key("same/" + i), bytes("by " + t), Write.ANY, 0)))
                .toList().stream().map(KeyValueStoreContract::committed).toList());
        List<Long> expected = written.stream().flatMap(List::stream).sorted().toList();
        for (RecordingObserver observer : observers) {
            observer.awaitRevision(expected.getLast());
            assertThat(observer.revisions()).isEqualTo(expected);
        }
        for (AutoCloseable watch : watches) {
            watch.close();
        }
    }

    @Test
    void aWatchThatStartsInThePastUnderLoadMissesNothing() throws Exception {
        long start = store.currentRevision() + 1;
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<List<Long>> writer = executor.submit(() -> IntStream.range(0, 3_000)
                    .mapToObj(i -> store.write(Write.create(key("load/" + i), bytes("x"))))
                    .toList().stream().map(KeyValueStoreContract::committed).toList());
            List<RecordingObserver> observers = new ArrayList<>();
            while (!writer.isDone() || observers.isEmpty()) {
                RecordingObserver observer = new RecordingObserver();
                observers.add(observer);
                store.watch(KeyRange.prefix(key("load/")), start, observer);
                observer.awaitEvents(Math.min(100, observers.size()));
            }
            List<Long> expected = writer.get();
            for (RecordingObserver observer : observers) {
                observer.awaitRevision(expected.getLast());
                assertThat(observer.revisions()).isEqualTo(expected);
            }
        }
    }

    @Test
    void aClosedWatchIsCalledNoMore() throws Exception {
        RecordingObserver closed = new RecordingObserver();
        RecordingObserver open = new RecordingObserver();
        AutoCloseable watch = store.watch(KeyRange.single(key("closed")), 0, closed);
        try (AutoCloseable other = store.watch(KeyRange.single(key("closed")), 0, open)) {
            long one = put("closed", "one");
            closed.awaitRevision(one);
            watch.close();
            open.awaitRevision(committed(store.write(new Write(key("closed"), bytes("two"), Write.ANY, 0))));
            assertThat(closed.revisions()).containsExactly(one);
            assertThat(closed.hasEnded()).isFalse();
        }
    }

    @Test
    void aFailingObserverDoesNotStopTheOthers() throws Exception {
        RecordingObserver sound = new RecordingObserver();
        CountDownLatch called = new CountDownLatch(1);
        WatchObserver failing = new WatchObserver() {
            @Override
            public void onEvents(List<WatchEvent> events, long revision) {
                called.countDown();
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void onEnd(StoreException reason) {}
        };
        try (AutoCloseable first = store.watch(KeyRange.single(key("sound")), 0, failing);
                AutoCloseable second = store.watch(KeyRange.single(key("sound")), 0, sound)) {
            sound.awaitRevision(put("sound", "x"));
            assertThat(called.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void aWatchWithFiltersDeliversTheWantedKindOnly() throws Exception {
        RecordingObserver puts = new RecordingObserver();
        RecordingObserver deletes = new RecordingObserver();
        try (AutoCloseable one = store.watch(new WatchRequest(KeyRange.single(key("kinds")), 0, true, false), puts);
                AutoCloseable two = store.watch(new WatchRequest(KeyRange.single(key("kinds")), 0, false, true), deletes)) {
            long written = put("kinds", "x");
            long deleted = committed(store.write(Write.delete(key("kinds"), written)));
            puts.awaitRevision(deleted);
            deletes.awaitRevision(deleted);
            assertThat(puts.revisions()).containsExactly(written);
            assertThat(deletes.revisions()).containsExactly(deleted);
        }
    }

    @Test
    void progressIsReportedForChangesOutsideTheRange() throws Exception {
        RecordingObserver observer = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.single(key("quiet")), 0, observer)) {
            observer.awaitRevision(put("loud", "x"));
            assertThat(observer.events()).isEmpty();
        }
    }

    // ---- leases ----------------------------------------------------------------------------------------------------------------------------------------

    @Test
    void aLeaseTakesItsKeysAlongWhenItIsRevoked() throws Exception {
        long lease = store.grantLease(3600, 0);
        assertThat(lease).isPositive();
        committed(store.write(new Write(key("leased/a"), bytes("x"), 0, lease)));
        committed(store.write(new Write(key("leased/b"), bytes("x"), 0, lease)));
        long kept = put("leased/c", "x");
        assertThat(get("leased/a").lease()).isEqualTo(lease);
        RecordingObserver observer = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.prefix(key("leased/")), kept + 1, observer)) {
            store.revokeLease(lease);
            List<WatchEvent> events = observer.awaitEvents(2);
            assertThat(events).extracting(event -> event.current().key()).containsExactly(key("leased/a"), key("leased/b"));
            assertThat(events).allSatisfy(event -> {
                assertThat(event.deleted()).isTrue();
                assertThat(event.revision()).as("one revision for all keys of a lease").isEqualTo(kept + 1);
                assertThat(text(event.previous())).isEqualTo("x");
            });
        }
        assertThat(texts("leased/", 0)).containsExactly("x");
        assertThatThrownBy(() -> store.revokeLease(lease)).isInstanceOf(StoreException.InvalidRequest.class);
    }

    @Test
    void aLeaseExpires() throws Exception {
        long lease = store.grantLease(1, 0);
        RecordingObserver observer = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.single(key("expiring")), 0, observer)) {
            committed(store.write(new Write(key("expiring"), bytes("x"), 0, lease)));
            assertThat(observer.awaitEvents(2).get(1).deleted()).isTrue();
        }
    }

    @Test
    void aKeyWrittenWithoutItsLeaseOutlivesIt() {
        long lease = store.grantLease(3600, 0);
        long one = committed(store.write(new Write(key("freed"), bytes("one"), 0, lease)));
        committed(store.write(Write.update(key("freed"), bytes("two"), one)));
        store.revokeLease(lease);
        assertThat(text(get("freed"))).isEqualTo("two");
    }

    @Test
    void anUnknownLeaseIsRefusedAndNothingWritten() {
        CompletableFuture<WriteResult> neighbour = store.write(Write.create(key("with-none"), bytes("x")));
        assertRefused(store.write(new Write(key("unknown-lease"), bytes("x"), 0, 4711)));
        committed(neighbour);
        assertThat(store.range(KeyRange.single(key("unknown-lease")), 0, 0).items()).isEmpty();
    }

    @Test
    void aWishedLeaseIdIsGivenOnce() {
        long wished = new Random().nextLong(1, Long.MAX_VALUE);
        assertThat(store.grantLease(60, wished)).isEqualTo(wished);
        assertThatThrownBy(() -> store.grantLease(60, wished)).isInstanceOf(StoreException.InvalidRequest.class);
        store.revokeLease(wished);
    }

    // ---- compaction ------------------------------------------------------------------------------------------------------------------------------------

    @Test
    void compactionKeepsWhatIsLiveAndWhatIsYounger() {
        put("c/a", "one");
        committed(store.write(new Write(key("c/a"), bytes("two"), Write.ANY, 0)));
        put("c/b", "b");
        long gone = put("c/gone", "x");
        long deleted = committed(store.write(Write.delete(key("c/gone"), gone)));
        long three = committed(store.write(new Write(key("c/a"), bytes("three"), Write.ANY, 0)));
        store.compact(deleted);
        assertThat(store.compactRevision()).isEqualTo(deleted);
        assertThat(texts("c/", 0)).containsExactly("three", "b");
        assertThat(texts("c/", deleted)).containsExactly("two", "b");
        assertThat(texts("c/", three)).containsExactly("three", "b");
        assertThatThrownBy(() -> texts("c/", deleted - 1))
                .isInstanceOfSatisfying(StoreException.Compacted.class, e -> assertThat(e.compactRevision()).isEqualTo(deleted));
    }

    @Test
    void compactingTwiceOrAheadIsRefused() {
        put("twice", "x");
        long head = put("twice2", "x");
        store.compact(head);
        assertThatThrownBy(() -> store.compact(head)).isInstanceOf(StoreException.Compacted.class);
        assertThatThrownBy(() -> store.compact(head + 100_000)).isInstanceOf(StoreException.FutureRevision.class);
    }

    @Test
    void revisionsGoOnAfterEverythingWasCompacted() {
        long one = put("on", "one");
        long deleted = committed(store.write(Write.delete(key("on"), one)));
        store.compact(deleted);
        assertThat(store.currentRevision()).isEqualTo(deleted);
        assertThat(put("on", "again")).isEqualTo(deleted + 1);
    }

    @Test
    void aWatchFromACompactedRevisionEnds() {
        long one = put("cw", "one");
        put("cw2", "x");
        long head = put("cw3", "x");
        store.compact(head);
        RecordingObserver observer = new RecordingObserver();
        store.watch(KeyRange.single(key("cw")), one, observer);
        assertThat(observer.awaitEnd()).isInstanceOfSatisfying(StoreException.Compacted.class, e -> assertThat(e.compactRevision()).isEqualTo(head));
    }

    @Test
    void aWatchFromTheCompactRevisionHasAllEventsWithPreviousValues() throws Exception {
        long one = put("edge", "one");
        long two = committed(store.write(Write.update(key("edge"), bytes("two"), one)));
        long three = committed(store.write(Write.delete(key("edge"), two)));
        store.compact(two);
        RecordingObserver observer = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.single(key("edge")), two, observer)) {
            observer.awaitRevision(three);
            assertThat(observer.revisions()).containsExactly(two, three);
            assertThat(observer.events()).extracting(event -> text(event.previous())).containsExactly("one", "two");
        }
    }

    @Test
    void aLiveWatchDoesNotNoticeCompaction() throws Exception {
        RecordingObserver observer = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.prefix(key("live/")), 0, observer)) {
            List<Long> expected = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                expected.add(committed(store.write(new Write(key("live/a"), bytes("" + i), Write.ANY, 0))));
                if (i % 5 == 4) {
                    observer.awaitRevision(expected.getLast());
                    store.compact(expected.getLast());
                }
            }
            observer.awaitRevision(expected.getLast());
            assertThat(observer.revisions()).isEqualTo(expected);
        }
    }

    @Test
    void compactionInTheMiddleOfAnyHistoryChangesNoLaterRead() {
        Random random = new Random(42);
        TreeMap<Long, List<String>> truth = new TreeMap<>();
        for (int i = 0; i < 300; i++) {
            String name = "any/" + random.nextInt(8);
            WriteResult result = random.nextInt(3) == 0
                    ? join(store.write(Write.delete(key(name), Write.ANY)))
                    : join(store.write(new Write(key(name), bytes("v" + i), Write.ANY, 0)));
            if (result instanceof WriteResult.Committed(long revision)) {
                truth.put(revision, texts("any/", revision));
            }
        }
        List<Long> revisions = List.copyOf(truth.keySet());
        for (long compactAt : List.of(revisions.get(50), revisions.get(51), revisions.get(150), revisions.getLast())) {
            store.compact(compactAt);
            truth.tailMap(compactAt).forEach((revision, expected) -> assertThat(texts("any/", revision)).as("at " + revision).isEqualTo(expected));
        }
    }

    // ---- transactions ----------------------------------------------------------------------------------------------------------------------------------

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
                TransactionResult.GetDone.class, done -> assertThat(done.range().items()).extracting(KeyValueStoreContract::text).containsExactly("x"));
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
        assertThat(((TransactionResult.GetDone) result.results().get(2)).range().items()).extracting(KeyValueStoreContract::text).containsExactly("new");
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

    // ---- life and history of leases and keys -----------------------------------------------------------------------------------------------------------

    @Test
    void aLeaseThatIsKeptAliveOutlivesItsTime() throws Exception {
        long kept = store.grantLease(2, 0);
        committed(store.write(new Write(key("kept"), bytes("x"), 0, kept)));
        RecordingObserver clock = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.prefix(key("tick/")), 0, clock)) {
            for (int i = 1; i <= 4; i++) {
                // Another lease's end is the clock of this test.
                long tick = store.grantLease(1, 0);
                committed(store.write(new Write(key("tick/" + i), bytes("x"), 0, tick)));
                assertThat(store.keepLeaseAlive(kept)).isEqualTo(2);
                clock.awaitEvents(2 * i);
            }
        }
        assertThat(text(get("kept"))).isEqualTo("x");
    }

    @Test
    void aLeaseTellsItsTimeAndKeys() {
        long lease = store.grantLease(1000, 0);
        committed(store.write(new Write(key("told/b"), bytes("x"), 0, lease)));
        committed(store.write(new Write(key("told/a"), bytes("x"), 0, lease)));
        assertThat(store.lease(lease)).hasValueSatisfying(status -> {
            assertThat(status.grantedSeconds()).isEqualTo(1000);
            assertThat(status.remainingSeconds()).isBetween(900L, 1000L);
            assertThat(status.keys()).containsExactly(key("told/a"), key("told/b"));
        });
        assertThat(store.leases()).contains(lease).isSorted();
        store.revokeLease(lease);
        assertThat(store.lease(lease)).isEmpty();
        assertThat(store.leases()).doesNotContain(lease);
        assertThatThrownBy(() -> store.keepLeaseAlive(lease)).isInstanceOf(StoreException.InvalidRequest.class);
    }

    @Test
    void historyTellsWhatBecameOfAKey() {
        Instant before = Instant.now();
        long one = put("told", "one");
        long two = committed(store.write(Write.update(key("told"), bytes("two"), one)));
        long three = committed(store.write(Write.delete(key("told"), two)));
        List<HistoryEntry> history = store.history(key("told"), 0);
        assertThat(history).extracting(entry -> entry.value().modRevision()).containsExactly(three, two, one);
        assertThat(history).extracting(HistoryEntry::deleted).containsExactly(true, false, false);
        assertThat(history).extracting(entry -> text(entry.value())).containsExactly("", "two", "one");
        assertThat(history).allSatisfy(entry -> assertThat(entry.writtenAt()).isBetween(before.minusSeconds(60), Instant.now().plusSeconds(60)));
        assertThat(store.history(key("told"), 1)).extracting(entry -> entry.value().modRevision()).containsExactly(three);
    }

    @Test
    void anInstantHasARevision() {
        long one = put("instant", "one");
        long two = put("instant", "two");
        Instant firstWritten = store.history(key("instant"), 0).getLast().writtenAt();
        Instant lastWritten = store.history(key("instant"), 0).getFirst().writtenAt();
        assertThat(store.revisionAt(firstWritten)).isGreaterThanOrEqualTo(one).isLessThanOrEqualTo(two);
        assertThat(store.revisionAt(lastWritten)).isEqualTo(two);
        assertThat(store.revisionAt(Instant.now().plusSeconds(3600))).isEqualTo(store.currentRevision());
        assertThat(store.revisionAt(Instant.EPOCH)).isZero();
    }

    // ---- life ------------------------------------------------------------------------------------------------------------------------------------------

    @Test
    void closingCommitsWhatWasAccepted() {
        KeyValueStore closing = open();
        List<CompletableFuture<WriteResult>> writes = IntStream.range(0, 500).mapToObj(i -> closing.write(Write.create(key("closing/" + i), bytes("x")))).toList();
        closing.close();
        writes.forEach(KeyValueStoreContract::committed);
        assertThat(store.range(KeyRange.prefix(key("closing/")), 0, 0).items()).hasSize(500);
    }

    @Test
    void aClosedStoreRefusesCalls() {
        KeyValueStore closed = open();
        closed.close();
        assertThat(catchThrowable(() -> join(closed.write(Write.create(key("late"), bytes("x")))))).isInstanceOf(StoreException.class);
        assertThatThrownBy(closed::currentRevision).isInstanceOf(StoreException.Unavailable.class);
    }

    // ---- helpers ---------------------------------------------------------------------------------------------------------------------------------------

    protected final Key key(String name) {
        return Key.of(root + name);
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    protected static String text(KeyValue item) {
        return new String(item.value(), StandardCharsets.UTF_8);
    }

    protected final long put(String name, String value) {
        return committed(store.write(new Write(key(name), bytes(value), Write.ANY, 0)));
    }

    protected final KeyValue get(String name) {
        return store.range(KeyRange.single(key(name)), 0, 0).items().getFirst();
    }

    private List<String> texts(String prefix, long revision) {
        return store.range(KeyRange.prefix(key(prefix)), revision, 0).items().stream().map(KeyValueStoreContract::text).toList();
    }

    protected static WriteResult join(CompletableFuture<WriteResult> write) {
        try {
            return write.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException reason ? reason : e;
        }
    }

    protected static long committed(CompletableFuture<WriteResult> write) {
        WriteResult result = join(write);
        assertThat(result).isInstanceOf(WriteResult.Committed.class);
        return ((WriteResult.Committed) result).revision();
    }

    private static void assertRefused(CompletableFuture<WriteResult> write) {
        assertThatThrownBy(() -> join(write)).isInstanceOf(StoreException.InvalidRequest.class);
    }

    private interface Step<T> {
        T run(int index);
    }

    private static <T> List<T> inParallel(int threads, Step<T> step) throws Exception {
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> futures = IntStream.range(0, threads).mapToObj(i -> executor.submit(() -> step.run(i))).toList();
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.get(60, TimeUnit.SECONDS));
            }
            return results;
        }
    }
}
