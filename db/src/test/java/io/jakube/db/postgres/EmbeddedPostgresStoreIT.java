package io.jakube.db.postgres;

import io.jakube.db.CompactionContract;
import io.jakube.db.KeyValueStore;
import io.jakube.db.LeaseContract;
import io.jakube.db.LifeContract;
import io.jakube.db.ReadContract;
import io.jakube.db.TransactionContract;
import io.jakube.db.WatchContract;
import io.jakube.db.WriteContract;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The contract over the bundled PostgreSQL. Every other store has a feed of its own, as in another process; the others share one. */
class EmbeddedPostgresStoreIT {
    private static final AtomicBoolean SHARE = new AtomicBoolean();
    private static TemporaryPostgres postgres;

    @BeforeAll
    static void startPostgres() {
        postgres = EmbeddedPostgres.temporary();
    }

    @AfterAll
    static void stopPostgres() {
        postgres.close();
    }

    private static KeyValueStore open() {
        boolean share = !SHARE.get();
        SHARE.set(share);
        return PostgresKeyValueStore.open(StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile())
                .withRetention(StoreConfig.Retention.UNLIMITED).withSharedFeed(share));
    }

    @Nested
    class Reads extends ReadContract {
        Reads() {
            super(EmbeddedPostgresStoreIT::open);
        }
    }

    @Nested
    class Writes extends WriteContract {
        Writes() {
            super(EmbeddedPostgresStoreIT::open);
        }
    }

    @Nested
    class Transactions extends TransactionContract {
        Transactions() {
            super(EmbeddedPostgresStoreIT::open);
        }
    }

    @Nested
    class Watches extends WatchContract {
        Watches() {
            super(EmbeddedPostgresStoreIT::open);
        }
    }

    @Nested
    class Leases extends LeaseContract {
        Leases() {
            super(EmbeddedPostgresStoreIT::open);
        }
    }

    @Nested
    class Compactions extends CompactionContract {
        Compactions() {
            super(EmbeddedPostgresStoreIT::open);
        }
    }

    @Nested
    class Life extends LifeContract {
        Life() {
            super(EmbeddedPostgresStoreIT::open);
        }
    }
}
