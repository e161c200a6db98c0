package io.jakube.db.etcd;

import io.jakube.db.CompactionContract;
import io.jakube.db.KeyValueStore;
import io.jakube.db.LeaseContract;
import io.jakube.db.ReadContract;
import io.jakube.db.TransactionContract;
import io.jakube.db.WatchContract;
import io.jakube.db.WriteContract;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** The contract through the etcd front, by a stock client. There are two fronts over one database, as in two processes, and stores take turns at them. */
class EtcdFrontStoreIT {
    private static final List<AutoCloseable> OPENED = new ArrayList<>();
    private static final List<EtcdFront> FRONTS = new ArrayList<>();
    private static final AtomicInteger NEXT = new AtomicInteger();

    @BeforeAll
    static void startFronts() {
        TemporaryPostgres postgres = EmbeddedPostgres.temporary();
        OPENED.add(postgres);
        for (int i = 0; i < 2; i++) {
            PostgresKeyValueStore store = PostgresKeyValueStore.open(StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile())
                    .withRetention(StoreConfig.Retention.UNLIMITED).withSharedFeed(false));
            OPENED.add(store);
            EtcdFront front = EtcdFront.start(EtcdFrontConfig.on("http://127.0.0.1:0"), store, store.administration());
            OPENED.add(front);
            FRONTS.add(front);
        }
    }

    @AfterAll
    static void stopFronts() throws Exception {
        for (AutoCloseable opened : OPENED.reversed()) {
            opened.close();
        }
    }

    private static KeyValueStore open() {
        return new JetcdKeyValueStore("http://127.0.0.1:" + FRONTS.get(NEXT.getAndIncrement() % FRONTS.size()).port());
    }

    @Nested
    class Reads extends ReadContract {
        Reads() {
            super(EtcdFrontStoreIT::open);
        }
    }

    @Nested
    class Writes extends WriteContract {
        Writes() {
            super(EtcdFrontStoreIT::open);
        }
    }

    @Nested
    class Transactions extends TransactionContract {
        Transactions() {
            super(EtcdFrontStoreIT::open);
        }
    }

    @Nested
    class Watches extends WatchContract {
        Watches() {
            super(EtcdFrontStoreIT::open);
        }
    }

    @Nested
    class Leases extends LeaseContract {
        Leases() {
            super(EtcdFrontStoreIT::open);
        }
    }

    @Nested
    class Compactions extends CompactionContract {
        Compactions() {
            super(EtcdFrontStoreIT::open);
        }
    }
}
