package io.jakube.db.embedded;

import static java.util.Objects.requireNonNull;

import io.jakube.db.migration.SchemaMigration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL server over a directory of ours. It listens on the loopback address only, asks for passwords, keeps fsync on, and outlives the process
 * that started it; whoever knows the directory finds it again.
 *
 * <p>The directory holds {@code data/}, the programs, {@code port}, {@code postgresql.log} and {@code admin.password}, {@code writer.password} and
 * {@code reader.password} (mode 0600) of the roles {@code jakube_admin}, {@code jakube_writer} and {@code jakube_reader}.
 *
 * <p>Thread-safe; starts over one directory exclude each other, also between processes.
 */
public final class EmbeddedPostgres {
    public static final String DATABASE = "jakube";
    public static final String ADMIN = "jakube_admin";
    public static final String WRITER = "jakube_writer";
    public static final String READER = "jakube_reader";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);
    /** Ports tried for a new server: below the ranges of outgoing connections and node ports. */
    private static final int FIRST_PORT = 25432;
    private static final int LAST_PORT = 25999;

    /** How long children of a killed server may take to notice. */
    private static final Duration ORPHANS_TIMEOUT = Duration.ofSeconds(3);
    private static final String INITIALISING = ".initialising-";

    private static final Path ROOT = Path.of("/");

    private final Path directory;
    private final ServerSettings settings;

    private EmbeddedPostgres(Path directory, ServerSettings settings) {
        this.directory = directory;
        this.settings = settings;
    }

    /**
     * Starts the server with default settings, or finds it running, and brings database, roles and schema up to date.
     *
     * @throws IllegalStateException with a sentence for the user where it cannot start
     */
    public static EmbeddedPostgres start(Path directory) {
        return start(directory, ServerSettings.DEFAULT);
    }

    /** As {@link #start(Path)}, with settings; they apply from the server's next start where it is running. */
    public static EmbeddedPostgres start(Path directory, ServerSettings settings) {
        requireNonNull(settings, "settings is null");
        try {
            Files.createDirectories(directory);
            EmbeddedPostgres server = new EmbeddedPostgres(directory.toRealPath(), settings);
            server.locked(server::startLocked);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start PostgreSQL in " + directory + ": " + e.getMessage(), e);
        }
    }

    /** The server over a directory, whether it runs or not. */
    public static EmbeddedPostgres at(Path directory) {
        return new EmbeddedPostgres(requireNonNull(directory, "directory is null").toAbsolutePath(), ServerSettings.DEFAULT);
    }

    /**
     * Chooses the port and the passwords of a server that is about to be started, so that its clients can be told of it, and started, beside it. Harmless where it runs.
     *
     * @throws IllegalStateException with a sentence for the user where no port is free, or the one it had is taken
     */
    public static EmbeddedPostgres prepare(Path directory) {
        try {
            Files.createDirectories(directory);
            EmbeddedPostgres server = new EmbeddedPostgres(directory.toRealPath(), ServerSettings.DEFAULT);
            server.locked(() -> {
                if (!server.isRunning()) {
                    Files.writeString(server.portFile(), server.choosePort() + "\n");
                }
                for (Path password : List.of(server.adminPasswordFile(), server.writerPasswordFile(), server.readerPasswordFile())) {
                    Passwords.readOrCreate(password);
                }
            });
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot prepare PostgreSQL in " + directory + ": " + e.getMessage(), e);
        }
    }

    /** A server over a new temporary directory; it ends, and its directory goes, on close or when this process ends, however it ends. */
    public static TemporaryPostgres temporary() {
        return temporary(ServerSettings.DEFAULT);
    }

    /** As {@link #temporary()}, with settings; of these {@code port}, {@code programs} and {@code temporary} do not count. */
    public static TemporaryPostgres temporary(ServerSettings settings) {
        return TemporaryPostgres.start(requireNonNull(settings, "settings is null"), directory -> {});
    }

    /** The process id of the running server. */
    public Optional<Long> pid() {
        return Postmaster.read(data()).filter(Postmaster::alive).map(Postmaster::pid);
    }

    public boolean isRunning() {
        return pid().isPresent();
    }

    /** The port it listens on, or listened on when it last ran. */
    public int port() {
        try {
            return Integer.parseInt(Files.readString(portFile()).strip());
        } catch (IOException e) {
            throw new IllegalStateException("no PostgreSQL was ever started in " + directory, e);
        }
    }

    /** JDBC URL of the database, without credentials. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port() + "/" + DATABASE;
    }

    public Path adminPasswordFile() {
        return directory.resolve("admin.password");
    }

    public Path writerPasswordFile() {
        return directory.resolve("writer.password");
    }

    public Path readerPasswordFile() {
        return directory.resolve("reader.password");
    }

    public Path logFile() {
        return directory.resolve("postgresql.log");
    }

    public Path directory() {
        return directory;
    }

    /** Stops the server: open transactions are rolled back and clients disconnected. Returns when it has ended; harmless when it is not running. */
    public void stop() {
        Postmaster.read(data()).filter(Postmaster::alive).ifPresent(postmaster -> postmaster.stop(STOP_TIMEOUT));
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    private void locked(Step step) throws IOException {
        try (FileChannel channel = FileChannel.open(directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            step.run();
        }
    }

    private Path portFile() {
        return directory.resolve("port");
    }

    Path data() {
        return directory.resolve("data");
    }

    private void startLocked() throws IOException {
        if (awaitRunning()) {
            bringUpToDate();
            return;
        }
        Path installation = settings.installation();
        Path programs = installation != null ? installation : PostgresBinaries.install(settings.programs() == null ? directory : settings.programs());
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        ServerAccount account = ServerAccount.choose(directory, data());
        if (!Files.exists(data().resolve("PG_VERSION"))) {
            initialise(programs, account);
        }
        launch(programs, account);
        bringUpToDate();
    }

    /** Whether it runs already; waits for one that is still recovering. */
    private boolean awaitRunning() {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (true) {
            Optional<Postmaster> running = Postmaster.read(data()).filter(Postmaster::alive);
            if (running.isEmpty()) {
                return false;
            }
            if (running.get().ready()) {
                return true;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("PostgreSQL process " + running.get().pid() + " did not become ready within " + START_TIMEOUT.toSeconds() + " s; see " + logFile());
            }
            pause();
        }
    }

    /** Makes the data directory elsewhere and moves it into place, so that one which was interrupted is never taken for a whole one. */
    private void initialise(Path programs, ServerAccount account) throws IOException {
        Directories.delete(data());
        deleteInterrupted();
        Path made = Files.createTempDirectory(directory, INITIALISING, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        account.own(made);
        Path password = made.resolveSibling(made.getFileName() + ".password");
        Path output = made.resolveSibling(made.getFileName() + ".log");
        try {
            Passwords.write(password, Passwords.readOrCreate(adminPasswordFile()));
            account.own(password);
            Process process = new ProcessBuilder(account.command(List.of(
                            account.seen(programs.resolve("bin/initdb")).toString(), "--pgdata=" + account.seen(made), "--username=" + ADMIN,
                            "--pwfile=" + account.seen(password), "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C")))
                    .directory(ROOT.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (process.waitFor() != 0) {
                throw new IllegalStateException("PostgreSQL's initdb failed: " + Files.readString(output).strip());
            }
            Files.writeString(made.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
            Files.move(made, data(), StandardCopyOption.ATOMIC_MOVE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while PostgreSQL was initialised", e);
        } finally {
            Files.deleteIfExists(password);
            Files.deleteIfExists(output);
            Directories.delete(made);
        }
    }

    /** What starts left behind that were killed while they initialised. */
    private void deleteInterrupted() throws IOException {
        List<Path> left;
        try (Stream<Path> files = Files.list(directory)) {
            left = files.filter(file -> file.getFileName().toString().startsWith(INITIALISING)).toList();
        }
        for (Path file : left) {
            Directories.delete(file);
        }
    }

    private void launch(Path programs, ServerAccount account) throws IOException {
        long begun = System.nanoTime();
        while (!launched(programs, account, begun + START_TIMEOUT.toNanos())) {
            if (System.nanoTime() - begun > ORPHANS_TIMEOUT.toNanos()) {
                endOrphans();
            }
            pause();
        }
    }

    /** Ends what a killed server has left in the data directory and what does not end by itself; its own crash recovery follows anyway. */
    private void endOrphans() {
        ProcessHandle.allProcesses().filter(process -> process.pid() != ProcessHandle.current().pid() && worksInData(process)).forEach(process -> {
            LOG.warn("Process {} of a killed PostgreSQL in {} does not end and is killed", process.pid(), directory);
            process.destroyForcibly();
        });
    }

    private boolean worksInData(ProcessHandle process) {
        try {
            return Files.isSameFile(Path.of("/proc/" + process.pid() + "/cwd"), data());
        } catch (IOException e) {
            return false;
        }
    }

    /** @return false where children of a killed server still hold its shared memory */
    private boolean launched(Path programs, ServerAccount account, long deadline) throws IOException {
        int port = choosePort();
        Files.writeString(portFile(), port + "\n");
        List<String> command = new ArrayList<>(List.of("setsid"));
        List<String> server = new ArrayList<>(List.of(account.seen(programs.resolve("bin/postgres")).toString(), "-D", account.seen(data()).toString()));
        settings.parameters(port).forEach((name, value) -> server.addAll(List.of("-c", name + "=" + value)));
        command.addAll(account.command(server));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(ROOT.toFile())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        while (true) {
            Optional<Postmaster> postmaster = Postmaster.read(data()).filter(found -> found.pid() == process.pid());
            if (postmaster.filter(Postmaster::ready).isPresent()) {
                LOG.info("PostgreSQL in {} started on 127.0.0.1:{}, process {}", directory, port, process.pid());
                return true;
            }
            if (!process.isAlive()) {
                String reason = lastLogLines();
                if (reason.contains("pre-existing shared memory block") && System.nanoTime() < deadline) {
                    return false;
                }
                throw new IllegalStateException("PostgreSQL did not start; " + logFile() + " ends with: " + reason);
            }
            if (System.nanoTime() > deadline) {
                process.destroyForcibly();
                throw new IllegalStateException("PostgreSQL did not become ready within " + START_TIMEOUT.toSeconds() + " s; see " + logFile());
            }
            pause();
        }
    }

    /** The port of the last run where there was one, so that clients of a restarted server find it; else a free one. */
    private int choosePort() throws IOException {
        if (settings.port() != 0) {
            return requireFree(settings.port());
        }
        if (Files.exists(portFile())) {
            return requireFree(port());
        }
        int tries = LAST_PORT - FIRST_PORT;
        int start = settings.temporary() ? ThreadLocalRandom.current().nextInt(tries) : 0;
        for (int i = 0; i < tries; i++) {
            int port = FIRST_PORT + (start + i) % tries;
            if (isFree(port)) {
                return port;
            }
        }
        throw new IllegalStateException("no free port between " + FIRST_PORT + " and " + LAST_PORT + " for PostgreSQL");
    }

    private int requireFree(int port) {
        if (!isFree(port)) {
            throw new IllegalStateException("port " + port + ", which PostgreSQL of " + directory + " uses, is taken by another process: stop that process");
        }
        return port;
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void bringUpToDate() throws IOException {
        Roles.prepare(this);
        SchemaMigration.migrate(jdbcUrl(), ADMIN, adminPasswordFile());
    }

    private String lastLogLines() throws IOException {
        List<String> lines = Files.readAllLines(logFile());
        return String.join(" | ", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while PostgreSQL started", e);
        }
    }
}
