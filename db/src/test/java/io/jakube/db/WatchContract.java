package io.jakube.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What watches deliver. */
public abstract class WatchContract extends StoreContract {
    protected WatchContract(Supplier<KeyValueStore> opener) {
        super(opener);
    }

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
                .toList().stream().map(StoreContract::committed).toList());
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
                    .toList().stream().map(StoreContract::committed).toList());
            List<RecordingObserver> observers = new ArrayList<>();
            while (!writer.isDone() || observers.isEmpty()) {
                RecordingObserver observer = new RecordingObserver();
                observers.add(observer);
                store.watch(KeyRange.prefix(key("load/")), start, observer);
                observer.awaitEvents(Math.min(100, observers.size()));
            }
            List<Long> expected = writer.get().stream().sorted().toList();
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
}
