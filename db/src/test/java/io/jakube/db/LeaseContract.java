package io.jakube.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Leases and the keys attached to them. */
public abstract class LeaseContract extends StoreContract {
    protected LeaseContract(Supplier<KeyValueStore> opener) {
        super(opener);
    }

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

    @Test
    void aLeaseThatIsKeptAliveOutlivesItsTime() throws Exception {
        long kept = store.grantLease(4, 0);
        committed(store.write(new Write(key("kept"), bytes("x"), 0, kept)));
        RecordingObserver clock = new RecordingObserver();
        try (AutoCloseable watch = store.watch(KeyRange.prefix(key("tick/")), 0, clock)) {
            for (int i = 1; i <= 4; i++) {
                // Another lease's end is the clock of this test.
                long tick = store.grantLease(1, 0);
                committed(store.write(new Write(key("tick/" + i), bytes("x"), 0, tick)));
                assertThat(store.keepLeaseAlive(kept)).isEqualTo(4);
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
        store.revokeLease(lease);
        assertThat(store.lease(lease)).isEmpty();
        assertThatThrownBy(() -> store.keepLeaseAlive(lease)).isInstanceOf(StoreException.InvalidRequest.class);
    }

    @Test
    void liveLeasesAreListed() {
        long one = store.grantLease(1000, 0);
        long two = store.grantLease(1000, 0);
        assertThat(store.leases()).contains(one, two).isSorted();
        store.revokeLease(one);
        assertThat(store.leases()).doesNotContain(one).contains(two);
    }

    @Test
    void aKeyHasTheLeaseItWasLastWrittenWith() {
        long first = store.grantLease(1000, 0);
        long second = store.grantLease(1000, 0);
        committed(store.write(new Write(key("moved"), bytes("x"), 0, first)));
        committed(store.write(new Write(key("moved"), bytes("y"), Write.ANY, second)));
        assertThat(get("moved").lease()).isEqualTo(second);
        store.revokeLease(first);
        assertThat(text(get("moved"))).isEqualTo("y");
        assertThat(store.lease(second)).hasValueSatisfying(status -> assertThat(status.keys()).containsExactly(key("moved")));
        store.revokeLease(second);
        assertThat(store.range(KeyRange.single(key("moved")), 0, 0).items()).isEmpty();
    }

    @Test
    void aDeletedKeyLeavesItsLease() {
        long lease = store.grantLease(1000, 0);
        committed(store.write(new Write(key("left"), bytes("x"), 0, lease)));
        committed(store.write(Write.delete(key("left"), Write.ANY)));
        assertThat(store.lease(lease)).hasValueSatisfying(status -> assertThat(status.keys()).isEmpty());
        long before = store.currentRevision();
        store.revokeLease(lease);
        assertThat(store.currentRevision()).as("a lease without keys ends without a revision").isEqualTo(before);
    }
}
