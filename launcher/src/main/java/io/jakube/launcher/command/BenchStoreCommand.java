package io.jakube.launcher.command;

import io.jakube.db.bench.BenchmarkOptions;
import io.jakube.db.bench.BenchmarkOptions.Load;
import io.jakube.db.bench.StoreBenchmark;
import io.jakube.launcher.layout.Distribution;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the store over a PostgreSQL of its own, in a process with a server's settings. Needs no cluster. */
@Command(name = "store", mixinStandardHelpOptions = true, description = "Measure the key-value store on a temporary database, beside a stock etcd server if wished.")
public final class BenchStoreCommand implements Callable<Integer> {
    /** How much data the part "scale" uses. */
    enum Scale {
        small(20_000, 100_000),
        full(1_000_000, 5_000_000);

        private final int keys;
        private final int revisions;

        Scale(int keys, int revisions) {
            this.keys = keys;
            this.revisions = revisions;
        }
    }

    @Option(names = "--against-etcd", description = "Run the same loads against the installed etcd server, in turns.")
    private boolean againstEtcd;

    @Option(names = "--only", split = ",", description = "Parts to run: ${COMPLETION-CANDIDATES} (default: all).")
    private Set<Load> only = EnumSet.allOf(Load.class);

    @Option(names = "--scale", defaultValue = "small", description = "Data of the part SCALE: small (20,000 keys, 100,000 revisions) or full (1 M keys, 5 M revisions; about 15 GB of disk).")
    private Scale scale;

    @Option(names = "--seconds", defaultValue = "3", description = "How long each load runs (default: ${DEFAULT-VALUE}).")
    private double seconds;

    @Option(names = "--pairs", defaultValue = "3", description = "How often each comparison is repeated (default: ${DEFAULT-VALUE}).")
    private int pairs;

    @Override
    public Integer call() throws IOException, InterruptedException {
        BenchmarkOptions options = new BenchmarkOptions(
                only, Duration.ofMillis(Math.round(seconds * 1000)), pairs, againstEtcd, List.of(10_000, 50_000), scale.keys, scale.revisions);
        List<String> command = new ArrayList<>(List.of(
                Distribution.java().toString(), "-Xmx2g", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow",
                "-cp", System.getProperty("java.class.path"), StoreBenchmark.class.getName()));
        command.addAll(options.arguments());
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }
}
