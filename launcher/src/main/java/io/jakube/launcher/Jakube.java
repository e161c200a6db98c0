package io.jakube.launcher;

import io.jakube.launcher.command.BackupCommand;
import io.jakube.launcher.command.BenchCommand;
import io.jakube.launcher.command.ChaosCommand;
import io.jakube.launcher.command.DownCommand;
import io.jakube.launcher.command.EtcdCommand;
import io.jakube.launcher.command.HistoryCommand;
import io.jakube.launcher.command.ImageCommand;
import io.jakube.launcher.command.RestoreCommand;
import io.jakube.launcher.command.StatusCommand;
import io.jakube.launcher.command.UpCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** Entry point of the command line. Exit codes: 0 done, 1 failed with one sentence on standard error, 2 wrong usage. */
@Command(
        name = "jakube",
        description = "Kubernetes in Java: a cluster on this machine with one command.",
        mixinStandardHelpOptions = true,
        versionProvider = Jakube.Version.class,
        subcommands = {UpCommand.class, DownCommand.class, StatusCommand.class, ImageCommand.class, BenchCommand.class, EtcdCommand.class,
            BackupCommand.class, RestoreCommand.class, HistoryCommand.class, ChaosCommand.class})
public final class Jakube {
    /** The build's version, from the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Jakube.class.getPackage().getImplementationVersion();
            return new String[] {"jakube " + (version == null ? "(development build)" : version) + ", Kubernetes API 1.36"};
        }
    }

    private Jakube() {}

    public static void main(String[] args) {
        System.setProperty("java.util.logging.SimpleFormatter.format", "%4$s: %5$s%6$s%n");
        java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
        CommandLine line = new CommandLine(new Jakube());
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            command.getErr().println(e instanceof LaunchException ? e.getMessage() : "Unexpected failure: " + e);
            if (!(e instanceof LaunchException)) {
                e.printStackTrace(command.getErr());
            }
            return 1;
        });
        System.exit(line.execute(args));
    }
}
