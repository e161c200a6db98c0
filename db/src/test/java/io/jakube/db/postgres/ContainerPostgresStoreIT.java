package io.jakube.db.postgres;

import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jakube.db.CompactionContract;
import io.jakube.db.KeyValueStore;
import io.jakube.db.LeaseContract;
import io.jakube.db.ReadContract;
import io.jakube.db.TransactionContract;
import io.jakube.db.WatchContract;
import io.jakube.db.WriteContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The contract over the PostgreSQL of the official container image. Skipped where Docker does not answer or the image is not to be had. */
class ContainerPostgresStoreIT {
    private static final String IMAGE = "postgres:17-alpine";

    @TempDir
    private static Path directory;

    private static PostgreSQLContainer container;
    private static GivenDatabase database;

    @BeforeAll
    static void startPostgres() throws IOException {
        assumeTrue(DockerClientFactory.instance().isDockerAvailable(), "Docker does not answer");
        container = new PostgreSQLContainer(IMAGE);
        try {
            container.start();
        } catch (RuntimeException e) {
            abort("the image " + IMAGE + " cannot be run: " + e.getMessage());
        }
        database = GivenDatabase.prepare(container.getJdbcUrl(), container.getUsername(), container.getPassword(), directory);
    }

    @AfterAll
    static void stopPostgres() {
        if (container != null) {
            container.stop();
        }
    }

    private static KeyValueStore open() {
        return PostgresKeyValueStore.open(
                StoreConfig.writer(database.url(), GivenDatabase.WRITER, database.passwordFile()).withRetention(StoreConfig.Retention.UNLIMITED).withSharedFeed(false));
    }

    @Nested
    class Reads extends ReadContract {
        Reads() {
            super(ContainerPostgresStoreIT::open);
        }
    }

    @Nested
    class Writes extends WriteContract {
        Writes() {
            super(ContainerPostgresStoreIT::open);
        }
    }

    @Nested
    class Transactions extends TransactionContract {
        Transactions() {
            super(ContainerPostgresStoreIT::open);
        }
    }

    @Nested
    class Watches extends WatchContract {
        Watches() {
            super(ContainerPostgresStoreIT::open);
        }
    }

    @Nested
    class Leases extends LeaseContract {
        Leases() {
            super(ContainerPostgresStoreIT::open);
        }
    }

    @Nested
    class Compactions extends CompactionContract {
        Compactions() {
            super(ContainerPostgresStoreIT::open);
        }
    }
}
