package io.jakube.db.chaos;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A process of the fault run. Arguments: JDBC URL, user, password file, journal, name, seed, number of clients, first revision of its watches. It obeys lines on
 * standard input: {@code stop} ends the clients, {@code finish REVISION} waits until the watches have come so far and ends the process.
 */
public final class ChaosWorker {
    static final String PREFIX = "chaos/";
    static final int KEYS = 16;
    private static final long FINISH_MILLIS = 60_000;
    private static final int RESUME_MILLIS = 700;

    private ChaosWorker() {}

    public static void main(String[] arguments) throws Exception {
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.OFF);
        String name = arguments[4];
        Random random = new Random(Long.parseLong(arguments[5]));
        long first = Long.parseLong(arguments[7]);
        StoreConfig config = StoreConfig.writer(arguments[0], arguments[1], Path.of(arguments[2])).withRetention(StoreConfig.Retention.UNLIMITED);
        AtomicBoolean running = new AtomicBoolean(true);
        try (Journal journal = new Journal(Path.of(arguments[3])); PostgresKeyValueStore store = PostgresKeyValueStore.open(config)) {
            JournaledWatch all = new JournaledWatch(store, journal, name + ".all", KeyRange.prefix(Key.of(PREFIX)));
            JournaledWatch some = new JournaledWatch(store, journal, name + ".some", new KeyRange(Key.of(PREFIX + "k04"), Key.of(PREFIX + "k12")));
            all.start(first);
            some.start(first);
            List<Thread> threads = new ArrayList<>();
            for (int client = 0; client < Integer.parseInt(arguments[6]); client++) {
                ChaosClient load = new ChaosClient(store, journal, name + "." + client, new Random(random.nextLong()));
                threads.add(Thread.ofVirtual().start(() -> load.run(running)));
            }
            ChaosClient heart = new ChaosClient(store, journal, name + ".heart", new Random(random.nextLong()));
            threads.add(Thread.ofVirtual().start(() -> heart.beat(PREFIX + "heart/" + name, running)));
            threads.add(Thread.ofVirtual().start(() -> {
                while (running.get()) {
                    ChaosClient.pause(RESUME_MILLIS);
                    some.resume();
                }
            }));
            System.out.println("started");
            BufferedReader orders = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String order = orders.readLine(); order != null; order = orders.readLine()) {
                if (order.equals("stop")) {
                    running.set(false);
                    for (Thread thread : threads) {
                        thread.join();
                    }
                    System.out.println("stopped");
                } else if (order.startsWith("finish ")) {
                    long head = Long.parseLong(order.substring("finish ".length()));
                    boolean whole = all.await(head, FINISH_MILLIS) & some.await(head, FINISH_MILLIS);
                    System.out.println(whole ? "finished" : "watches stopped short of revision " + head);
                    return;
                }
            }
            Runtime.getRuntime().halt(1);
        }
    }
}
