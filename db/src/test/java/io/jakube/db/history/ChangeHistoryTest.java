package io.jakube.db.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.db.HistoryEntry;
import io.jakube.db.Key;
import io.jakube.db.KeyValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangeHistoryTest {
    private static HistoryEntry entry(long revision, long version, String value) {
        return new HistoryEntry(false, new KeyValue(Key.of("k"), value.getBytes(StandardCharsets.UTF_8), 1, revision, version, 0), Instant.EPOCH);
    }

    @Test
    void saysWhoChangedWhat() {
        String created = "{\"metadata\":{\"managedFields\":[{\"manager\":\"kubectl\",\"time\":\"1\"}]},\"spec\":{\"replicas\":1,\"paused\":true}}";
        String scaled = "{\"metadata\":{\"managedFields\":[{\"manager\":\"kubectl\",\"time\":\"1\"},{\"manager\":\"hpa\",\"subresource\":\"scale\"}]},"
                + "\"spec\":{\"replicas\":3,\"list\":[\"a\"]}}";
        HistoryEntry gone = new HistoryEntry(true, new KeyValue(Key.of("k"), new byte[0], 1, 9, 3, 0), Instant.EPOCH);
        List<ObjectChange> changes = ChangeHistory.describe(List.of(gone, entry(7, 2, scaled), entry(5, 1, created)));
        assertThat(changes).extracting(ObjectChange::revision).containsExactly(5L, 7L, 9L);
        assertThat(changes).extracting(ObjectChange::kind).containsExactly(ObjectChange.Kind.CREATED, ObjectChange.Kind.CHANGED, ObjectChange.Kind.DELETED);
        assertThat(changes.get(0).managers()).containsExactly("kubectl");
        assertThat(changes.get(1).managers()).containsExactly("hpa (scale)");
        assertThat(changes.get(1).changes()).containsExactly("spec.list[0]: set to \"a\"", "spec.paused: removed, was true", "spec.replicas: 1 → 3");
    }

    @Test
    void valuesThatAreNotObjectsAreComparedWhole() {
        assertThat(ChangeHistory.describe(List.of(entry(2, 2, "two"), entry(1, 1, "one"))).get(1).changes()).containsExactly("value: one → two");
    }

    @Test
    void aHistoryThatBeginsLaterSaysSo() {
        assertThat(ChangeHistory.describe(List.of(entry(8, 4, "x")))).singleElement().extracting(ObjectChange::kind).isEqualTo(ObjectChange.Kind.KEPT);
    }
}
