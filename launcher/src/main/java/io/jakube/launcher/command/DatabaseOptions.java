package io.jakube.launcher.command;

import io.jakube.db.backup.DatabaseLogin;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.launcher.LaunchException;
import io.jakube.launcher.layout.JakubeHome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which database a command means: that of the cluster on this machine, or a given one. */
final class DatabaseOptions {
    @Option(names = "--database-url", paramLabel = "URL", description = "JDBC URL of the database, without credentials (default: that of the cluster in $JAKUBE_HOME).")
    private @Nullable String url;

    @Option(names = "--database-user", paramLabel = "ROLE", description = "Role to use it with.")
    private @Nullable String user;

    @Option(names = "--database-password-file", paramLabel = "FILE", description = "File with the role's password.")
    private @Nullable Path passwordFile;

    boolean ofThisMachine() {
        return url == null;
    }

    /** A login that may read. */
    DatabaseLogin reader() {
        if (url != null) {
            return given(url, EmbeddedPostgres.READER);
        }
        EmbeddedPostgres server = EmbeddedPostgres.at(directory());
        if (!Files.isDirectory(directory()) || !server.isRunning()) {
            throw new LaunchException("The database in " + directory() + " does not run: start the cluster with ./jakube up, or give --database-url.");
        }
        return new DatabaseLogin(server.jdbcUrl(), EmbeddedPostgres.READER, server.readerPasswordFile());
    }

    /** A login that may write, of the given database. */
    DatabaseLogin writer() {
        if (url == null) {
            throw new IllegalStateException("the database of this machine has to be started first");
        }
        return given(url, EmbeddedPostgres.WRITER);
    }

    private DatabaseLogin given(String jdbcUrl, String role) {
        if (passwordFile == null) {
            throw new LaunchException("--database-url needs --database-password-file.");
        }
        return new DatabaseLogin(jdbcUrl, user == null ? role : user, passwordFile);
    }

    static Path directory() {
        return JakubeHome.fromEnvironment().database();
    }
}
