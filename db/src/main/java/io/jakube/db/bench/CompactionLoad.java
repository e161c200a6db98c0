package io.jakube.db.bench;

import io.jakube.db.KeyValueStore;
import io.jakube.db.StoreException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;

/** 64 writers, with and without compaction following their heels, in turns. */
final class CompactionLoad {
    private final StoreTarget target;
    private final Loads loads;
    private final int pairs;
    private final PrintStream out;

    CompactionLoad(StoreTarget target, Loads loads, int pairs, PrintStream out) {
        this.target = target;
        this.loads = loads;
        this.pairs = pairs;
        this.out = out;
    }

    void run() throws InterruptedException {
        List<Double> alone = new ArrayList<>();
        List<Double> beside = new ArrayList<>();
        KeyValueStore store = target.store();
        for (int pair = 0; pair < pairs; pair++) {
            alone.add(loads.writes(target, 64, 1024).rate());
            AtomicBoolean over = new AtomicBoolean();
            Thread compaction = Thread.ofPlatform().start(() -> {
                while (!over.get()) {
                    compact(store);
                }
            });
            beside.add(loads.writes(target, 64, 1024).rate());
            over.set(true);
            compaction.join();
        }
        out.printf(Locale.ROOT, "%-40s %8.0f/s without, %8.0f/s with compaction   ratio %s%n", "CAS writes of 1 KB, 64 clients", Pairs.median(alone), Pairs.median(beside),
                Pairs.ratios(beside, alone));
    }

    private static void compact(KeyValueStore store) {
        try {
            store.compact(store.currentRevision());
        } catch (StoreException.Compacted e) {
            // Nothing was written since the last time.
            Thread.onSpinWait();
        }
    }
}
