package io.jakube.db.chaos;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The fault run. Faults are drawn by a seeded generator; what the processes do at a given instant is not determined by the seed, so a seed gives the same faults, not
 * the same run.
 */
public final class ChaosRun {
    private static final int SHOWN = 5;

    private final Options options;
    private final PrintStream out;

    /**
     * What to do.
     *
     * @param faults how many to inject
     * @param seed of the generator
     * @param writers processes
     * @param clients per process
     * @param installation a PostgreSQL of the machine; null for the bundled one
     * @param kinds faults to draw from
     */
    public record Options(int faults, long seed, int writers, int clients, @Nullable Path installation, List<Fault> kinds) {
        public Options {
            kinds = List.copyOf(kinds);
            if (faults < 0 || writers < 1 || clients < 1 || kinds.isEmpty()) {
                throw new IllegalArgumentException("a fault run needs faults, processes and clients");
            }
        }
    }

    /**
     * How it went.
     *
     * @param losses how often the store said that something is gone
     * @param violations what was violated, with descriptions; empty where everything holds
     * @param recoveryMillis by fault, how long after its end every process had written again
     */
    public record Report(int faults, int operations, long revisions, int events, int losses, Map<Invariant, List<String>> violations, Map<Fault, List<Long>> recoveryMillis) {
        public boolean holds() {
            return violations.isEmpty();
        }
    }

    public ChaosRun(Options options, PrintStream out) {
        this.options = requireNonNull(options, "options is null");
        this.out = requireNonNull(out, "out is null");
    }

    public Report run() throws Exception {
        Path directory = Files.createTempDirectory("jakube-chaos-");
        out.printf("seed %d: %d faults, %d processes with %d clients each; journals in %s%n", options.seed(), options.faults(), options.writers(), options.clients(), directory);
        Random random = new Random(options.seed());
        Map<Fault, List<Long>> recovery = new EnumMap<>(Fault.class);
        try (ChaosRig rig = new ChaosRig(directory, random, options.writers(), options.clients(), options.installation())) {
            rig.awaitProgress();
            rig.awaitSynchronyNoted();
            long start = System.nanoTime();
            for (int i = 1; i <= options.faults(); i++) {
                Fault fault = draw(random);
                long began = System.nanoTime();
                fault.inject(rig);
                long lasted = (System.nanoTime() - began) / 1_000_000;
                long took = rig.awaitProgress();
                recovery.computeIfAbsent(fault, f -> new ArrayList<>()).add(took);
                fault.repair(rig);
                rig.awaitProgress();
                rig.awaitSynchronyNoted();
                out.printf(Locale.ROOT, "[%3d/%d] %6.1f s  %-30s lasted %5d ms, all processes write again after %5d ms%n",
                        i, options.faults(), (System.nanoTime() - start) / 1e9, fault.title(), lasted, took);
            }
            Report report = check(rig, recovery);
            print(report);
            if (report.holds()) {
                delete(directory);
            } else {
                out.println("The journals are kept in " + directory);
            }
            return report;
        }
    }

    private Fault draw(Random random) {
        int left = random.nextInt(options.kinds().stream().mapToInt(Fault::weight).sum());
        for (Fault fault : options.kinds()) {
            left -= fault.weight();
            if (left < 0) {
                return fault;
            }
        }
        throw new IllegalStateException("weights do not add up");
    }

    private Report check(ChaosRig rig, Map<Fault, List<Long>> recovery) throws IOException, InterruptedException, SQLException {
        History history = rig.finish();
        int events = history.segments().stream().flatMap(segment -> segment.calls().stream()).mapToInt(call -> call.events().length).sum();
        return new Report(options.faults(), history.operations().size(), history.log().size(), events, history.losses(), new Checker(history, recovery.getOrDefault(Fault.FAIL_OVER_AFTER_BROKEN_WAITS, List.of()).size()).check(), recovery);
    }

    private void print(Report report) {
        out.printf("%n%d operations, %d revisions, %d watch events checked%n", report.operations(), report.revisions(), report.events());
        for (Invariant invariant : Invariant.values()) {
            List<String> violations = report.violations().getOrDefault(invariant, List.of());
            out.printf("  %-13s %-6s %s%n", invariant.name().toLowerCase(Locale.ROOT), violations.isEmpty() ? "holds" : violations.size() + " x", invariant.meaning());
            violations.stream().limit(SHOWN).forEach(violation -> out.println("      " + violation));
        }
        report.recoveryMillis().forEach((fault, millis) -> out.printf("  recovery after %-30s %2d x  median %5d ms  worst %5d ms%n", fault.title(), millis.size(),
                millis.stream().sorted().skip(millis.size() / 2).findFirst().orElse(0L), millis.stream().mapToLong(Long::longValue).max().orElse(0)));
        if (report.losses() > 0) {
            out.printf("  %d times watches were told that something they had seen, though it was never acknowledged, did not survive a failover%n", report.losses());
        }
        out.printf("seed %d: %s%n", options.seed(), report.holds() ? "no violation" : "VIOLATED");
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }
}
