package io.jakube.db.postgres;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server of Debian's package postgresql-15, over a temporary directory, without fsync. */
final class DebianPostgres implements AutoCloseable {
    private static final Path PROGRAMS = Path.of("/usr/lib/postgresql/15/bin");
    private static final String ADMIN = "admin";
    private static final String PASSWORD = "of-the-admin";

    private final Path directory;
    private final Process process;
    private final GivenDatabase database;

    private DebianPostgres(Path directory, Process process, GivenDatabase database) {
        this.directory = directory;
        this.process = process;
        this.database = database;
    }

    /** Skips the test where the package is not installed. */
    static DebianPostgres start() {
        assumeTrue(Files.isExecutable(PROGRAMS.resolve("initdb")), "PostgreSQL 15 is not installed (Debian package postgresql-15)");
        try {
            Path directory = Files.createTempDirectory("jakube-debian-postgres-");
            Path data = Files.createDirectory(directory.resolve("data"));
            Path password = Files.writeString(data.resolveSibling("password"), PASSWORD);
            Path log = directory.resolve("log");
            boolean root = "root".equals(System.getProperty("user.name"));
            if (root) {
                run(log, List.of("chown", "-R", "nobody", directory.toString()));
            }
            List<String> account = root ? List.of("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups") : List.of();
            run(log, joined(account, PROGRAMS.resolve("initdb").toString(), "-D", data.toString(), "-U", ADMIN, "-A", "scram-sha-256", "--pwfile=" + password, "--encoding=UTF8", "--locale=C"));
            int port = freePort();
            Process process = new ProcessBuilder(joined(account, PROGRAMS.resolve("postgres").toString(), "-D", data.toString(), "-p", Integer.toString(port),
                            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"))
                    .directory(new java.io.File("/"))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            String url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
            awaitReady(process, url, log);
            return new DebianPostgres(directory, process, GivenDatabase.prepare(url, ADMIN, PASSWORD, directory));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static List<String> joined(List<String> first, String... more) {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(more));
        return all;
    }

    private static void run(Path log, List<String> command) throws IOException, InterruptedException {
        if (new ProcessBuilder(command).directory(new java.io.File("/")).redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor() != 0) {
            throw new IllegalStateException(command + " failed: " + Files.readString(log));
        }
    }

    private static void awaitReady(Process process, String url, Path log) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); ; TimeUnit.MILLISECONDS.sleep(50)) {
            try {
                DriverManager.getConnection(url, ADMIN, PASSWORD).close();
                return;
            } catch (SQLException e) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    throw new IllegalStateException("PostgreSQL 15 does not start: " + Files.readString(log), e);
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String jdbcUrl() {
        return database.url();
    }

    Path passwordFile() {
        return database.passwordFile();
    }

    @Override
    public void close() {
        process.destroy();
        try (Stream<Path> files = Files.walk(directory)) {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
