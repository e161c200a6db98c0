package io.jakube.launcher.process;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;

/** Signs of life of a process: a number that changes while it writes to its log or uses a processor. */
public final class ProcessActivity {
    private final ManagedProcess process;

    public ProcessActivity(ManagedProcess process) {
        this.process = requireNonNull(process, "process is null");
    }

    /** Bytes logged and tenths of processor seconds used so far. */
    public long measure() {
        long processor = process.find().flatMap(handle -> handle.info().totalCpuDuration()).map(Duration::toMillis).orElse(0L);
        return logged() + processor / 100;
    }

    private long logged() {
        try {
            return Files.size(process.log());
        } catch (IOException e) {
            return 0;
        }
    }
}
