package io.jakube.apiserver;

import io.jakube.apiserver.http.HealthHandler.Check;
import io.jakube.apiserver.Plugins.Bootstrap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the start-up steps, each on its own virtual thread until it succeeds, and those that repeat until the server goes down. Thread-safe. */
final class StartSteps implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StartSteps.class);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final List<Bootstrap> steps;
    private final Map<Bootstrap, String> problems = new ConcurrentHashMap<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    StartSteps(List<Bootstrap> steps) {
        this.steps = List.copyOf(steps);
        this.steps.forEach(step -> problems.put(step, "not finished"));
    }

    void start() {
        // Not virtual ones: a step reads resources, and the container's class loader must not wait for a carrier while it holds its locks.
        steps.forEach(step -> threads.add(Thread.ofPlatform().daemon().name(step.name()).start(() -> run(step))));
    }

    /** What hinders readiness: steps that have never succeeded. */
    List<Check> checks() {
        return steps.stream().map(step -> new Check(step.name(), () -> problems.getOrDefault(step, ""))).toList();
    }

    private void run(Bootstrap step) {
        long failurePause = FIRST_PAUSE_MILLIS;
        while (!closed) {
            long pause;
            try {
                step.run();
                problems.remove(step);
                failurePause = FIRST_PAUSE_MILLIS;
                pause = step.repeatAfter().toMillis();
                if (pause == 0) {
                    return;
                }
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                if (closed) {
                    return;
                }
                pause = failurePause;
                LOG.warn("{} failed, will try again in {} ms: {}", step.name(), pause, e.getMessage());
                LOG.debug("cause", e);
                problems.computeIfPresent(step, (s, problem) -> "not finished: " + e.getMessage());
                failurePause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        threads.forEach(Thread::interrupt);
    }
}
