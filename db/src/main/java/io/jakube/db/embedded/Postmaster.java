package io.jakube.db.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The server process as its {@code postmaster.pid} tells it.
 *
 * @param pid process id
 * @param ready whether it accepts connections, be it as a standby
 */
record Postmaster(long pid, boolean ready) {
    static Optional<Postmaster> read(Path data) {
        try {
            List<String> lines = Files.readAllLines(data.resolve("postmaster.pid"));
            if (lines.isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new Postmaster(Long.parseLong(lines.get(0).strip()), lines.size() > 7 && (lines.get(7).strip().equals("ready") || lines.get(7).strip().equals("standby"))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | NumberFormatException e) {
            throw new IllegalStateException("cannot read " + data.resolve("postmaster.pid") + ": " + e.getMessage(), e);
        }
    }

    /** Whether the process lives; the file outlives a killed server, and its number may by now be another program's. */
    boolean alive() {
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).flatMap(handle -> handle.info().command()).filter(command -> command.endsWith("/postgres")).isPresent();
    }

    /** PostgreSQL's fast shutdown (SIGINT), and its immediate one (SIGQUIT: recovery on the next start) when that takes too long. */
    void stop(Duration timeout) {
        for (String signal : List.of("INT", "QUIT")) {
            signal(signal);
            if (ended(timeout)) {
                return;
            }
        }
        throw new IllegalStateException("PostgreSQL process " + pid + " did not end within " + timeout.multipliedBy(2).toSeconds() + " s");
    }

    void signal(String name) {
        try {
            new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        } catch (IOException e) {
            throw new IllegalStateException("cannot signal PostgreSQL process " + pid + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean ended(Duration timeout) {
        Optional<ProcessHandle> handle = ProcessHandle.of(pid);
        if (handle.isEmpty()) {
            return true;
        }
        try {
            handle.get().onExit().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            return false;
        }
    }
}
