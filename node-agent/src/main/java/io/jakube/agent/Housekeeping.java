package io.jakube.agent;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.logs.LogRotation;
import io.jakube.agent.pull.ImageCollector;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a node does from time to time: rotating logs every 10 seconds, removing unused images every 5 minutes. One virtual thread. */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private static final int IMAGES_EVERY = 30;

    private final LogRotation logs;
    private final Optional<ImageCollector> images;
    private final Thread thread;

    /** @param images empty where images are kept whatever happens */
    Housekeeping(ContainerRuntime runtime, Optional<ImageCollector> images) {
        this.logs = new LogRotation(requireNonNull(runtime, "runtime is null"));
        this.images = requireNonNull(images, "images is null");
        this.thread = Thread.ofVirtual().name("housekeeping").start(this::run);
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void run() {
        try {
            for (int round = 1; true; round++) {
                Thread.sleep(INTERVAL);
                try {
                    logs.rotate();
                    if (images.isPresent() && round % IMAGES_EVERY == 0) {
                        images.get().collect();
                    }
                } catch (RuntimeFailure e) {
                    LOG.debug("Housekeeping waits for the runtime: {}", e.rpcText());
                } catch (IOException e) {
                    LOG.warn("The disk cannot be looked at: {}", e.getMessage());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
