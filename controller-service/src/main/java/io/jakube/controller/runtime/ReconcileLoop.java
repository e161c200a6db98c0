package io.jakube.controller.runtime;

import static java.util.Objects.requireNonNull;

import io.jakube.common.api.ObjectKey;
import io.jakube.common.metrics.Histogram;
import io.jakube.common.status.ApiException;
import io.jakube.common.workqueue.WorkQueue;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A work queue and the virtual threads that empty it: take a key, decide, perform. A key whose step failed comes back after its back-off.
 * Idle workers sleep; nothing polls.
 */
public final class ReconcileLoop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ReconcileLoop.class);

    private final String name;
    private final int workers;
    private final Reconciler reconciler;
    private final PlanExecutor executor;
    private final WorkQueue<ObjectKey> queue;
    private final List<Thread> threads = new ArrayList<>();
    private final LongAdder steps = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder adds = new LongAdder();
    private final Histogram durations = Histogram.exponential(1e-8, 10, 10);
    private final Map<ObjectKey, String> problems = new ConcurrentHashMap<>();

    ReconcileLoop(String name, int workers, Reconciler reconciler, PlanExecutor executor, WorkQueue<ObjectKey> queue) {
        this.name = requireNonNull(name, "name is null");
        this.workers = workers;
        this.reconciler = requireNonNull(reconciler, "reconciler is null");
        this.executor = requireNonNull(executor, "executor is null");
        this.queue = requireNonNull(queue, "queue is null");
    }

    /** For metrics and logs, for example {@code replicaset}. */
    public String name() {
        return name;
    }

    /** Marks a key as needing a step. */
    public void add(ObjectKey key) {
        adds.increment();
        queue.add(key);
    }

    /** Marks a key as needing a step after a time. */
    public void addAfter(ObjectKey key, Duration delay) {
        adds.increment();
        queue.addAfter(key, delay);
    }

    synchronized void start() {
        for (int i = 0; i < workers; i++) {
            threads.add(Thread.ofVirtual().name(name + "-" + i).start(this::work));
        }
    }

    private void work() {
        try {
            for (Optional<ObjectKey> key = queue.take(); key.isPresent(); key = queue.take()) {
                step(key.get());
            }
        } catch (InterruptedException e) {
            log.debug("Worker of {} stopped", name);
        }
    }

    /** Takes one step on the calling thread if a key is due now. @return whether one was */
    public boolean stepIfDue() throws InterruptedException {
        Optional<ObjectKey> key = queue.poll();
        if (key.isPresent()) {
            step(key.get());
        }
        return key.isPresent();
    }

    private void step(ObjectKey key) throws InterruptedException {
        steps.increment();
        long start = System.nanoTime();
        try {
            Plan plan = reconciler.reconcile(key);
            executor.execute(plan);
            queue.forget(key);
            problems.remove(key);
            if (plan.requeueAfter() != null) {
                queue.addAfter(key, plan.requeueAfter());
            }
        } catch (RuntimeException e) {
            failures.increment();
            problems.put(key, String.valueOf(e.getMessage()));
            report(key, e);
            queue.addRateLimited(key);
        } finally {
            durations.observe(System.nanoTime() - start);
            queue.done(key);
        }
    }

    private void report(ObjectKey key, RuntimeException e) {
        switch (e) {
            case ApiException api when api.is("Conflict") -> log.debug("{} {} will be tried again: {}", name, key, api.getMessage());
            case ApiException api -> log.info("{} {} failed and will be tried again: {}", name, key, api.getMessage());
            case UncheckedIOException io -> log.info("{} {} failed and will be tried again: {}", name, key, io.getMessage());
            default -> log.error("{} {} failed and will be tried again", name, key, e);
        }
    }

    /** Steps taken. */
    public long steps() {
        return steps.sum();
    }

    /** Steps that failed. */
    public long failures() {
        return failures.sum();
    }

    /** Keys added, whether they were waiting already or not. */
    public long adds() {
        return adds.sum();
    }

    /** How long steps took. */
    public Histogram durations() {
        return durations;
    }

    /** Keys waiting now. */
    public int depth() {
        return queue.length();
    }

    /** Keys whose last step failed, with the reason. */
    public Map<ObjectKey, String> problems() {
        return Map.copyOf(problems);
    }

    /** Stops the workers; returns when none acts any more. */
    @Override
    public void close() {
        queue.shutDown();
        List<Thread> running;
        synchronized (this) {
            running = List.copyOf(threads);
        }
        running.forEach(Thread::interrupt);
        for (Thread thread : running) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
