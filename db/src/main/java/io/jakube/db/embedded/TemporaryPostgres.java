package io.jakube.db.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/** A server for a test or a benchmark. Ends with this process, even if that is killed: a small watcher holds a pipe from it. */
public final class TemporaryPostgres implements AutoCloseable {
    private final Path directory;
    private final ServerSettings settings;
    private final Process watcher;
    private volatile EmbeddedPostgres server;

    private TemporaryPostgres(Path directory, ServerSettings settings, EmbeddedPostgres server, Process watcher) {
        this.directory = directory;
        this.settings = settings;
        this.server = server;
        this.watcher = watcher;
    }

    /** What is done to the directory before the first start. */
    @FunctionalInterface
    interface Preparation {
        void prepare(Path directory) throws IOException;
    }

    static TemporaryPostgres start(ServerSettings wanted, Preparation preparation) {
        try {
            Path directory = Files.createTempDirectory("jakube-postgres-").toRealPath();
            ServerSettings settings = wanted.temporaryWith(sharedPrograms());
            Process watcher = new ProcessBuilder(
                            "setsid", "sh", "-c",
                            "read -r line; read -r pid < \"$0/data/postmaster.pid\" && kill -QUIT \"$pid\"; n=0;"
                                    + " while [ -e /proc/\"$pid\" ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done; rm -rf \"$0\"",
                            directory.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            preparation.prepare(directory);
            return new TemporaryPostgres(directory, settings, EmbeddedPostgres.start(directory, settings), watcher);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The programs are unpacked once for all temporary servers of a user. */
    private static Path sharedPrograms() throws IOException {
        int uid = Directories.ownerId(Path.of("/proc/self"));
        Path programs = Path.of(System.getProperty("java.io.tmpdir"), "jakube-programs-" + uid);
        if (!Files.exists(programs)) {
            try {
                Files.createDirectory(programs, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            } catch (java.nio.file.FileAlreadyExistsException another) {
                // Created by a test that runs beside this one.
            }
        }
        if (Directories.ownerId(programs) != uid || Files.isSymbolicLink(programs)) {
            throw new IOException(programs + " belongs to somebody else: remove it");
        }
        return programs;
    }

    public EmbeddedPostgres server() {
        return server;
    }

    public String jdbcUrl() {
        return server.jdbcUrl();
    }

    /** Ends the server as a host without power does: no process sees another one's end. */
    public void crash() {
        freeze(true);
        ProcessHandle handle = process();
        // The main process last: when it goes, the system wakes the stopped ones it leaves behind. Only then do the others cease to be.
        handle.descendants().toList().forEach(ProcessHandle::destroyForcibly);
        end(handle);
    }

    /**
     * Kills the server's main process; the others end when they notice. Until then they may show commits that wait for a standby, since PostgreSQL breaks the wait
     * off when the main process dies.
     */
    public void kill() {
        ProcessHandle handle = process();
        List<ProcessHandle> children = handle.descendants().toList();
        end(handle);
        // A stopped one would never notice.
        children.forEach(ProcessHandle::destroyForcibly);
    }

    private ProcessHandle process() {
        return ProcessHandle.of(server.pid().orElseThrow(() -> new IllegalStateException("PostgreSQL is not running"))).orElseThrow();
    }

    private static void end(ProcessHandle process) {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** Lets standbys on this machine connect with the administrator's role. */
    void allowReplication() {
        try {
            Files.writeString(server.data().resolve("pg_hba.conf"), "host replication " + EmbeddedPostgres.ADMIN + " 127.0.0.1/32 scram-sha-256\n", StandardOpenOption.APPEND);
            Administrator.execute(server, "SELECT pg_reload_conf()");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot reload the server's settings: " + e.getMessage(), e);
        }
    }

    /** Stops the server process and all its children where they stand, or lets them go on. */
    public void freeze(boolean frozen) {
        ProcessHandle handle = process();
        Stream.concat(Stream.of(handle), handle.descendants())
                .forEach(process -> new Postmaster(process.pid(), true).signal(frozen ? "STOP" : "CONT"));
    }

    /** Starts it again over the same data and at the same port. */
    public void restart() {
        server = EmbeddedPostgres.start(directory, settings);
    }

    @Override
    public void close() {
        server.stop();
        watcher.destroy();
        try {
            Directories.delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
