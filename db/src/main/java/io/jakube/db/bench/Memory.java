package io.jakube.db.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Memory of this process's heap and of a PostgreSQL server, from {@code /proc}. */
final class Memory {
    private final long postmaster;
    private final PrintStream out;

    Memory(long postmaster, PrintStream out) {
        this.postmaster = postmaster;
        this.out = out;
    }

    void print(String when) {
        List<ProcessHandle> processes = Stream.concat(ProcessHandle.of(postmaster).stream(), ProcessHandle.of(postmaster).stream().flatMap(ProcessHandle::descendants)).toList();
        long proportional = processes.stream().mapToLong(process -> kilobytes(process.pid(), "smaps_rollup", "Pss:")).sum();
        long own = processes.stream().mapToLong(process -> kilobytes(process.pid(), "status", "RssAnon:")).sum();
        out.printf(Locale.ROOT, "memory %s: heap in use %.0f MB; PostgreSQL %.0f MB in %d processes, %.1f MB each of its own%n", when, heapMegabytes(), proportional / 1024.0,
                processes.size(), own / 1024.0 / processes.size());
    }

    static double heapMegabytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1e6;
    }

    private static long kilobytes(long pid, String file, String field) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", String.valueOf(pid), file))) {
                if (line.startsWith(field)) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
            return 0;
        } catch (IOException e) {
            if (Files.exists(Path.of("/proc", String.valueOf(pid)))) {
                throw new UncheckedIOException(e);
            }
            return 0;
        }
    }
}
