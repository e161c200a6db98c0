package io.jakube.db.embedded;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;

/**
 * Makes a standby's directory out of a running server's, on the same machine: PostgreSQL's low-level backup (manual, section "Making a Base Backup Using the Low
 * Level API"). The bundled binaries have no {@code pg_basebackup}.
 */
final class BaseBackup {
    /** Contents that belong to the running server, not to its data. */
    private static final Set<String> LEFT_OUT = Set.of("pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots", "pg_stat_tmp", "pg_subtrans");
    private static final Set<String> FILES_LEFT_OUT = Set.of("postmaster.pid", "postmaster.opts", "postgresql.auto.conf", "standby.signal");
    private static final List<String> PASSWORDS = List.of("admin.password", "writer.password", "reader.password");

    private BaseBackup() {}

    /**
     * Copies.
     *
     * @param primary a running server
     * @param directory the standby's directory; its data are replaced
     * @param primaryPort the port by which the standby reaches the primary
     */
    static void copy(EmbeddedPostgres primary, Path directory, int primaryPort) throws IOException {
        for (String password : PASSWORDS) {
            Path file = directory.resolve(password);
            Files.deleteIfExists(file);
            Passwords.write(file, Files.readString(primary.directory().resolve(password)).strip());
        }
        Path data = directory.resolve("data");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        ServerAccount account = ServerAccount.choose(directory, primary.data());
        Directories.delete(data);
        try (Connection connection = Administrator.connect(primary); Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_backup_start('standby', true)");
            copyTree(primary.data(), data, account);
            try (ResultSet row = statement.executeQuery("SELECT labelfile FROM pg_backup_stop(false)")) {
                row.next();
                write(data.resolve("backup_label"), row.getString(1), account);
            }
        } catch (SQLException e) {
            throw new IOException("cannot copy the primary: " + e.getMessage(), e);
        }
        Path passwordFile = data.resolve("primary.pass");
        write(passwordFile, "*:*:*:" + EmbeddedPostgres.ADMIN + ":" + Files.readString(primary.adminPasswordFile()).strip() + "\n", account);
        write(data.resolve("postgresql.auto.conf"),
                "primary_conninfo = 'host=127.0.0.1 port=" + primaryPort + " user=" + EmbeddedPostgres.ADMIN + " application_name=standby connect_timeout=2 passfile="
                        + account.seen(passwordFile) + "'\n", account);
        write(data.resolve("standby.signal"), "", account);
    }

    private static void copyTree(Path from, Path to, ServerAccount account) throws IOException {
        Files.walkFileTree(from, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path source, BasicFileAttributes attributes) throws IOException {
                Path target = to.resolve(from.relativize(source));
                Files.createDirectory(target, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                account.own(target);
                if (source.getParent().equals(from) && LEFT_OUT.contains(source.getFileName().toString())) {
                    if (source.endsWith("pg_wal")) {
                        Path status = target.resolve("archive_status");
                        Files.createDirectory(status, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
                        account.own(status);
                    }
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path source, BasicFileAttributes attributes) throws IOException {
                if (!source.getParent().equals(from) || !FILES_LEFT_OUT.contains(source.getFileName().toString())) {
                    Path target = to.resolve(from.relativize(source));
                    try {
                        Files.copy(source, target);
                        account.own(target);
                    } catch (NoSuchFileException gone) {
                        Files.deleteIfExists(target);
                    }
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }
        });
    }

    private static void write(Path file, String text, ServerAccount account) throws IOException {
        Files.deleteIfExists(file);
        Passwords.write(file, text);
        account.own(file);
    }
}
