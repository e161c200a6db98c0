package io.jakube.db.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The whole benchmark, short and small. Says nothing about speed: every write must commit, every read be complete and every event come. */
class StoreBenchmarkIT {
    @Test
    void runsEveryLoadAndPrintsAFigureForEach() throws Exception {
        BenchmarkOptions options = new BenchmarkOptions(
                EnumSet.allOf(BenchmarkOptions.Load.class), Duration.ofMillis(300), 1, EtcdServer.program().isPresent(), List.of(500), 2_000, 6_000);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        new StoreBenchmark(BenchmarkOptions.parse(options.arguments()), new PrintStream(bytes, true, StandardCharsets.UTF_8)).run();

        String printed = bytes.toString(StandardCharsets.UTF_8);
        System.out.println(printed);
        assertThat(printed).contains(
                "CAS writes of 1 KB, 1 clients", "CAS writes of 1 KB, 256 clients", "CAS writes of 4 KB", "point reads", "watch, acknowledgement to event, idle", "lists of 500 keys",
                "one process", "with compaction", "memory after", "filling", "kv_log, compacted");
        if (options.againstEtcd()) {
            assertThat(printed).contains("of etcd's: rate");
        }
    }
}
