package io.jakube.apiserver;

import io.jakube.apiserver.http.HealthHandler.Check;
import io.jakube.apiserver.Plugins.Bootstrap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the start-up steps, each on its own virtual thread until it succeeds. Thread-safe. */
final class StartSteps implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StartSteps.class);
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final List<Bootstrap> steps;
    private final Map<Bootstrap, String> problems = new ConcurrentHashMap<>();
    private volatile boolean closed;

    StartSteps(List<Bootstrap> steps) {
        this.steps = List.copyOf(steps);
        this.steps.forEach(step -> problems.put(step, "not finished"));
    }

    void start() {
        steps.forEach(step -> Thread.ofVirtual().name(step.name()).start(() -> run(step)));
    }

    List<Check> checks() {
        return steps.stream().map(step -> new Check(step.name(), () -> problems.getOrDefault(step, ""))).toList();
    }

    private void run(Bootstrap step) {
        long pause = FIRST_PAUSE_MILLIS;
        while (!closed) {
            try {
                step.run();
                problems.remove(step);
                return;
            } catch (InterruptedException e) {
                return;
            } catch (Exception e) {
                LOG.warn("{} failed, will try again in {} ms: {}", step.name(), pause, e.toString());
                LOG.debug("cause", e);
                problems.put(step, "not finished: " + e.getMessage());
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                return;
            }
            pause = Math.min(pause * 2, LONGEST_PAUSE_MILLIS);
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
