package io.jakube.apiserver.http;

import io.jakube.common.pki.ClusterPki;
import io.jakube.common.pki.Identity;
import io.jakube.common.pki.SubjectAltNames;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lays out what the Liberty server of the tests needs before Arquillian starts it: a PostgreSQL, a PKI, settings, a directory of jars, and the
 * product's own server configuration. Everything is below {@code target/liberty-it}; it lives until the test run ends.
 */
public final class LibertyEnvironment implements BeforeAllCallback {
    private static final Path ROOT = Path.of("target", "liberty-it").toAbsolutePath();
    /** Test-only jars and what Liberty brings itself. */
    private static final List<String> NOT_AT_RUN_TIME =
            List.of("arquillian", "shrinkwrap", "junit", "assertj", "archunit", "jakarta.jakartaee", "microprofile", "opentest4j", "apiguardian", "byte-buddy", "surefire");

    /** Where the server will listen. */
    static int port() {
        return Integer.getInteger("jakube.test.apiserver-port");
    }

    static Path kubeconfig() {
        return ROOT.resolve("kubeconfig");
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).getOrComputeIfAbsent(LibertyEnvironment.class, key -> prepare(), AutoCloseable.class);
    }

    private static AutoCloseable prepare() {
        try {
            int port;
            try (ServerSocket probe = new ServerSocket(0)) {
                port = probe.getLocalPort();
            }
            System.setProperty("jakube.test.apiserver-port", Integer.toString(port));
            System.setProperty("jakube.test.liberty-user-dir", ROOT.resolve("usr").toString());
            Path server = Files.createDirectories(ROOT.resolve("usr/servers/apiserver"));
            ClusterPki pki = ClusterPki.open(ROOT.resolve("pki"), Clock.systemUTC());
            pki.ensureApiServer(SubjectAltNames.apiServer("10.96.0.1", "cluster.local").plus(SubjectAltNames.ofHost()));
            pki.ensureKubeconfig(kubeconfig(), "https://127.0.0.1:" + port, Identity.ADMIN);
            TemporaryPostgres postgres = EmbeddedPostgres.temporary();
            Path settings = settings(postgres, port);
            Files.writeString(server.resolve("jvm.options"), "-Djakube.config=" + settings + "\n-Xmx512m\n");
            Files.writeString(server.resolve("server.xml"), serverXml(port, pki, libraries()));
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path settings(TemporaryPostgres postgres, int port) throws IOException {
        Properties values = new Properties();
        values.setProperty("jakube.database.url", postgres.jdbcUrl());
        values.setProperty("jakube.database.user", EmbeddedPostgres.WRITER);
        values.setProperty("jakube.database.password-file", postgres.server().writerPasswordFile().toString());
        values.setProperty("jakube.apiserver.port", Integer.toString(port));
        values.setProperty("jakube.apiserver.advertise-address", "127.0.0.1");
        values.setProperty("jakube.pki.dir", ROOT.resolve("pki").toString());
        Path file = ROOT.resolve("services.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            values.store(writer, null);
        }
        return file;
    }

    private static String serverXml(int port, ClusterPki pki, Path libraries) throws IOException {
        Path war;
        try (Stream<Path> built = Files.list(Path.of("target").toAbsolutePath())) {
            war = built.filter(file -> file.toString().endsWith(".war")).findFirst().orElseThrow(() -> new IllegalStateException("the WAR has not been packaged"));
        }
        return """
                <server>
                    <featureManager><feature>localConnector-1.0</feature></featureManager>
                    <variable name="jakube.apiserver.port" value="%d"/>
                    <variable name="jakube.apiserver.host" value="127.0.0.1"/>
                    <variable name="jakube.pki.dir" value="%s"/>
                    <variable name="jakube.keystore.password" value="%s"/>
                    <variable name="jakube.lib" value="%s"/>
                    <variable name="jakube.apiserver.war" value="%s"/>
                    <include location="%s" onConflict="MERGE"/>
                </server>
                """.formatted(port, ROOT.resolve("pki"), new String(pki.keyStorePassword()), libraries, war,
                Path.of("src/main/liberty/config/apiserver.xml").toAbsolutePath());
    }

    /** The test's class path as a directory of jars. */
    private static Path libraries() throws IOException {
        Path directory = Files.createDirectories(ROOT.resolve("lib"));
        try (Stream<Path> old = Files.list(directory)) {
            for (Path file : old.toList()) {
                Files.delete(file);
            }
        }
        int number = 0;
        for (String entry : System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")).split(File.pathSeparator)) {
            Path path = Path.of(entry).toAbsolutePath();
            String name = path.getFileName().toString();
            if (path.startsWith(Path.of("target").toAbsolutePath()) || !Files.exists(path) || NOT_AT_RUN_TIME.stream().anyMatch(name::contains)) {
                continue;
            }
            Path jar = directory.resolve(number++ + "-" + (Files.isDirectory(path) ? "classes.jar" : name));
            if (Files.isDirectory(path)) {
                pack(path, jar);
            } else {
                Files.createSymbolicLink(jar, path);
            }
        }
        return directory;
    }

    private static void pack(Path classes, Path jar) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar); JarOutputStream packed = new JarOutputStream(out); Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                packed.putNextEntry(new JarEntry(classes.relativize(file).toString()));
                Files.copy(file, packed);
                packed.closeEntry();
            }
        }
    }
}
