package io.jakube.launcher.services;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.jakube.common.client.ApiClients;
import io.jakube.common.pki.ClusterPki;
import io.jakube.common.pki.Identity;
import io.jakube.common.pki.SubjectAltNames;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.Callable;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Lays out what the Liberty server of the tests needs before Arquillian starts it: the three services of the distribution that was just built, with
 * their own configurations, a PostgreSQL, a PKI and settings. Everything is below {@code target/liberty-it}; it lives until the test run ends.
 */
public final class LibertyServices implements BeforeAllCallback {
    private static final Path ROOT = Path.of("target", "liberty-it").toAbsolutePath();
    private static final Path DISTRIBUTION = Path.of("target", "jakube").toAbsolutePath();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(ExtensionContext.Namespace.GLOBAL).getOrComputeIfAbsent(LibertyServices.class, key -> prepare(), AutoCloseable.class);
    }

    /** Somebody who may do everything. */
    static KubernetesClient admin() {
        return ApiClients.fromKubeconfig(ROOT.resolve("kubeconfigs/admin"), "test");
    }

    /** What a service says at a path of its own endpoint. @param service {@code apiserver}, {@code scheduler} or {@code controller} */
    static HttpResponse<String> get(String service, String path) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port(service) + path)).timeout(Duration.ofSeconds(30)).build();
        try (HttpClient client = HttpClient.newBuilder().sslContext(trusting()).build()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** Tries until the answer is not null. What fails is tried again as well, since services come up one after the other. */
    static <T> T await(String what, Callable<T> attempt) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Exception last = null;
        while (System.nanoTime() < deadline) {
            try {
                T answer = attempt.call();
                if (answer != null) {
                    return answer;
                }
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                last = e;
            }
            Thread.sleep(100);
        }
        throw new AssertionError("not within " + PATIENCE + ": " + what, last);
    }

    private static SSLContext trusting() throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        byte[] authority = Files.readAllBytes(ROOT.resolve("pki/ca.crt"));
        trusted.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(authority)));
        TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
        managers.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, managers.getTrustManagers(), null);
        return tls;
    }

    private static int port(String service) {
        return Integer.getInteger("jakube.test." + service + "-port");
    }

    private static AutoCloseable prepare() {
        try {
            for (String service : new String[] {"apiserver", "scheduler", "controller"}) {
                try (ServerSocket probe = new ServerSocket(0)) {
                    System.setProperty("jakube.test." + service + "-port", Integer.toString(probe.getLocalPort()));
                }
            }
            System.setProperty("jakube.test.liberty-user-dir", ROOT.resolve("usr").toString());
            Path server = Files.createDirectories(ROOT.resolve("usr/servers/services"));
            ClusterPki pki = ClusterPki.open(ROOT.resolve("pki"), Clock.systemUTC());
            pki.ensureApiServer(SubjectAltNames.apiServer("10.96.0.1", "cluster.local").plus(SubjectAltNames.ofHost()));
            String url = "https://127.0.0.1:" + port("apiserver");
            pki.ensureKubeconfig(ROOT.resolve("kubeconfigs/admin"), url, Identity.ADMIN);
            pki.ensureKubeconfig(ROOT.resolve("kubeconfigs/scheduler"), url, Identity.SCHEDULER);
            pki.ensureKubeconfig(ROOT.resolve("kubeconfigs/controller-manager"), url, Identity.CONTROLLER_MANAGER);
            TemporaryPostgres postgres = EmbeddedPostgres.temporary();
            Files.writeString(server.resolve("jvm.options"), "-Djakube.config=" + settings(postgres) + "\n-Xmx640m\n-XX:TieredStopAtLevel=1\n");
            Files.writeString(server.resolve("bootstrap.properties"), defaulted());
            Files.writeString(server.resolve("server.xml"), serverXml(pki));
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path settings(TemporaryPostgres postgres) throws IOException {
        Properties values = new Properties();
        values.setProperty("jakube.database.url", postgres.jdbcUrl());
        values.setProperty("jakube.database.user", EmbeddedPostgres.WRITER);
        values.setProperty("jakube.database.password-file", postgres.server().writerPasswordFile().toString());
        values.setProperty("jakube.database.reader.user", EmbeddedPostgres.READER);
        values.setProperty("jakube.database.reader.password-file", postgres.server().readerPasswordFile().toString());
        values.setProperty("jakube.apiserver.port", Integer.toString(port("apiserver")));
        values.setProperty("jakube.apiserver.advertise-address", "127.0.0.1");
        values.setProperty("jakube.pki.dir", ROOT.resolve("pki").toString());
        values.setProperty("jakube.scheduler.kubeconfig", ROOT.resolve("kubeconfigs/scheduler").toString());
        values.setProperty("jakube.controller.kubeconfig", ROOT.resolve("kubeconfigs/controller-manager").toString());
        Path file = ROOT.resolve("services.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            values.store(writer, null);
        }
        return file;
    }

    /** Variables the included files give a default, which a value in the including file does not override. */
    private static String defaulted() {
        StringBuilder text = new StringBuilder("jakube.apiserver.host=127.0.0.1\n");
        for (String service : new String[] {"apiserver", "scheduler", "controller"}) {
            text.append("jakube.").append(service).append(".port=").append(port(service)).append('\n');
        }
        return text.toString();
    }

    private static String serverXml(ClusterPki pki) {
        StringBuilder text = new StringBuilder("<server>\n    <featureManager><feature>localConnector-1.0</feature></featureManager>\n");
        variable(text, "jakube.pki.dir", ROOT.resolve("pki").toString());
        variable(text, "jakube.keystore.password", new String(pki.keyStorePassword()));
        variable(text, "jakube.lib", DISTRIBUTION.resolve("lib").toString());
        for (String service : new String[] {"apiserver", "scheduler", "controller"}) {
            variable(text, "jakube." + service + ".war", DISTRIBUTION.resolve("apps/jakube-" + service + "-service.war").toString());
            text.append("    <include location=\"").append(DISTRIBUTION.resolve("config/" + service + ".xml")).append("\" onConflict=\"MERGE\"/>\n");
        }
        return text.append("</server>\n").toString();
    }

    private static void variable(StringBuilder text, String name, String value) {
        text.append("    <variable name=\"").append(name).append("\" value=\"").append(value).append("\"/>\n");
    }
}
