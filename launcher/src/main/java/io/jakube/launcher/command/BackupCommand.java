package io.jakube.launcher.command;

import io.jakube.db.backup.Backup;
import io.jakube.launcher.LaunchException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Saves the store while it runs. */
@Command(name = "backup", mixinStandardHelpOptions = true, description = "Save all objects and leases of one instant into a file, while the cluster runs. Secrets are in it: the file is readable by its owner only.")
public final class BackupCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The file to write.")
    private Path file;

    @Mixin
    private DatabaseOptions database = new DatabaseOptions();

    @Override
    public Integer call() {
        try {
            Backup.Summary summary = Backup.write(database.reader(), file.toAbsolutePath());
            System.out.printf("Saved revision %d with %d keys and %d leases in %s%n", summary.revision(), summary.keys(), summary.leases(), file);
            return 0;
        } catch (IOException e) {
            throw new LaunchException("The backup failed: " + e.getMessage() + ".", e);
        }
    }
}
