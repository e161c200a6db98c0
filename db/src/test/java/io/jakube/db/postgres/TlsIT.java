package io.jakube.db.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jakube.db.Key;
import io.jakube.db.KeyRange;
import io.jakube.db.RecordingObserver;
import io.jakube.db.StoreException;
import io.jakube.db.Write;
import io.jakube.db.WriteResult;
import io.jakube.db.embedded.Administrator;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS to the database: {@code sslmode=verify-full} with the authority's certificate in a file. */
@Timeout(60)
class TlsIT {
    @TempDir
    Path directory;

    private static boolean hasOpenssl() throws Exception {
        try {
            return new ProcessBuilder("openssl", "version").redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor() == 0;
        } catch (java.io.IOException e) {
            return false;
        }
    }

    private void certificate(String name) throws Exception {
        Process openssl = new ProcessBuilder("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1",
                "-keyout", directory.resolve(name + ".key").toString(), "-out", directory.resolve(name + ".crt").toString()).redirectErrorStream(true).start();
        String output = new String(openssl.getInputStream().readAllBytes());
        assertThat(openssl.waitFor()).as(output).isZero();
    }

    @Test
    void connectionsAreEncryptedAndTheServerIsKnown() throws Exception {
        Assumptions.assumeTrue(hasOpenssl(), "openssl is not installed");
        certificate("server");
        certificate("stranger");
        try (TemporaryPostgres postgres = EmbeddedPostgres.temporary()) {
            Path data = postgres.server().directory().resolve("data");
            for (String suffix : new String[] {".crt", ".key"}) {
                Path file = data.resolve("server" + suffix);
                Files.copy(directory.resolve("server" + suffix), file);
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
                Files.setAttribute(file, "unix:uid", Files.getAttribute(data, "unix:uid", LinkOption.NOFOLLOW_LINKS));
            }
            Administrator.execute(postgres.server(), "ALTER SYSTEM SET ssl = on");
            Administrator.execute(postgres.server(), "SELECT pg_reload_conf()");
            while (!"on".equals(Administrator.execute(postgres.server(), "SHOW ssl"))) {
                Thread.sleep(10);
            }
            try (PostgresKeyValueStore store = open(postgres, "server")) {
                RecordingObserver observer = new RecordingObserver();
                store.watch(KeyRange.prefix(Key.of("tls/")), 0, observer);
                for (int i = 0; i < 100; i++) {
                    observer.awaitRevision(((WriteResult.Committed) store.write(Write.create(Key.of("tls/" + i), new byte[i * 1_000])).join()).revision());
                }
                assertThat(Administrator.execute(postgres.server(),
                        "SELECT bool_and(ssl) AND count(*) >= 3 FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name LIKE 'jakube %'")).isEqualTo("t");
            }
            try (PostgresKeyValueStore store = open(postgres, "stranger")) {
                assertThatThrownBy(store::currentRevision).isInstanceOf(StoreException.Unavailable.class);
            }
        }
    }

    private PostgresKeyValueStore open(TemporaryPostgres postgres, String authority) {
        String url = postgres.jdbcUrl() + "?sslmode=verify-full&sslrootcert=" + directory.resolve(authority + ".crt");
        return PostgresKeyValueStore.open(StoreConfig.writer(url, EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile())
                .withSharedFeed(false).withDeadline(Duration.ofSeconds(5)));
    }
}
