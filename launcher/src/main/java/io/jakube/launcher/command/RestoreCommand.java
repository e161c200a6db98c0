package io.jakube.launcher.command;

import io.jakube.db.backup.Backup;
import io.jakube.db.backup.DatabaseLogin;
import io.jakube.db.backup.Restore;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.migration.SchemaMigration;
import io.jakube.launcher.LaunchException;
import io.jakube.launcher.layout.JakubeHome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Brings a backup into an empty database. */
@Command(name = "restore", mixinStandardHelpOptions = true, description = "Bring a backup, or a snapshot saved with etcdctl, into an empty database: a new one in $JAKUBE_HOME, or a given one.")
public final class RestoreCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The backup.")
    private Path file;

    @Mixin
    private DatabaseOptions database = new DatabaseOptions();

    @Option(names = "--database-admin-user", paramLabel = "ROLE", description = "Role that may create the schema of a given database; needed when it is missing or old.")
    private @Nullable String adminUser;

    @Option(names = "--database-admin-password-file", paramLabel = "FILE", description = "File with that role's password.")
    private @Nullable Path adminPassword;

    @Option(names = "--bump-revision", paramLabel = "N", defaultValue = "0",
            description = "Move the revision on by N, so that clients which saw later revisions than the backup's read anew (1000000000 is plenty; default: ${DEFAULT-VALUE}).")
    private long bump;

    @Override
    public Integer call() {
        if (!Files.isReadable(file)) {
            throw new LaunchException("The backup " + file + " does not exist or cannot be read.");
        }
        try {
            if (!database.ofThisMachine()) {
                DatabaseLogin writer = database.writer();
                if (adminUser != null && adminPassword != null) {
                    SchemaMigration.migrate(writer.url(), adminUser, adminPassword);
                }
                return restore(writer);
            }
            JakubeHome.fromEnvironment().create();
            boolean ran = Files.exists(DatabaseOptions.directory().resolve("port")) && EmbeddedPostgres.at(DatabaseOptions.directory()).isRunning();
            EmbeddedPostgres server = EmbeddedPostgres.start(DatabaseOptions.directory());
            try {
                return restore(new DatabaseLogin(server.jdbcUrl(), EmbeddedPostgres.WRITER, server.writerPasswordFile()));
            } finally {
                if (!ran) {
                    server.stop();
                }
            }
        } catch (IOException | UncheckedIOException | IllegalStateException e) {
            throw new LaunchException("The backup was not restored: " + e.getMessage() + ".", e);
        }
    }

    private int restore(DatabaseLogin login) throws IOException {
        Backup.Summary summary = Restore.read(file, login, bump);
        System.out.printf("Restored %d keys and %d leases; the store is at revision %d%n", summary.keys(), summary.leases(), summary.revision());
        return 0;
    }
}
