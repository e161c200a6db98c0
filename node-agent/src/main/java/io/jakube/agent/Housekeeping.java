package io.jakube.agent;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.logs.LogRotation;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node does from time to time: rotating logs. One virtual thread. */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private final LogRotation logs;
    private final Thread thread;

    Housekeeping(ContainerRuntime runtime) {
        this.logs = new LogRotation(requireNonNull(runtime, "runtime is null"));
        this.thread = Thread.ofVirtual().name("housekeeping").start(this::run);
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                try {
                    logs.rotate();
                } catch (RuntimeFailure e) {
                    LOG.debug("Logs are not rotated: {}", e.rpcText());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
