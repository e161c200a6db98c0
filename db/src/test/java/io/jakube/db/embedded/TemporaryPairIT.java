package io.jakube.db.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The rig for failovers: a synchronous standby takes over, and the former primary follows it. */
class TemporaryPairIT {
    @Test
    void theStandbyTakesOverAndTheFormerPrimaryFollows() throws Exception {
        failOver(ServerSettings.DEFAULT);
    }

    @Test
    void debiansServerDoesTheSame() throws Exception {
        Path installation = Path.of("/usr/lib/postgresql/15");
        Assumptions.assumeTrue(Files.isExecutable(installation.resolve("bin/postgres")), "PostgreSQL 15 is not installed (Debian's package postgresql-15)");
        failOver(ServerSettings.DEFAULT.withInstallation(installation));
    }

    private static void failOver(ServerSettings settings) throws Exception {
        try (TemporaryPair pair = TemporaryPair.start(TemporaryPair.Replication.SYNCHRONOUS, settings, port -> port)) {
            Administrator.execute(pair.primary().server(), "CREATE TABLE kept AS SELECT 1 AS x");
            pair.primary().kill();
            pair.promote();
            assertThat(Administrator.execute(pair.primary().server(), "SELECT x FROM kept")).isEqualTo("1");
            pair.rebuildStandby();
            assertThat(Administrator.execute(pair.primary().server(), "UPDATE kept SET x = 2 RETURNING x")).isEqualTo("2");
            pair.primary().kill();
            pair.promote();
            assertThat(Administrator.execute(pair.primary().server(), "SELECT x FROM kept")).isEqualTo("2");
        }
    }
}
