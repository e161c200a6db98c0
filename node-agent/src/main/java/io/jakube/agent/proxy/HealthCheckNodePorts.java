package io.jakube.agent.proxy;

import com.sun.net.httpserver.HttpServer;
import io.jakube.common.api.ObjectKey;
import io.jakube.common.json.Json;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells external load balancers whether this node has ready endpoints of a service with {@code externalTrafficPolicy: Local}: 200 or 503 on the service's
 * {@code healthCheckNodePort}, on all addresses and paths. Not thread-safe; requests are answered on virtual threads.
 */
final class HealthCheckNodePorts implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HealthCheckNodePorts.class);

    private final Map<ObjectKey, Listener> listeners = new HashMap<>();

    private static final class Listener {
        private final int port;
        private final HttpServer server;
        private volatile int localReady;

        Listener(ObjectKey service, int port) throws IOException {
            this.port = port;
            server = HttpServer.create(new InetSocketAddress(port), 0);
            server.createContext("/", exchange -> {
                try (exchange) {
                    int count = localReady;
                    var body = Json.object();
                    body.putObject("service").put("namespace", service.namespace()).put("name", service.name());
                    byte[] bytes = Json.write(body.put("localEndpoints", count).put("serviceProxyHealthy", true));
                    exchange.getResponseHeaders().set("Content-Type", "application/json");
                    exchange.sendResponseHeaders(count > 0 ? 200 : 503, bytes.length);
                    exchange.getResponseBody().write(bytes);
                }
            });
            server.setExecutor(task -> Thread.ofVirtual().name("health-check-node-port").start(task));
            server.start();
        }
    }

    /** Follows a service's current ports; an empty list ends its listener. */
    void update(ObjectKey service, List<ServicePort> ports) {
        int wanted = ports.stream().mapToInt(ServicePort::healthCheckNodePort).max().orElse(0);
        Listener listener = listeners.get(service);
        if (listener != null && listener.port != wanted) {
            listeners.remove(service).server.stop(0);
            listener = null;
        }
        if (wanted == 0) {
            return;
        }
        if (listener == null) {
            try {
                listener = new Listener(service, wanted);
                listeners.put(service, listener);
            } catch (IOException e) {
                LOG.warn("Service {}/{}: cannot listen on healthCheckNodePort {}: {}", service.namespace(), service.name(), wanted, e.getMessage());
                return;
            }
        }
        listener.localReady = ports.stream().mapToInt(port -> port.endpoints().localReady()).max().orElse(0);
    }

    @Override
    public void close() {
        listeners.values().forEach(listener -> listener.server.stop(0));
        listeners.clear();
    }
}
