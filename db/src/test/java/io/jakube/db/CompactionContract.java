package io.jakube.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What compaction takes away and what it leaves. */
public abstract class CompactionContract extends StoreContract {
    protected CompactionContract(Supplier<KeyValueStore> opener) {
        super(opener);
    }

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
}
