package io.jakube.db.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A stock etcd server of one member on the loopback address, over a new directory. Every commit is on disk before it is acknowledged, which is its default. */
final class EtcdServer implements AutoCloseable {
    private static final long START_NANOS = TimeUnit.SECONDS.toNanos(30);
    /** Room for a benchmark of full scale; etcd's own default is 2 GB. */
    private static final long QUOTA_BYTES = 32L << 30;

    private final Process process;
    private final Path directory;
    private final InetSocketAddress address;

    private EtcdServer(Process process, Path directory, InetSocketAddress address) {
        this.process = process;
        this.directory = directory;
        this.address = address;
    }

    /** The installed program. */
    static Optional<Path> program() {
        return Stream.of("/usr/bin/etcd", "/usr/local/bin/etcd").map(Path::of).filter(Files::isExecutable).findFirst();
    }

    static EtcdServer start() {
        Path program = program().orElseThrow(() -> new IllegalStateException("there is no etcd on this machine: install it (apt-get install etcd-server)"));
        try {
            Path directory = Files.createTempDirectory("jakube-bench-etcd-");
            InetSocketAddress client = free();
            String peer = "http://127.0.0.1:" + free().getPort();
            String url = "http://127.0.0.1:" + client.getPort();
            // In a session of its own, as PostgreSQL is: the kernel shares processors between sessions.
            Process process = new ProcessBuilder(
                            "setsid", program.toString(), "--name=bench", "--data-dir=" + directory.resolve("data"), "--listen-client-urls=" + url, "--advertise-client-urls=" + url,
                            "--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer, "--initial-cluster=bench=" + peer,
                            "--quota-backend-bytes=" + QUOTA_BYTES, "--log-level=error")
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile())
                    .start();
            EtcdServer server = new EtcdServer(process, directory, client);
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            server.awaitPort();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InetSocketAddress free() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new InetSocketAddress(socket.getInetAddress(), socket.getLocalPort());
        }
    }

    private void awaitPort() throws IOException {
        long end = System.nanoTime() + START_NANOS;
        while (true) {
            try (Socket socket = new Socket()) {
                socket.connect(address, 1_000);
                return;
            } catch (IOException e) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    String log = Files.readString(directory.resolve("log"));
                    close();
                    throw new IllegalStateException("etcd did not start: " + log, e);
                }
                Thread.onSpinWait();
            }
        }
    }

    InetSocketAddress address() {
        return address;
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
