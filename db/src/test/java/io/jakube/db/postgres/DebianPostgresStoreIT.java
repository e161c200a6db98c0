package io.jakube.db.postgres;

import io.jakube.db.CompactionContract;
import io.jakube.db.KeyValueStore;
import io.jakube.db.LeaseContract;
import io.jakube.db.LifeContract;
import io.jakube.db.ReadContract;
import io.jakube.db.TransactionContract;
import io.jakube.db.WatchContract;
import io.jakube.db.WriteContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The contract over a PostgreSQL 15 that is given by its URL: the oldest version that is supported, as Debian 12 packages it. */
class DebianPostgresStoreIT {
    private static DebianPostgres postgres;

    @BeforeAll
    static void startPostgres() {
        postgres = DebianPostgres.start();
    }

    @AfterAll
    static void stopPostgres() {
        if (postgres != null) {
            postgres.close();
        }
    }

    private static KeyValueStore open() {
        return PostgresKeyValueStore.open(
                StoreConfig.writer(postgres.jdbcUrl(), GivenDatabase.WRITER, postgres.passwordFile()).withRetention(StoreConfig.Retention.UNLIMITED).withSharedFeed(false));
    }

    @Nested
    class Reads extends ReadContract {
        Reads() {
            super(DebianPostgresStoreIT::open);
        }
    }

    @Nested
    class Writes extends WriteContract {
        Writes() {
            super(DebianPostgresStoreIT::open);
        }
    }

    @Nested
    class Transactions extends TransactionContract {
        Transactions() {
            super(DebianPostgresStoreIT::open);
        }
    }

    @Nested
    class Watches extends WatchContract {
        Watches() {
            super(DebianPostgresStoreIT::open);
        }
    }

    @Nested
    class Leases extends LeaseContract {
        Leases() {
            super(DebianPostgresStoreIT::open);
        }
    }

    @Nested
    class Compactions extends CompactionContract {
        Compactions() {
            super(DebianPostgresStoreIT::open);
        }
    }

    @Nested
    class Life extends LifeContract {
        Life() {
            super(DebianPostgresStoreIT::open);
        }
    }
}
