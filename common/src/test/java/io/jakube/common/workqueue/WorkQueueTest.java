package io.jakube.common.workqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
    private final AtomicLong now = new AtomicLong();
    private final WorkQueue<String> queue = new WorkQueue<>(Duration.ofMillis(5), Duration.ofSeconds(1), now::get);

    private void advance(Duration time) {
        now.addAndGet(time.toNanos());
    }

    @Test
    void handsOutEachWaitingKeyOnceInOrder() {
        queue.add("a");
        queue.add("b");
        queue.add("a");
        assertThat(queue.poll()).contains("a");
        assertThat(queue.poll()).contains("b");
        assertThat(queue.poll()).isEmpty();
    }

    @Test
    void aKeyAddedWhileWorkedOnComesBackAfterDoneOnly() {
        queue.add("a");
        assertThat(queue.poll()).contains("a");
        queue.add("a");
        queue.add("a");
        assertThat(queue.poll()).isEmpty();
        queue.done("a");
        assertThat(queue.poll()).contains("a");
        queue.done("a");
        assertThat(queue.poll()).isEmpty();
    }

    @Test
    void delayedKeysComeWhenDueAndTheEarliestTimeWins() {
        queue.addAfter("a", Duration.ofSeconds(10));
        queue.addAfter("b", Duration.ofSeconds(5));
        queue.addAfter("a", Duration.ofSeconds(2));
        queue.addAfter("a", Duration.ofSeconds(20));
        assertThat(queue.poll()).isEmpty();
        advance(Duration.ofSeconds(2));
        assertThat(queue.poll()).contains("a");
        queue.done("a");
        advance(Duration.ofSeconds(3));
        assertThat(queue.poll()).contains("b");
        advance(Duration.ofSeconds(60));
        assertThat(queue.poll()).isEmpty();
    }

    @Test
    void backOffDoublesUpToItsMaximumAndIsForgotten() {
        long[] expected = {5, 10, 20, 40, 80, 160, 320, 640, 1000, 1000};
        for (long millis : expected) {
            queue.addRateLimited("a");
            advance(Duration.ofMillis(millis).minusNanos(1));
            assertThat(queue.poll()).as("before %d ms", millis).isEmpty();
            advance(Duration.ofNanos(1));
            assertThat(queue.poll()).as("after %d ms", millis).contains("a");
            queue.done("a");
        }
        assertThat(queue.failures("a")).isEqualTo(10);
        queue.forget("a");
        queue.addRateLimited("a");
        advance(Duration.ofMillis(5));
        assertThat(queue.poll()).contains("a");
    }

    @Test
    void backOffStaysAtItsMaximumAfterManyFailures() {
        for (int i = 0; i < 200; i++) {
            queue.addRateLimited("a");
            advance(Duration.ofSeconds(1));
            assertThat(queue.poll()).contains("a");
            queue.done("a");
        }
    }

    @Test
    void shutDownDrainsWhatWaitsAndDropsWhatIsDelayed() throws Exception {
        queue.add("a");
        queue.addAfter("b", Duration.ofMillis(1));
        queue.shutDown();
        queue.add("c");
        advance(Duration.ofSeconds(1));
        assertThat(queue.take()).contains("a");
        assertThat(queue.take()).isEmpty();
    }

    @Test
    void waitingTakersWakeForAddsDelayedAddsAndShutDown() throws Exception {
        WorkQueue<String> real = new WorkQueue<>();
        CompletableFuture<Optional<String>> first = taker(real);
        CompletableFuture<Optional<String>> second = taker(real);
        CompletableFuture<Optional<String>> third = taker(real);
        real.addAfter("late", Duration.ofMillis(30));
        real.add("soon");
        CompletableFuture.anyOf(first, second, third).get(10, TimeUnit.SECONDS);
        while (real.delayedLength() > 0 || real.length() > 0) {
            Thread.onSpinWait();
        }
        real.shutDown();
        assertThat(java.util.List.of(first.get(10, TimeUnit.SECONDS), second.get(10, TimeUnit.SECONDS), third.get(10, TimeUnit.SECONDS)))
                .containsExactlyInAnyOrder(Optional.of("soon"), Optional.of("late"), Optional.empty());
    }

    private static CompletableFuture<Optional<String>> taker(WorkQueue<String> queue) {
        CompletableFuture<Optional<String>> result = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                result.complete(queue.take());
            } catch (InterruptedException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }
}
