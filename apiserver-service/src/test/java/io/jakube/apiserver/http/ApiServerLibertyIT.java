package io.jakube.apiserver.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.jakube.common.client.ApiClients;
import io.jakube.common.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The service in Open Liberty, with the product's server configuration, over TLS and a real PostgreSQL. */
@ExtendWith({LibertyEnvironment.class, ArquillianExtension.class})
class ApiServerLibertyIT {
    private static KubernetesClient admin;
    private static HttpClient anybody;

    @BeforeAll
    static void connect() throws Exception {
        admin = ApiClients.fromKubeconfig(LibertyEnvironment.kubeconfig(), "test");
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        byte[] authority = Files.readAllBytes(LibertyEnvironment.kubeconfig().resolveSibling("pki/ca.crt"));
        trusted.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(authority)));
        TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
        managers.init(trusted);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, managers.getTrustManagers(), null);
        anybody = HttpClient.newBuilder().sslContext(tls).build();
        awaitReady();
    }

    @AfterAll
    static void disconnect() {
        admin.close();
        anybody.close();
    }

    private static void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        HttpResponse<String> answer = call("/readyz?verbose");
        while (answer.statusCode() != 200) {
            assertThat(System.nanoTime()).as(answer.body()).isLessThan(deadline);
            Thread.sleep(200);
            answer = call("/readyz?verbose");
        }
    }

    private static HttpResponse<String> call(String path, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + LibertyEnvironment.port() + path)).timeout(Duration.ofSeconds(30));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return anybody.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private static ConfigMap map(String name, String value) {
        return new ConfigMapBuilder().withNewMetadata().withName(name).withNamespace("default").addToLabels("test", "it").endMetadata().addToData("k", value).build();
    }

    @Test
    void createReadChangeDeleteAndWatch() throws Exception {
        var maps = admin.configMaps().inNamespace("default");
        BlockingQueue<String> events = new LinkedBlockingQueue<>();
        try (Watch watch = maps.withLabel("test", "it").watch(new Recorder(events))) {
            ConfigMap created = maps.resource(map("a", "1")).create();
            assertThat(created.getMetadata().getUid()).isNotEmpty();
            assertThat(maps.withName("a").get().getData()).containsEntry("k", "1");
            maps.withName("a").edit(found -> new ConfigMapBuilder(found).addToData("k", "2").build());
            assertThat(maps.withLabel("test", "it").list().getItems()).extracting(found -> found.getData().get("k")).containsExactly("2");
            assertThatThrownBy(() -> maps.resource(map("a", "3")).create())
                    .isInstanceOfSatisfying(KubernetesClientException.class, e -> assertThat(e.getStatus().getReason()).isEqualTo("AlreadyExists"));
            maps.withName("a").delete();
            assertThat(maps.withName("a").get()).isNull();
            assertThat(next(events)).isEqualTo("ADDED a 1");
            assertThat(next(events)).isEqualTo("MODIFIED a 2");
            assertThat(next(events)).isEqualTo("DELETED a 2");
        }
    }

    private static String next(BlockingQueue<String> events) throws InterruptedException {
        String event = events.poll(30, TimeUnit.SECONDS);
        return event == null ? "nothing came" : event;
    }

    private record Recorder(BlockingQueue<String> events) implements Watcher<ConfigMap> {
        @Override
        public void eventReceived(Action action, ConfigMap map) {
            events.add(action + " " + map.getMetadata().getName() + " " + map.getData().get("k"));
        }

        @Override
        public void onClose(WatcherException cause) {
            events.add("closed: " + cause.getMessage());
        }
    }

    @Test
    void whoHasNoCertificateIsAnonymous() throws Exception {
        HttpResponse<String> refused = call("/api/v1/nodes");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.headers().firstValue("Content-Type")).contains("application/json");
        assertThat(Json.mapper().readTree(refused.body()).path("message").asText()).startsWith("nodes is forbidden: User \"system:anonymous\" cannot list resource \"nodes\"");
        assertThat(call("/version").statusCode()).isEqualTo(200);
        assertThat(refused.headers().firstValue("Audit-Id")).isPresent();
    }

    @Test
    void theContainerNegotiatesNothingByItself() throws Exception {
        assertThat(call("/version", "Accept", "garbage").body()).doesNotContain("<html");
        HttpResponse<String> health = call("/livez", "Accept", "text/html;q=", "Content-Type", "no type");
        assertThat(health.body()).isEqualTo("ok");
        assertThat(health.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(Json.mapper().readTree(call("/api/../api/./v1//nodes").body()).path("code").asInt()).isEqualTo(403);
    }

    /** As Go's servers do: %2F is a slash, dots are removed, and whoever is not allowed gets a Status. */
    @Test
    void encodedCharactersInPathsAreAnsweredWithAStatus() throws Exception {
        for (String path : new String[] {"/api/v1/namespaces/default/configmaps/a%2Fb", "/version%2F..%2Fapi/v1/nodes", "/api/v1/nodes/%2E%2E/nodes", "/api/v1/nodes/a%5Cb", "/api/v1/nodes/a%23b"}) {
            HttpResponse<String> answer = call(path);
            assertThat(answer.headers().firstValue("Content-Type")).as(path).contains("application/json");
            assertThat(Json.mapper().readTree(answer.body()).path("code").asInt()).as(answer.body()).isEqualTo(403);
        }
        assertThat(call("/api/%2e%2e/version").statusCode()).isEqualTo(200);
    }
}
