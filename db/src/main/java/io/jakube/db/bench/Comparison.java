package io.jakube.db.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Runs a load against each target in turns and prints what each achieved, and the others' ratios to the last. */
final class Comparison {
    private final List<LoadTarget> targets;
    private final int pairs;
    private final PrintStream out;

    Comparison(List<LoadTarget> targets, int pairs, PrintStream out) {
        this.targets = targets;
        this.pairs = pairs;
        this.out = out;
    }

    interface Load {
        Figures run(LoadTarget target) throws Exception;
    }

    void run(String name, Load load) throws Exception {
        runBeside(name, target -> measured(load, target));
    }

    /** As {@link #run}, where processor time says nothing of the load itself, since others run beside it. */
    void runBeside(String name, Load load) throws Exception {
        List<List<Figures>> figures = new ArrayList<>();
        targets.forEach(target -> figures.add(new ArrayList<>()));
        for (int pair = 0; pair < pairs; pair++) {
            for (int t = 0; t < targets.size(); t++) {
                figures.get(t).add(load.run(targets.get(t)));
            }
        }
        for (int t = 0; t < targets.size(); t++) {
            List<Figures> own = figures.get(t);
            Figures median = new Figures(median(own, Measure.RATE), median(own, Measure.P50), median(own, Measure.P99), median(own, Measure.PROCESSOR));
            List<Figures> other = figures.getLast();
            String compared = "";
            if (t < targets.size() - 1) {
                compared = String.format(Locale.ROOT, "   of %s's: rate %s, p99 %s", targets.getLast().name(), ratios(own, other, Measure.RATE), ratios(own, other, Measure.P99));
                compared += median.processor() == 0 ? "" : ", cpu " + ratios(own, other, Measure.PROCESSOR);
            }
            out.printf(Locale.ROOT, "%-40s %-6s %s%s%n", name, targets.get(t).name(), median, compared);
        }
    }

    private static Figures measured(Load load, LoadTarget target) throws Exception {
        ProcessorTime processor = new ProcessorTime(target.servers());
        double seconds = processor.seconds();
        long start = System.nanoTime();
        Figures figures = load.run(target);
        double calls = figures.rate() * (System.nanoTime() - start) / 1e9;
        return figures.withProcessor((processor.seconds() - seconds) * 1e6 / calls);
    }

    private enum Measure {
        RATE, P50, P99, PROCESSOR;

        double of(Figures figures) {
            return switch (this) {
                case RATE -> figures.rate();
                case P50 -> figures.p50();
                case P99 -> figures.p99();
                case PROCESSOR -> figures.processor();
            };
        }
    }

    private static double median(List<Figures> figures, Measure measure) {
        return Pairs.median(figures.stream().map(measure::of).toList());
    }

    private static String ratios(List<Figures> left, List<Figures> right, Measure measure) {
        return Pairs.ratios(left.stream().map(measure::of).toList(), right.stream().map(measure::of).toList());
    }
}
