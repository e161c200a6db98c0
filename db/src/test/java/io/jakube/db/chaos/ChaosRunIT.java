package io.jakube.db.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The fault run, shortened. The long one is a command: {@code ./jakube chaos store --faults 100}. */
class ChaosRunIT {
    private static final List<Fault> QUICK =
            List.of(Fault.KILL_WRITER, Fault.KILL_POSTGRES, Fault.TERMINATE_SESSIONS, Fault.RESET_CONNECTIONS, Fault.SLOW_NETWORK, Fault.FAIL_OVER, Fault.KILL_STANDBY);

    @Test
    void faultsViolateNothing() throws Exception {
        run(8, null);
    }

    @Test
    void faultsViolateNothingOnDebiansPostgres() throws Exception {
        Path installation = Path.of("/usr/lib/postgresql/15");
        Assumptions.assumeTrue(Files.isExecutable(installation.resolve("bin/postgres")), "PostgreSQL 15 is not installed (Debian's package postgresql-15)");
        run(3, installation);
    }

    private static void run(int faults, Path installation) throws Exception {
        ChaosRun.Report report = new ChaosRun(new ChaosRun.Options(faults, System.nanoTime(), 2, 4, installation, QUICK), System.out).run();
        assertThat(report.violations()).isEmpty();
        assertThat(report.operations()).isGreaterThan(100);
    }
}
