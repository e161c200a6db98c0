package io.jakube.db.postgres;

import io.jakube.db.KeyValueStore;
import io.jakube.db.KeyValueStoreContract;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract over the bundled PostgreSQL. Every other store has a feed of its own, as in another process; the others share one. */
class EmbeddedPostgresStoreIT extends KeyValueStoreContract {
    private static TemporaryPostgres postgres;
    private boolean share;

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
        share = !share;
        return PostgresKeyValueStore.open(StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile())
                .withRetention(StoreConfig.Retention.UNLIMITED).withSharedFeed(share));
    }
}
