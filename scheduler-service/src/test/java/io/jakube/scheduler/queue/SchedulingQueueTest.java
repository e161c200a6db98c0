package io.jakube.scheduler.queue;

import static io.jakube.scheduler.Pods.pod;
import static org.assertj.core.api.Assertions.assertThat;

import io.jakube.scheduler.queue.SchedulingQueue.ClusterEvent;
import io.jakube.scheduler.snapshot.PodInfo;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SchedulingQueueTest {
    private static final class ManualClock extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }

        private void pass(Duration time) {
            now = now.plus(time);
        }
    }

    private final ManualClock clock = new ManualClock();
    private final SchedulingQueue queue = new SchedulingQueue(clock);

    private static PodInfo info(String name, int priority) {
        return PodInfo.of(pod(name).editSpec().withPriority(priority).endSpec().build());
    }

    @Test
    void handsOutTheHighestPriorityFirstThenTheOldest() throws InterruptedException {
        queue.addOrUpdate(info("old", 0), true);
        clock.pass(Duration.ofMillis(1));
        queue.addOrUpdate(info("young", 0), true);
        queue.addOrUpdate(info("vip", 9), true);
        assertThat(List.of(queue.take().key().name(), queue.take().key().name(), queue.take().key().name())).containsExactly("vip", "old", "young");
    }

    @Test
    void unschedulablePodsWaitForAnEventThatMayHelpThem() throws InterruptedException {
        PodInfo a = info("a", 0);
        queue.addOrUpdate(a, true);
        queue.unschedulable(queue.take(), List.of("NodeResourcesFit"));
        assertThat(queue.sizes()).containsExactly(0, 0, 1);
        queue.moveOnEvent(new ClusterEvent(Set.of("VolumeBinding")));
        assertThat(queue.sizes()).containsExactly(0, 0, 1);
        clock.pass(Duration.ofSeconds(2));
        queue.moveOnEvent(new ClusterEvent(Set.of("NodeResourcesFit")));
        assertThat(queue.sizes()).containsExactly(1, 0, 0);
    }

    @Test
    void anEventDuringAnAttemptIsNotLost() throws InterruptedException {
        queue.addOrUpdate(info("a", 0), true);
        PodInfo tried = queue.take();
        queue.moveOnEvent(ClusterEvent.ANY);
        queue.unschedulable(tried, List.of("NodeResourcesFit"));
        assertThat(queue.sizes()).containsExactly(0, 1, 0);
        clock.pass(SchedulingQueue.INITIAL_BACKOFF);
        assertThat(queue.take().key().name()).isEqualTo("a");
    }

    @Test
    void backOffDoublesToTenSeconds() {
        assertThat(SchedulingQueue.backoffAfter(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(SchedulingQueue.backoffAfter(3)).isEqualTo(Duration.ofSeconds(4));
        assertThat(SchedulingQueue.backoffAfter(30)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void forgottenPodsDoNotComeBack() throws InterruptedException {
        queue.addOrUpdate(info("a", 0), true);
        PodInfo tried = queue.take();
        queue.remove(tried.key());
        queue.failed(tried);
        assertThat(queue.sizes()).containsExactly(0, 0, 0);
    }

    @Test
    void unschedulablePodsAreTriedAgainAfterFiveMinutes() throws InterruptedException {
        queue.addOrUpdate(info("a", 0), true);
        queue.unschedulable(queue.take(), List.of("NodeResourcesFit"));
        clock.pass(SchedulingQueue.UNSCHEDULABLE_PATIENCE.plusSeconds(1));
        assertThat(queue.take().key().name()).isEqualTo("a");
    }

    @Test
    void closingReleasesTheTaker() throws InterruptedException {
        queue.close();
        assertThat(queue.take()).isNull();
    }
}
