package io.jakube.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What only callers in the process of the store can know: the order of their calls, history by time, closing. */
public abstract class LifeContract extends StoreContract {
    protected LifeContract(Supplier<KeyValueStore> opener) {
        super(opener);
    }

    @Test
    void writesOfOneCallerToOneKeyAreAppliedInCallOrder() {
        List<CompletableFuture<WriteResult>> results =
                IntStream.range(0, 200).mapToObj(i -> store.write(new Write(key("ordered"), bytes("v" + i), Write.ANY, 0))).toList();
        List<Long> revisions = results.stream().map(StoreContract::committed).toList();
        assertThat(revisions).isSorted().doesNotHaveDuplicates();
        assertThat(text(get("ordered"))).isEqualTo("v199");
        assertThat(get("ordered").version()).isEqualTo(200);
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

    @Test
    void closingCommitsWhatWasAccepted() {
        KeyValueStore closing = open();
        List<CompletableFuture<WriteResult>> writes = IntStream.range(0, 500).mapToObj(i -> closing.write(Write.create(key("closing/" + i), bytes("x")))).toList();
        closing.close();
        writes.forEach(StoreContract::committed);
        assertThat(store.range(KeyRange.prefix(key("closing/")), 0, 0).items()).hasSize(500);
    }

    @Test
    void aClosedStoreRefusesCalls() {
        KeyValueStore closed = open();
        closed.close();
        assertThat(catchThrowable(() -> join(closed.write(Write.create(key("late"), bytes("x")))))).isInstanceOf(StoreException.class);
        assertThatThrownBy(closed::currentRevision).isInstanceOf(StoreException.Unavailable.class);
    }
}
