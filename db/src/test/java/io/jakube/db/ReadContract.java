package io.jakube.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Reads of ranges, at the latest revision and at older ones. */
public abstract class ReadContract extends StoreContract {
    protected ReadContract(Supplier<KeyValueStore> opener) {
        super(opener);
    }

    @Test
    void rangesAreOrderedByUnsignedBytes() {
        List<Key> keys = new ArrayList<>();
        for (int b : new int[] {0xff, 0x00, 0x7f, 0x80, 0x41}) {
            byte[] prefix = (root() + "order/").getBytes(StandardCharsets.UTF_8);
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
        assertThat(result.items()).extracting(StoreContract::text).containsExactly("b", "c");
        assertThat(result.count()).isEqualTo(2);
    }

    @Test
    void aRangeWithoutEndReachesTheLastKey() {
        byte[] last = {(byte) 0xff, (byte) 0xff, (byte) 0xfe, 1};
        committed(store.write(new Write(Key.of(last), bytes("last"), Write.ANY, 0)));
        assertThat(store.range(new KeyRange(Key.of(new byte[] {(byte) 0xff, (byte) 0xff}), null), 0, 0).items()).extracting(StoreContract::text).contains("last");
        assertThat(store.range(KeyRange.prefix(Key.of(new byte[] {(byte) 0xff, (byte) 0xff})), 0, 0).items()).extracting(StoreContract::text).contains("last");
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
        assertThat(result.items()).extracting(StoreContract::text).containsExactly("v0", "v1", "v2");
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
        int prefix = (root() + "sort/").length();
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
        assertThat(store.range(all.createdWithin(b + 1, 0).at(b + 1)).items()).extracting(StoreContract::text).containsExactly("1");
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
}
