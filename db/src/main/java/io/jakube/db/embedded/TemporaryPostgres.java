package io.jakube.db.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

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

    static TemporaryPostgres start(ServerSettings defaults) {
        try {
            Path directory = Files.createTempDirectory("jakube-postgres-").toRealPath();
            ServerSettings settings = new ServerSettings(0, defaults.sharedBuffersMegabytes(), defaults.maxConnections(), sharedPrograms(), true);
            Process watcher = new ProcessBuilder(
                            "setsid", "sh", "-c",
                            "read -r line; read -r pid < \"$0/data/postmaster.pid\" && kill -QUIT \"$pid\"; n=0;"
                                    + " while [ -e /proc/\"$pid\" ] && [ $n -lt 100 ]; do sleep 0.1; n=$((n+1)); done; rm -rf \"$0\"",
                            directory.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
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

    /** Kills the server process like a crash would: without any shutdown. */
    public void kill() {
        long pid = server.pid().orElseThrow(() -> new IllegalStateException("PostgreSQL is not running"));
        ProcessHandle handle = ProcessHandle.of(pid).orElseThrow();
        handle.destroyForcibly();
        handle.onExit().join();
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
