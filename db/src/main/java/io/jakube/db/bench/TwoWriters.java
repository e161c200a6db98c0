package io.jakube.db.bench;

import io.jakube.db.postgres.StoreConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The same clients, in one writing process and spread over two, in turns. */
final class TwoWriters {
    private final StoreConfig config;
    private final Duration step;
    private final int pairs;
    private final PrintStream out;

    TwoWriters(StoreConfig config, Duration step, int pairs, PrintStream out) {
        this.config = config;
        this.step = step;
        this.pairs = pairs;
        this.out = out;
    }

    void run(int clients, int bytes) throws IOException {
        try (WriterProcess whole = WriterProcess.start(config, clients, bytes);
                WriterProcess first = WriterProcess.start(config, clients / 2, bytes);
                WriterProcess second = WriterProcess.start(config, clients / 2, bytes)) {
            List<WriterProcess> halves = List.of(first, second);
            whole.awaitReady();
            first.awaitReady();
            second.awaitReady();
            List<Double> alone = new ArrayList<>();
            List<Double> together = new ArrayList<>();
            for (int pair = 0; pair < pairs; pair++) {
                alone.add(rate(List.of(whole)));
                together.add(rate(halves));
            }
            out.printf(Locale.ROOT, "%-44s one process %8.0f/s   two %8.0f/s   ratio %s%n", "CAS writes of " + bytes + " bytes, " + clients + " clients",
                    Pairs.median(alone), Pairs.median(together), Pairs.ratios(together, alone));
        }
    }

    private double rate(List<WriterProcess> processes) throws IOException {
        for (WriterProcess process : processes) {
            process.begin(step);
        }
        double sum = 0;
        for (WriterProcess process : processes) {
            sum += process.rate();
        }
        return sum;
    }
}
