package io.jakube.db.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Processor time of this process and of the servers it loads, from {@code /proc}: a measure that a busy machine disturbs less than time does. */
final class ProcessorTime {
    private static final double TICKS_PER_SECOND = 100;

    private final List<Long> servers;

    /** @param servers processes that count with all their descendants; one that ends meanwhile takes its time with it */
    ProcessorTime(List<Long> servers) {
        this.servers = List.copyOf(servers);
    }

    double seconds() {
        return LongStream.concat(
                        LongStream.of(ProcessHandle.current().pid()),
                        servers.stream().flatMap(pid -> ProcessHandle.of(pid).stream()).flatMap(server -> Stream.concat(Stream.of(server), server.descendants())).mapToLong(ProcessHandle::pid))
                .mapToDouble(ProcessorTime::seconds)
                .sum();
    }

    private static double seconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", String.valueOf(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
        } catch (IOException e) {
            return 0;
        }
    }
}
