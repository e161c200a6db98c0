package io.jakube.db;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Single writes: keys, values, conditions, and the revisions writes get. */
public abstract class WriteContract extends StoreContract {
    protected WriteContract(Supplier<KeyValueStore> opener) {
        super(opener);
    }

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
        byte[] name = (root() + "bytes").getBytes(StandardCharsets.UTF_8);
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
    void exactlyOneOfManyConcurrentCreatesWins() throws Exception {
        KeyValueStore second = another();
        List<CompletableFuture<WriteResult>> results = inParallel(32, i -> (i % 2 == 0 ? store : second).write(Write.create(key("contended"), bytes("by " + i))));
        List<WriteResult> outcomes = results.stream().map(StoreContract::join).toList();
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

    @Test
    void revisionsAreContiguousOverAllWriters() throws Exception {
        KeyValueStore second = another();
        long before = store.currentRevision();
        List<List<Long>> revisions = inParallel(16, t -> {
            List<CompletableFuture<WriteResult>> writes = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                writes.add((t % 2 == 0 ? store : second).write(Write.create(key("contiguous/" + t + "/" + i), bytes("x"))));
            }
            return writes.stream().map(StoreContract::committed).toList();
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
}
