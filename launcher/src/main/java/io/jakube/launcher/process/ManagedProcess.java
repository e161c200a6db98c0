package io.jakube.launcher.process;

import static java.util.Objects.requireNonNull;

import io.jakube.launcher.LaunchException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A long-running process that outlives this command: started in a session of its own, with a log file and a pid file. The pid file also
 * holds the process's start time, so that a recycled pid is never mistaken for it. Not thread-safe; one instance per process name.
 */
public final class ManagedProcess {
    private final String name;
    private final Path pidFile;
    private final Path log;

    /**
     * @param run directory of pid files
     * @param logs directory of logs
     */
    public ManagedProcess(String name, Path run, Path logs) {
        this.name = requireNonNull(name, "name is null");
        this.pidFile = run.resolve(name + ".pid");
        this.log = logs.resolve(name + ".log");
    }

    public String name() {
        return name;
    }

    public Path log() {
        return log;
    }

    /** The running process, if it runs. */
    public Optional<ProcessHandle> find() {
        try {
            String[] parts = Files.readString(pidFile).trim().split(" ");
            Optional<ProcessHandle> handle = ProcessHandle.of(Long.parseLong(parts[0])).filter(ProcessHandle::isAlive);
            return handle.filter(h -> startMillis(h) == Long.parseLong(parts[1]));
        } catch (IOException | RuntimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Starts the process unless it runs.
     *
     * @param command program and arguments; must contain no secret, as others on the host can read it
     * @return whether it was started by this call
     */
    public boolean start(List<String> command, Map<String, String> environment, Path directory) {
        if (find().isPresent()) {
            return false;
        }
        List<String> detached = new ArrayList<>(List.of("setsid"));
        detached.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(detached).directory(directory.toFile());
        builder.environment().putAll(environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        try {
            ProcessHandle handle = builder.start().toHandle();
            Files.writeString(pidFile, handle.pid() + " " + startMillis(handle) + "\n");
            return true;
        } catch (IOException e) {
            throw new LaunchException(name + " could not be started (" + e.getMessage() + ").", e);
        }
    }

    /** Asks the process to end (SIGTERM) and after the patience kills it. Harmless if it does not run. */
    public void stop(Duration patience) {
        find().ifPresent(handle -> {
            handle.destroy();
            Instant deadline = Instant.now().plus(patience);
            try {
                handle.onExit().get(Math.max(1, Duration.between(Instant.now(), deadline).toMillis()), TimeUnit.MILLISECONDS);
            } catch (java.util.concurrent.TimeoutException e) {
                handle.destroyForcibly();
                handle.onExit().join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (java.util.concurrent.ExecutionException e) {
                throw new IllegalStateException(e);
            }
        });
        try {
            Files.deleteIfExists(pidFile);
        } catch (IOException e) {
            throw new LaunchException("The pid file " + pidFile + " cannot be removed (" + e.getMessage() + ").", e);
        }
    }

    /** The last lines of the log, for error messages. */
    public String tail(int lines) {
        try {
            List<String> all = Files.readAllLines(log);
            return String.join("\n", all.subList(Math.max(0, all.size() - lines), all.size()));
        } catch (IOException e) {
            return "";
        }
    }

    private static long startMillis(ProcessHandle handle) {
        return handle.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
    }
}
