package io.jakube.db.bench;

import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import java.time.Duration;

/** Measures the store over a temporary PostgreSQL. Arguments: seconds per step (5), bytes per value (1024). */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        Duration step = Duration.ofSeconds(arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5);
        int bytes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1024;
        try (TemporaryPostgres postgres = EmbeddedPostgres.temporary();
                PostgresKeyValueStore store = PostgresKeyValueStore.open(
                        StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile()))) {
            new StoreBenchmark(store, System.out, step, bytes).run();
        }
    }
}
