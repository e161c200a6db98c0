package io.jakube.db.postgres;

import io.jakube.db.KeyValueStore;
import io.jakube.db.KeyValueStoreContract;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract over the bundled PostgreSQL. */
class EmbeddedPostgresStoreIT extends KeyValueStoreContract {
    private static TemporaryPostgres postgres;

    @BeforeAll
    static void startPostgres() {
        postgres = EmbeddedPostgres.temporary();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    @Override
    protected KeyValueStore open() {
        return PostgresKeyValueStore.open(
                StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile()).withRetention(StoreConfig.Retention.UNLIMITED));
    }
}
