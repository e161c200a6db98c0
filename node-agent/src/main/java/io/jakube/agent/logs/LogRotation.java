package io.jakube.agent.logs;

import static java.util.Objects.requireNonNull;

import io.jakube.agent.cri.ContainerRuntime;
import io.jakube.agent.cri.RuntimeFailure;
import io.jakube.agent.cri.v1.Container;
import io.jakube.agent.cri.v1.ContainerState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps logs of running containers below 10 MiB a file and five files a container. */
public final class LogRotation {
    private static final Logger LOG = LoggerFactory.getLogger(LogRotation.class);
    private static final long MAX_BYTES = 10L << 20;
    private static final int MAX_FILES = 5;
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final ContainerRuntime runtime;

    public LogRotation(ContainerRuntime runtime) {
        this.runtime = requireNonNull(runtime, "runtime is null");
    }

    /** Looks at every running container once. */
    public void rotate() {
        for (Container container : runtime.listContainers(Map.of())) {
            if (container.getState() != ContainerState.CONTAINER_RUNNING) {
                continue;
            }
            try {
                String path = runtime.containerStatus(container.getId()).getLogPath();
                if (!path.isEmpty() && Files.exists(Path.of(path)) && Files.size(Path.of(path)) > MAX_BYTES) {
                    rotate(container.getId(), Path.of(path));
                }
            } catch (RuntimeFailure | IOException e) {
                LOG.warn("The log of container {} is not rotated: {}", container.getId(), e.getMessage());
            }
        }
    }

    private void rotate(String id, Path log) throws IOException {
        String name = log.getFileName().toString();
        Path old = log.resolveSibling(name + "." + STAMP.format(ZonedDateTime.now(ZoneOffset.UTC)));
        Files.move(log, old);
        try {
            runtime.reopenContainerLog(id);
        } catch (RuntimeFailure e) {
            Files.move(old, log);
            throw e;
        }
        try (Stream<Path> files = Files.list(log.getParent())) {
            List<Path> rotated = files.filter(f -> f.getFileName().toString().startsWith(name + ".")).sorted(Comparator.reverseOrder()).toList();
            for (Path excess : rotated.subList(Math.min(rotated.size(), MAX_FILES - 1), rotated.size())) {
                Files.delete(excess);
            }
        }
    }
}
