package io.jakube.common.informer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.jakube.common.api.GroupResource;
import io.jakube.common.client.KubeConfig;
import io.jakube.common.client.RestClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpInformerSourceTest {
    private final BlockingQueue<HttpExchange> requests = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> calls = new LinkedBlockingQueue<>();
    private HttpServer server;
    private RestClient client;

    private final InformerSource.Sink sink = new InformerSource.Sink() {
        @Override
        public void replace(List<InformerSource.Item> items, long revision) {
            calls.add("replace " + items.stream().map(i -> i.resourceVersion() + new String(i.json(), UTF_8)).toList() + " " + revision);
        }

        @Override
        public void apply(EventType type, InformerSource.Item item) {
            calls.add(type + " " + item.resourceVersion() + new String(item.json(), UTF_8));
        }

        @Override
        public void progress(long revision) {
            calls.add("progress " + revision);
        }
    };

    @BeforeEach
    void startServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", requests::add);
        server.start();
        URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        client = new RestClient(new KubeConfig(base, null, null, null, "secret", null, "default"), "test");
    }

    @AfterEach
    void stopServer() {
        client.close();
        server.stop(0);
    }

    private HttpExchange next(String method, String uriPart) throws Exception {
        HttpExchange exchange = requests.poll(20, TimeUnit.SECONDS);
        assertThat(exchange).as("a request with %s", uriPart).isNotNull();
        assertThat(exchange.getRequestMethod()).isEqualTo(method);
        assertThat(exchange.getRequestURI().toString()).contains(uriPart);
        return exchange;
    }

    private static void answer(HttpExchange exchange, int code, String body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(code, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body.getBytes(UTF_8));
        }
    }

    private static OutputStream open(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        OutputStream out = exchange.getResponseBody();
        out.flush();
        return out;
    }

    private static void say(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(UTF_8));
        out.flush();
    }

    private String call() throws InterruptedException {
        return calls.poll(20, TimeUnit.SECONDS);
    }

    @Test
    void listsInPagesWatchesResumesAndListsAgainWhenTooOld() throws Exception {
        HttpInformerSource source = new HttpInformerSource(client);
        AutoCloseable feed = source.start(new GroupResource("apps", "deployments"), new InformerSource.Filter("ns", "", "app=x"), sink);

        HttpExchange first = next("GET", "/apis/apps/v1/namespaces/ns/deployments?limit=500&labelSelector=app%3Dx");
        assertThat(first.getRequestHeaders().getFirst("Authorization")).isEqualTo("Bearer secret");
        answer(first, 200, "{\"kind\":\"DeploymentList\",\"metadata\":{\"resourceVersion\":\"10\",\"continue\":\"t+1\"},\"items\":[ {\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"3\"}} ]}");
        answer(next("GET", "continue=t%2B1"), 200, "{\"items\":[{\"metadata\":{\"name\":\"b\",\"resourceVersion\":\"4\"}}],\"metadata\":{\"resourceVersion\":\"10\"}}");
        assertThat(call()).isEqualTo("replace [3{\"metadata\":{\"name\":\"a\",\"resourceVersion\":\"3\"}}, 4{\"metadata\":{\"name\":\"b\",\"resourceVersion\":\"4\"}}] 10");

        OutputStream watch = open(next("GET", "watch=true&allowWatchBookmarks=true&resourceVersion=10&"));
        say(watch, "{\"type\":\"MODIFIED\",\"object\":{\"metadata\":{\"name\":\"ä\",");
        say(watch, "\"resourceVersion\":\"11\"}}}\n{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"20\"}}}\n");
        assertThat(call()).isEqualTo("MODIFIED 11{\"metadata\":{\"name\":\"ä\",\"resourceVersion\":\"11\"}}");
        assertThat(call()).isEqualTo("progress 20");
        watch.close();

        answer(next("GET", "resourceVersion=20&"), 200,
                "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"metadata\":{}}}\n");
        answer(next("GET", "?limit=500"), 200, "{\"items\":[],\"metadata\":{\"resourceVersion\":\"30\"}}");
        assertThat(call()).isEqualTo("replace [] 30");
        OutputStream last = open(next("GET", "resourceVersion=30&"));
        feed.close();
        last.close();
        assertThat(calls).isEmpty();
    }

    @Test
    void failuresAreRetriedAndASilentConnectionIsGivenUp() throws Exception {
        HttpInformerSource source = new HttpInformerSource(client, r -> "v1", Duration.ofMillis(200));
        AutoCloseable feed = source.start(GroupResource.core("nodes"), InformerSource.Filter.NONE, sink);
        answer(next("GET", "/api/v1/nodes?limit=500"), 503, "{\"kind\":\"Status\",\"reason\":\"ServiceUnavailable\",\"message\":\"starting\"}");
        answer(next("GET", "/api/v1/nodes?limit=500"), 200, "{\"metadata\":{\"resourceVersion\":\"7\"},\"items\":[]}");
        assertThat(call()).isEqualTo("replace [] 7");
        OutputStream silent = open(next("GET", "resourceVersion=7&"));
        HttpExchange again = next("GET", "resourceVersion=7&");
        feed.close();
        again.close();
        silent.close();
    }
}
