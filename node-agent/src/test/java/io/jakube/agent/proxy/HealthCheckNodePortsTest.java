package io.jakube.agent.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jakube.common.api.ObjectKey;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

class HealthCheckNodePortsTest {
    private static final ObjectKey WEB = new ObjectKey("default", "web");

    @Test
    void answers_whether_this_node_has_endpoints_until_the_service_is_gone() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        try (HealthCheckNodePorts checks = new HealthCheckNodePorts()) {
            checks.update(WEB, ports(port, 2));
            assertThat(get(port).statusCode()).isEqualTo(200);
            assertThat(get(port).body()).isEqualTo("{\"service\":{\"namespace\":\"default\",\"name\":\"web\"},\"localEndpoints\":2,\"serviceProxyHealthy\":true}");
            checks.update(WEB, ports(port, 0));
            assertThat(get(port).statusCode()).isEqualTo(503);
            checks.update(WEB, List.of());
            assertThatThrownBy(() -> get(port)).isInstanceOf(IOException.class);
        }
    }

    private static List<ServicePort> ports(int healthCheckNodePort, int localReady) {
        return List.of(new ServicePort(WEB, "", "tcp", "10.96.0.7", 80, 30080, List.of(), List.of(), List.of(), 0, false, true, healthCheckNodePort,
                new EndpointSelection(List.of(), List.of(), false, localReady)));
    }

    private static HttpResponse<String> get(int port) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/healthz")).build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
