package io.jakube.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.RecordingObserver;
import io.jakube.db.StoreException;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real PgBouncer in front: session mode serves, transaction mode is refused with a sentence that says what to do. */
@Timeout(60)
class PgBouncerIT {
    private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");
    private static TemporaryPostgres postgres;

    @TempDir
    Path directory;

    @BeforeAll
    static void startPostgres() {
        Assumptions.assumeTrue(Files.isExecutable(PROGRAM), "PgBouncer is not installed (Debian's package pgbouncer)");
        postgres = EmbeddedPostgres.temporary();
    }

    @AfterAll
    static void stopPostgres() {
        if (postgres != null) {
            postgres.close();
        }
    }

    private interface Use {
        void run(PostgresKeyValueStore store) throws Exception;
    }

    private void through(String mode, Use use) throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Path users = directory.resolve("users");
        Path settings = directory.resolve("pgbouncer.ini");
        Files.writeString(users, "\"" + EmbeddedPostgres.WRITER + "\" \"" + Files.readString(postgres.server().writerPasswordFile()).strip() + "\"\n");
        Files.writeString(settings, """
                [databases]
                jakube = host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                auth_type = scram-sha-256
                auth_file = %s
                pool_mode = %s
                """.formatted(postgres.server().port(), port, users, mode));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
        Files.setPosixFilePermissions(users, PosixFilePermissions.fromString("rw-r--r--"));
        List<String> command = new ArrayList<>(List.of(PROGRAM.toString(), settings.toString()));
        if ((Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0) {
            command.addAll(1, List.of("-u", "postgres"));
        }
        Process pooler = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(directory.resolve("log").toFile()).start();
        try {
            awaitListening(pooler, port);
            try (PostgresKeyValueStore store = PostgresKeyValueStore.open(StoreConfig.writer(
                    "jdbc:postgresql://127.0.0.1:" + port + "/jakube", EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile()).withSharedFeed(false))) {
                use.run(store);
            }
        } finally {
            pooler.destroy();
            pooler.waitFor();
        }
    }

    private void awaitListening(Process pooler, int port) throws Exception {
        while (true) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(socket.isConnected()).isTrue();
                return;
            } catch (IOException e) {
                assertThat(pooler.isAlive()).as(Files.readString(directory.resolve("log"))).isTrue();
                Thread.sleep(20);
            }
        }
    }

    @Test
    void transactionModeIsRefused() throws Exception {
        through("transaction", store -> {
            assertThatThrownBy(store::currentRevision).isInstanceOf(StoreException.Unavailable.class).hasMessageContaining("pool_mode=session");
            assertThatThrownBy(() -> store.write(Write.create(Key.of("pooled/no"), new byte[1])).join()).hasMessageContaining("pool_mode=session");
        });
        try (PostgresKeyValueStore direct = PostgresKeyValueStore.open(
                StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile()).withSharedFeed(false))) {
            assertThat(direct.range(KeyRange.prefix(Key.of("pooled/no")), 0, 0).items()).isEmpty();
        }
    }

    @Test
    void sessionModeServes() throws Exception {
        through("session", store -> {
            RecordingObserver observer = new RecordingObserver();
            store.watch(KeyRange.prefix(Key.of("pooled/yes")), 0, observer);
            for (int i = 0; i < 3; i++) {
                observer.awaitRevision(((WriteResult.Committed) store.write(Write.create(Key.of("pooled/yes/" + i), new byte[1])).join()).revision());
            }
        });
    }
}
