package io.jakube.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.KeyValue;
import io.jakube.db.KeyValueStore;
import io.jakube.db.RecordingObserver;
import io.jakube.db.StoreException;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AutomaticCompactionIT {
    @Test
    void oldHistoryGoesByItselfAndTheNewestRevisionsStay() {
        try (TemporaryPostgres postgres = EmbeddedPostgres.temporary();
                KeyValueStore one = open(postgres);
                KeyValueStore two = open(postgres)) {
            long first = write(one, 0);
            long last = first;
            for (int i = 1; i <= 50; i++) {
                last = write(i % 2 == 0 ? one : two, i);
            }
            long kept = last - 10;
            // Ends the moment compaction passes it; a live watch at the head is not disturbed.
            RecordingObserver live = new RecordingObserver();
            one.watch(KeyRange.single(Key.of("k")), 0, live);
            long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
            while (two.compactRevision() < kept) {
                assertThat(System.nanoTime()).as("waited a minute for compaction, which stands at " + two.compactRevision()).isLessThan(deadline);
            }
            assertThat(two.compactRevision()).as("the newest ten revisions stay").isEqualTo(kept);
            RecordingObserver late = new RecordingObserver();
            two.watch(KeyRange.single(Key.of("k")), first, late);
            assertThat(late.awaitEnd()).isInstanceOf(StoreException.Compacted.class);
            assertThat(two.range(KeyRange.single(Key.of("k")), kept, 0).items()).singleElement().extracting(KeyValue::modRevision).isEqualTo(kept);
            live.awaitRevision(write(two, 51));
            assertThat(live.hasEnded()).isFalse();
        }
    }

    private static KeyValueStore open(TemporaryPostgres postgres) {
        return PostgresKeyValueStore.open(StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile())
                .withRetention(new StoreConfig.Retention(Duration.ofMillis(200), 10)));
    }

    private static long write(KeyValueStore store, int value) {
        return ((WriteResult.Committed) store.write(new Write(Key.of("k"), new byte[] {(byte) value}, Write.ANY, 0)).join()).revision();
    }
}
