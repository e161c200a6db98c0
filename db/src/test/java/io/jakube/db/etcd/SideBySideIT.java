package io.jakube.db.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same commands to a stock etcd server and to the front: what stock clients print must be alike, ids and times aside. */
class SideBySideIT {
    private static final JsonMapper SORTED = JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

    @TempDir
    private Path directory;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeAll
    static void requirePrograms() {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/etcdctl")), "etcdctl is not installed (Debian package etcd-client)");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/etcd")), "etcd is not installed (Debian package etcd-server)");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable open : opened.reversed()) {
            open.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v3-commands.sh", "auth-commands.sh", "v2-commands.sh", "gateway-commands.sh"})
    void clientsCannotTellTheFrontFromEtcd(String commands) throws Exception {
        String etcd = startEtcd();
        String front = startFront();
        assertThat(session(front, commands)).isEqualTo(session(etcd, commands));
    }

    private String startFront() {
        TemporaryPostgres postgres = EmbeddedPostgres.temporary();
        opened.add(postgres);
        PostgresKeyValueStore store = PostgresKeyValueStore.open(
                StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile()).withRetention(StoreConfig.Retention.UNLIMITED).withSharedFeed(false));
        opened.add(store);
        int port = freePort();
        EtcdFront front = EtcdFront.start(EtcdFrontConfig.on("http://127.0.0.1:" + port), store, store.administration());
        opened.add(front);
        return "http://127.0.0.1:" + port;
    }

    private String startEtcd() throws IOException, InterruptedException {
        int port = freePort();
        String client = "http://127.0.0.1:" + port;
        String peer = "http://127.0.0.1:" + freePort();
        Path log = directory.resolve("etcd.log");
        Process process = new ProcessBuilder(
                        "/usr/bin/etcd", "--name", "default", "--data-dir", directory.resolve("etcd").toString(), "--enable-v2",
                        "--listen-client-urls", client, "--advertise-client-urls", client,
                        "--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "default=" + peer)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        opened.add(() -> {
            process.destroy();
            process.waitFor(10, TimeUnit.SECONDS);
            process.destroyForcibly();
        });
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!accepts(port) || !Files.readString(log).contains("ready to serve client requests")) {
            assertThat(process.isAlive() && System.nanoTime() < deadline).as("etcd starts; its log: " + log).isTrue();
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return client;
    }

    private static boolean accepts(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What a session prints, one line after the other, made comparable. */
    private String session(String endpoint, String commands) throws IOException, InterruptedException {
        Path work = Files.createDirectory(directory.resolve("session-" + endpoint.substring(endpoint.lastIndexOf(':') + 1)));
        Process shell = new ProcessBuilder("sh", script(work, "etcdctl-session.sh"), endpoint, script(work, commands), work.toString()).redirectErrorStream(true).start();
        shell.getOutputStream().close();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(shell.waitFor()).as(printed).isZero();
        List<String> lines = new ArrayList<>();
        for (String line : printed.split("\n")) {
            // Clients report retries and progress as log lines, with the time.
            if (!line.startsWith("{\"level\":")) {
                lines.add(comparable(line, endpoint, work));
            }
        }
        return String.join("\n", lines);
    }

    private static String comparable(String line, String endpoint, Path work) {
        return json(line)
                .replace(endpoint, "ENDPOINT")
                .replaceAll("http://127.0.0.1:[0-9]+", "ENDPOINT")
                .replace(work.toString(), "DIRECTORY")
                .replaceAll("\"(cluster_id|member_id|leader|ID|id|hash|lease|raftIndex|raftAppliedIndex|raftTerm|raft_term|dbSize|dbSizeInUse)\":\"?-?[0-9a-f]+\"?", "\"$1\":N")
                .replaceAll("\"(ClusterID|MemberID|Lease|RaftTerm)\" : [0-9]+", "\"$1\" : N")
                .replaceAll("\"(expiration)\":\"[^\"]*\"", "\"$1\":T")
                .replaceAll("(?<![0-9a-zA-Z])[0-9a-f]{12,16}(?![0-9a-zA-Z])", "ID")
                .replaceAll("remaining\\([0-9]+s\\)", "remaining(N)")
                .replaceAll("3\\.[45]\\.[0-9]+", "VERSION")
                .replaceAll("[0-9.]+ [kM]B", "SIZE")
                .replaceAll("took = .*", "took")
                .replaceAll("(true|false)(, | +\\| +)[0-9]+(, | +\\| +)[0-9]+(, | +\\| +)[0-9]+(, | +\\| +)", "$1$2N$3N$4N$5")
                .replaceAll(" +\\|", " |")
                .replaceAll("-{3,}", "---")
                .strip();
    }

    private static String json(String line) {
        if (!line.startsWith("{") && !line.startsWith("[{")) {
            return line;
        }
        try {
            return SORTED.writeValueAsString(SORTED.readValue(line, Object.class));
        } catch (JsonProcessingException e) {
            return line;
        }
    }

    private static String script(Path work, String name) throws IOException {
        Path file = work.resolve(name);
        try (InputStream in = SideBySideIT.class.getResourceAsStream(name)) {
            Files.copy(java.util.Objects.requireNonNull(in, name), file);
        }
        return file.toString();
    }
}
