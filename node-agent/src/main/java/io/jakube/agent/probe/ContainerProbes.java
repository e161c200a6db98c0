package io.jakube.agent.probe;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Probe;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The probes of one running container, each on its own virtual thread until {@link #close}. Liveness and readiness wait for the startup probe.
 *
 * <p>A readiness or startup probe without an initial delay runs at once and, until its container first passes, again after 100 ms, 200 ms and so on
 * up to its period; failures between the regular times are not counted.
 */
public final class ContainerProbes implements AutoCloseable {
    private static final Duration FIRST_RETRY = Duration.ofMillis(100);

    /** The three kinds, named as events do. */
    private enum Kind {
        STARTUP,
        READINESS,
        LIVENESS;

        String title() {
            return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
        }
    }

    /** Answers that were there before this agent started. */
    public record Before(boolean started, boolean ready) {
        public static final Before NOTHING = new Before(false, false);
    }

    private final Instant startedAt;
    private final Runnable changed;
    private final Consumer<String> unhealthy;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch startup = new CountDownLatch(1);
    private volatile boolean started;
    private volatile boolean ready;
    private volatile boolean livenessFailed;
    private volatile boolean startupFailed;

    /**
     * Starts probing.
     *
     * @param check runs a probe once
     * @param startedAt of the container; initial delays count from it
     * @param before what an earlier agent had found out about this container
     * @param changed called after any answer changed, from the probe's thread
     * @param unhealthy told about each counted failure, as the event's text
     */
    public ContainerProbes(
            Container container,
            Function<Probe, CheckResult> check,
            Instant startedAt,
            Before before,
            Runnable changed,
            Consumer<String> unhealthy) {
        requireNonNull(container, "container is null");
        this.startedAt = requireNonNull(startedAt, "startedAt is null");
        this.changed = requireNonNull(changed, "changed is null");
        this.unhealthy = requireNonNull(unhealthy, "unhealthy is null");
        Probe startupProbe = container.getStartupProbe();
        Probe readinessProbe = container.getReadinessProbe();
        Probe livenessProbe = container.getLivenessProbe();
        started = startupProbe == null || before.started();
        ready = readinessProbe == null || before.ready();
        if (started) {
            startup.countDown();
        }
        start(Kind.STARTUP, started ? null : startupProbe, check);
        start(Kind.READINESS, readinessProbe, check);
        start(Kind.LIVENESS, livenessProbe, check);
    }

    public boolean started() {
        return started;
    }

    public boolean ready() {
        return started && ready;
    }

    public boolean livenessFailed() {
        return livenessFailed;
    }

    public boolean startupFailed() {
        return startupFailed;
    }

    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
    }

    private void start(Kind kind, @Nullable Probe probe, Function<Probe, CheckResult> check) {
        if (probe != null) {
            threads.add(Thread.ofVirtual().name("probe-" + kind.title()).start(() -> run(kind, probe, () -> check.apply(probe))));
        }
    }

    private void run(Kind kind, Probe probe, Supplier<CheckResult> check) {
        try {
            loop(kind, probe, check);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop(Kind kind, Probe probe, Supplier<CheckResult> check) throws InterruptedException {
        Duration period = Duration.ofSeconds(orDefault(probe.getPeriodSeconds(), 10));
        Duration initialDelay = Duration.ofSeconds(orDefault(probe.getInitialDelaySeconds(), 0));
        ProbeCounter counter = new ProbeCounter(orDefault(probe.getSuccessThreshold(), 1), orDefault(probe.getFailureThreshold(), 3));
        if (kind != Kind.STARTUP) {
            startup.await();
        }
        sleepUntil(startedAt.plus(initialDelay));
        Instant next = Instant.now();
        Duration retry = kind == Kind.LIVENESS ? period : FIRST_RETRY;
        boolean everPassed = false;
        while (!Thread.interrupted()) {
            boolean regular = !Instant.now().isBefore(next);
            CheckResult result = check.get();
            if (Thread.interrupted()) {
                return;
            }
            everPassed |= result.passed();
            if (result.passed() || regular) {
                if (!result.passed()) {
                    unhealthy.accept(kind.title() + " probe failed: " + result.output());
                }
                Optional<Boolean> answer = counter.count(result.passed());
                if (answer.isPresent() && set(kind, answer.get())) {
                    return;
                }
            }
            if (regular) {
                next = next.plus(period);
            }
            Instant wake = everPassed ? next : earlier(next, Instant.now().plus(retry));
            retry = longer(retry, period);
            sleepUntil(wake);
        }
    }

    /** The pause after this one while a probe has not passed yet: twice as long, up to the period. */
    static Duration longer(Duration retry, Duration period) {
        return retry.compareTo(period) < 0 ? retry.multipliedBy(2) : period;
    }

    /** @return true when this probe has nothing more to say */
    private boolean set(Kind kind, boolean passed) {
        switch (kind) {
            case STARTUP -> {
                started = passed;
                startupFailed = !passed;
                startup.countDown();
                changed.run();
                return true;
            }
            case READINESS -> {
                if (ready != passed) {
                    ready = passed;
                    changed.run();
                }
            }
            case LIVENESS -> {
                if (!passed) {
                    livenessFailed = true;
                    changed.run();
                    return true;
                }
            }
        }
        return false;
    }

    private static Instant earlier(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static void sleepUntil(Instant when) throws InterruptedException {
        Duration left = Duration.between(Instant.now(), when);
        if (left.isPositive()) {
            Thread.sleep(left);
        }
    }

    private static int orDefault(@Nullable Integer value, int otherwise) {
        return value == null ? otherwise : value;
    }
}
