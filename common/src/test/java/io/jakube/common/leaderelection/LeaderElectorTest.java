package io.jakube.common.leaderelection;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.jakube.common.client.FakeApi;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeaderElectorTest {
    private static final LeaderElector.Listener NOTHING = new LeaderElector.Listener() {
        @Override
        public void onStartedLeading() {}

        @Override
        public void onStoppedLeading() {}
    };

    private final FakeApi api = new FakeApi();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final LeaderElector a = elector("a");
    private final LeaderElector b = elector("b");

    private LeaderElector elector(String identity) {
        return new LeaderElector(api, "kube-system", "lock", identity, LeaderElector.Timing.DEFAULT, () -> now, NOTHING);
    }

    private Lease lease() {
        return api.get(Lease.class, "kube-system", "lock");
    }

    @Test
    void theFirstTakesTheLeaseAndRenewsIt() {
        assertThat(a.tryAcquireOrRenew()).isTrue();
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("a");
        assertThat(lease().getSpec().getLeaseTransitions()).isZero();
        now = now.plusSeconds(2);
        assertThat(a.tryAcquireOrRenew()).isTrue();
        assertThat(lease().getSpec().getRenewTime().toInstant()).isEqualTo(now);
        assertThat(lease().getSpec().getAcquireTime().toInstant()).isEqualTo(now.minusSeconds(2));
    }

    @Test
    void anotherTakesItOnlyAfterSeeingItUnchangedForItsDuration() {
        assertThat(a.tryAcquireOrRenew()).isTrue();
        now = now.plusSeconds(60);
        assertThat(b.tryAcquireOrRenew()).as("first sight counts from now, whatever the renew time says").isFalse();
        now = now.plusSeconds(14);
        assertThat(b.tryAcquireOrRenew()).isFalse();
        now = now.plusSeconds(1);
        assertThat(b.tryAcquireOrRenew()).isTrue();
        assertThat(lease().getSpec().getHolderIdentity()).isEqualTo("b");
        assertThat(lease().getSpec().getLeaseTransitions()).isEqualTo(1);
        assertThat(a.tryAcquireOrRenew()).as("the old leader's stale renewal is refused").isFalse();
        assertThat(a.tryAcquireOrRenew()).isFalse();
    }

    @Test
    void stoppingStepsDownAndReleases() throws Exception {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch stopped = new CountDownLatch(1);
        LeaderElector elector = new LeaderElector(api, "kube-system", "lock", "c",
                new LeaderElector.Timing(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2)), () -> now, new LeaderElector.Listener() {
                    @Override
                    public void onStartedLeading() {
                        started.countDown();
                    }

                    @Override
                    public void onStoppedLeading() {
                        stopped.countDown();
                    }
                });
        elector.start();
        assertThat(started.await(20, TimeUnit.SECONDS)).isTrue();
        elector.close();
        assertThat(stopped.getCount()).isZero();
        assertThat(elector.isLeader()).isFalse();
        assertThat(lease().getSpec().getHolderIdentity()).isEmpty();
        assertThat(b.tryAcquireOrRenew()).as("a released lease is free at once").isTrue();
    }
}
