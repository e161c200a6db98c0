package io.jakube.launcher.command;

import io.jakube.db.chaos.ChaosRun;
import io.jakube.db.chaos.Fault;
import io.jakube.launcher.LaunchException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Injects faults into what it started itself, and checks that nothing came of them. */
@Command(name = "chaos", mixinStandardHelpOptions = true, description = "Inject faults and check that every promise is kept.", subcommands = ChaosCommand.Store.class)
public final class ChaosCommand {
    /** The store. */
    @Command(name = "store", mixinStandardHelpOptions = true,
            description = "Processes write, read and watch a temporary database with a synchronous standby, while processes and servers are killed, frozen and cut off;"
                    + " then named invariants are checked over what they recorded. The exit code is 1 when one is violated.")
    static final class Store implements Callable<Integer> {
        @Option(names = "--faults", defaultValue = "100", description = "How many (default: ${DEFAULT-VALUE}).")
        private int faults;

        @Option(names = "--seed", description = "Seed of the generator that draws the faults (default: a random one, which is printed).")
        private long seed = ThreadLocalRandom.current().nextLong(1_000_000_000);

        @Option(names = "--processes", defaultValue = "2", description = "Writing processes (default: ${DEFAULT-VALUE}).")
        private int processes;

        @Option(names = "--clients", defaultValue = "8", description = "Clients in each process (default: ${DEFAULT-VALUE}).")
        private int clients;

        @Option(names = "--postgres", paramLabel = "DIRECTORY", description = "A PostgreSQL installation to use, such as /usr/lib/postgresql/15 (default: the bundled one).")
        private @Nullable Path installation;

        @Option(names = "--only", split = ",", paramLabel = "FAULT", description = "Faults to draw from: ${COMPLETION-CANDIDATES} (default: all).")
        private List<Fault> only = Arrays.asList(Fault.values());

        @Override
        public Integer call() throws Exception {
            if (installation != null && !Files.isExecutable(installation.resolve("bin/postgres"))) {
                throw new LaunchException("There is no PostgreSQL in " + installation + " (no bin/postgres).");
            }
            java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.OFF);
            try {
                return new ChaosRun(new ChaosRun.Options(faults, seed, processes, clients, installation, only), System.out).run().holds() ? 0 : 1;
            } catch (IllegalArgumentException e) {
                throw new LaunchException(e.getMessage(), e);
            }
        }
    }
}
