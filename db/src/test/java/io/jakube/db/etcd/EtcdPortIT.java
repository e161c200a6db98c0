package io.jakube.db.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jakube.common.json.Json;
import io.jakube.common.pki.ClusterPki;
import io.jakube.common.pki.Pem;
import io.jakube.common.pki.SubjectAltNames;
import io.jakube.db.Key;
import io.jakube.db.Write;
import io.jakube.db.embedded.EmbeddedPostgres;
import io.jakube.db.embedded.TemporaryPostgres;
import io.jakube.db.etcd.transport.TlsFiles;
import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The front as a cluster offers it: behind TLS with clients' certificates, started for the first client, and with keys that cannot be written. */
class EtcdPortIT {
    @TempDir
    private static Path pki;

    private static TemporaryPostgres postgres;
    private static PostgresKeyValueStore store;
    private static LazyEtcdFront front;

    @BeforeAll
    static void start() {
        postgres = EmbeddedPostgres.temporary();
        store = PostgresKeyValueStore.open(StoreConfig.writer(postgres.jdbcUrl(), EmbeddedPostgres.WRITER, postgres.server().writerPasswordFile()).withSharedFeed(false));
        ClusterPki.open(pki, Clock.systemUTC()).ensureEtcd(SubjectAltNames.of(List.of("localhost", "127.0.0.1")));
        front = open();
    }

    private static LazyEtcdFront open() {
        TlsFiles tls = new TlsFiles(pki.resolve("server.crt"), pki.resolve("server.key"), pki.resolve("ca.crt"), true);
        EtcdFrontConfig config = new EtcdFrontConfig("one", List.of(URI.create("https://127.0.0.1:0")), List.of(), tls, List.of(Key.of("/registry/")), Duration.ofMinutes(10));
        return LazyEtcdFront.open(config, store, store.administration());
    }

    @AfterAll
    static void stop() {
        front.close();
        store.close();
        postgres.close();
    }

    @Test
    void aClientWithACertificateReadsTheClustersKeysAndCannotWriteThem() throws Exception {
        store.write(Write.create(Key.of("/registry/core/pods/default/web"), "{}".getBytes(StandardCharsets.UTF_8))).join();
        HttpClient client = client(true);
        assertThat(post(client, "range", "{\"key\":\"" + base64("/registry/") + "\",\"range_end\":\"" + base64("/registry0") + "\"}"))
                .satisfies(response -> assertThat(Json.readObject(response.body()).path("count").asText()).isEqualTo("1"));
        for (String refused : List.of(
                "put {\"key\":\"" + base64("/registry/x") + "\"}",
                "deleterange {\"key\":\"AA==\",\"range_end\":\"AA==\"}",
                "txn {\"failure\":[{\"request_put\":{\"key\":\"" + base64("/registry/x") + "\"}}]}")) {
            String[] parts = refused.split(" ", 2);
            HttpResponse<byte[]> response = post(client, parts[0], parts[1]);
            assertThat(response.statusCode()).as(refused).isEqualTo(403);
            assertThat(Json.readObject(response.body()).path("error").asText()).isEqualTo("etcdserver: permission denied");
        }
        assertThat(post(client, "put", "{\"key\":\"" + base64("mine") + "\"}").statusCode()).isEqualTo(200);
    }

    @Test
    void aClientWithoutACertificateIsTurnedAway() {
        assertThatThrownBy(() -> post(client(false), "range", "{\"key\":\"AA==\"}")).isInstanceOf(IOException.class);
    }

    @Test
    void frontsOverOneDatabaseKnowEachOther() throws Exception {
        HttpClient client = client(true);
        try (LazyEtcdFront other = open()) {
            assertThat(post(client, URI.create("https://127.0.0.1:" + other.port() + "/v3/cluster/member/list"), "{}").statusCode()).isEqualTo(200);
            HttpResponse<byte[]> members = post(client, URI.create("https://127.0.0.1:" + front.port() + "/v3/cluster/member/list"), "{}");
            assertThat(Json.readObject(members.body()).path("members").findValuesAsText("clientURLs")).hasSizeGreaterThanOrEqualTo(1);
            assertThat(new String(members.body(), StandardCharsets.UTF_8)).contains("https://127.0.0.1:" + front.port()).contains("https://127.0.0.1:" + other.port());
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static HttpResponse<byte[]> post(HttpClient client, String method, String body) throws IOException, InterruptedException {
        return post(client, URI.create("https://127.0.0.1:" + front.port() + "/v3/kv/" + method), body);
    }

    private static HttpResponse<byte[]> post(HttpClient client, URI uri, String body) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri).POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofByteArray());
    }

    private static HttpClient client(boolean certificate) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", Pem.certificates(Files.readString(pki.resolve("ca.crt"))).getFirst());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        if (certificate) {
            own.setKeyEntry("client", Pem.privateKey(Files.readString(pki.resolve("healthcheck-client.key"))), new char[0],
                    Pem.certificates(Files.readString(pki.resolve("healthcheck-client.crt"))).toArray(Certificate[]::new));
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return HttpClient.newBuilder().sslContext(context).connectTimeout(Duration.ofSeconds(30)).build();
    }
}
