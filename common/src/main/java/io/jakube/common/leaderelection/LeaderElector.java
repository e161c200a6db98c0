package io.jakube.common.leaderelection;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.jakube.common.client.ApiClient;
import io.jakube.common.status.ApiException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Elects one leader among processes by a {@code coordination.k8s.io/v1 Lease}, as client-go's leader election does: a candidate takes the lease
 * when it is free, or when it has not seen it change for the lease's duration by its own clock (clocks of candidates are never compared).
 * The leader renews every retry period and steps down if it could not for the renew deadline. Stopping releases the lease.
 *
 * <p>One virtual thread does everything. {@link Listener} methods are called on it, each pair in turn.
 */
public final class LeaderElector implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(LeaderElector.class);

    /** What to do with leadership. */
    public interface Listener {
        /** Begin to act. Must return soon. */
        void onStartedLeading();

        /** Cease to act, at once: another leader may begin within the lease's duration. Must return when nothing acts any more. */
        void onStoppedLeading();
    }

    /**
     * @param leaseDuration how long others wait after the last renewal
     * @param renewDeadline how long the leader tries to renew before it steps down
     * @param retryPeriod time between tries
     */
    public record Timing(Duration leaseDuration, Duration renewDeadline, Duration retryPeriod) {
        /** client-go's, for the core components. */
        public static final Timing DEFAULT = new Timing(Duration.ofSeconds(15), Duration.ofSeconds(10), Duration.ofSeconds(2));

        public Timing {
            if (leaseDuration.compareTo(renewDeadline) <= 0 || renewDeadline.compareTo(retryPeriod) <= 0) {
                throw new IllegalArgumentException("leaseDuration > renewDeadline > retryPeriod must hold");
            }
        }
    }

    private static final long FIRST_PAUSE = 200;

    private final ApiClient client;
    private final String namespace;
    private final String name;
    private final String identity;
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(2);

    private final Timing timing;
    private final InstantSource clock;
    private final Listener listener;
    private final Thread thread = Thread.ofVirtual().name("leader-election").unstarted(this::run);

    private @Nullable Lease observed;
    private Instant observedAt = Instant.MIN;
    /** Whether the last try got an answer about the lease, if not the lease. */
    private boolean answered;
    private volatile boolean stopped;
    private volatile boolean leading;

    /**
     * @param namespace of the lease, usually {@code kube-system}
     * @param name of the lease
     * @param identity unique among the candidates
     */
    public LeaderElector(ApiClient client, String namespace, String name, String identity, Timing timing, InstantSource clock, Listener listener) {
        this.client = requireNonNull(client, "client is null");
        this.namespace = requireNonNull(namespace, "namespace is null");
        this.name = requireNonNull(name, "name is null");
        this.identity = requireNonNull(identity, "identity is null");
        this.timing = requireNonNull(timing, "timing is null");
        this.clock = requireNonNull(clock, "clock is null");
        this.listener = requireNonNull(listener, "listener is null");
    }

    public void start() {
        thread.start();
    }

    public boolean isLeader() {
        return leading;
    }

    private void run() {
        long retry = timing.retryPeriod().toMillis();
        while (!stopped) {
            try {
                long soon = FIRST_PAUSE;
                while (!tryAcquireOrRenew()) {
                    // The API may be about to start, or the lease of a leader that is gone about to be released. Later on, jitter keeps candidates from trying in step.
                    pause(soon < retry || !answered ? Duration.ofMillis(Math.min(retry, soon)) : Duration.ofMillis(retry + ThreadLocalRandom.current().nextLong(retry)));
                    soon = Math.min(retry, soon + soon / 4);
                }
                lead();
            } catch (InterruptedException e) {
                stopped = true;
            } catch (RuntimeException e) {
                log.error("Leading {}/{} failed", namespace, name, e);
            }
        }
    }

    private void lead() throws InterruptedException {
        log.info("{} leads {}/{}", identity, namespace, name);
        leading = true;
        try {
            listener.onStartedLeading();
            Instant renewed = clock.instant();
            while (!stopped) {
                pause(timing.retryPeriod());
                if (tryAcquireOrRenew()) {
                    renewed = clock.instant();
                } else if (!holdsLease() || Duration.between(renewed, clock.instant()).compareTo(timing.renewDeadline()) >= 0) {
                    log.warn("{} lost {}/{}", identity, namespace, name);
                    return;
                }
            }
        } finally {
            leading = false;
            boolean interrupted = Thread.interrupted();
            listener.onStoppedLeading();
            if (stopped || interrupted) {
                release();
            }
        }
    }

    private static void pause(Duration time) throws InterruptedException {
        Thread.sleep(time);
    }

    private boolean holdsLease() {
        return observed != null && identity.equals(holder(observed));
    }

    /** One try. @return whether this candidate holds the lease now */
    boolean tryAcquireOrRenew() {
        answered = true;
        try {
            Lease current = observed;
            if (current == null || !identity.equals(holder(current)) || isExpired(current)) {
                try {
                    current = client.get(Lease.class, namespace, name);
                } catch (ApiException e) {
                    if (e.code() != 404) {
                        throw e;
                    }
                    observe(client.create(leaseFor(null)));
                    return true;
                }
                observe(current);
                if (!identity.equals(holder(current)) && !holder(current).isEmpty() && !isExpired(current)) {
                    return false;
                }
            }
            observe(client.update(leaseFor(current)));
            return true;
        } catch (ApiException | UncheckedIOException e) {
            if (e instanceof ApiException api && api.code() == 409) {
                observed = null;
            }
            answered = e instanceof ApiException api && api.code() < 500 && api.code() != 401 && api.code() != 403 && api.code() != 404;
            log.debug("Lease {}/{} could not be taken or renewed: {}", namespace, name, e.getMessage());
            return false;
        }
    }

    private void release() {
        Lease held = observed;
        if (held == null || !identity.equals(holder(held))) {
            return;
        }
        try {
            Lease free = new LeaseBuilder(leaseFor(held)).editSpec().withHolderIdentity("").withLeaseDurationSeconds(1).endSpec().build();
            client.update(free);
        } catch (ApiException | UncheckedIOException e) {
            log.info("Lease {}/{} could not be released and will expire: {}", namespace, name, e.getMessage());
        }
    }

    private void observe(Lease lease) {
        // Only a change counts: its age is measured by this clock alone.
        if (observed == null || !Objects.equals(observed.getMetadata().getResourceVersion(), lease.getMetadata().getResourceVersion())) {
            observedAt = clock.instant();
        }
        observed = lease;
    }

    private boolean isExpired(Lease lease) {
        Integer seconds = lease.getSpec() == null ? null : lease.getSpec().getLeaseDurationSeconds();
        Duration duration = seconds == null ? timing.leaseDuration() : Duration.ofSeconds(seconds);
        return !observedAt.plus(duration).isAfter(clock.instant());
    }

    private static String holder(Lease lease) {
        String holder = lease.getSpec() == null ? null : lease.getSpec().getHolderIdentity();
        return holder == null ? "" : holder;
    }

    private Lease leaseFor(@Nullable Lease current) {
        ZonedDateTime now = clock.instant().truncatedTo(ChronoUnit.MICROS).atZone(ZoneOffset.UTC);
        LeaseSpec old = current == null ? null : current.getSpec();
        boolean mine = current != null && identity.equals(holder(current));
        int transitions = old == null || old.getLeaseTransitions() == null ? 0 : old.getLeaseTransitions();
        LeaseBuilder lease = current == null ? new LeaseBuilder().withNewMetadata().withNamespace(namespace).withName(name).endMetadata() : new LeaseBuilder(current);
        return lease.withNewSpec()
                .withHolderIdentity(identity)
                .withLeaseDurationSeconds((int) timing.leaseDuration().toSeconds())
                .withAcquireTime(mine && old != null && old.getAcquireTime() != null ? old.getAcquireTime() : now)
                .withRenewTime(now)
                .withLeaseTransitions(mine || current == null ? transitions : transitions + 1)
                .endSpec()
                .build();
    }

    /** Steps down if leading and releases the lease; a server that does not answer is not waited for longer than {@link #CLOSE_PATIENCE}. */
    @Override
    public void close() {
        stopped = true;
        thread.interrupt();
        try {
            if (thread.isAlive()) {
                thread.join(CLOSE_PATIENCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
