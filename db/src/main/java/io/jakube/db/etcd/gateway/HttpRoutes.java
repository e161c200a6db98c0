package io.jakube.db.etcd.gateway;

import static java.util.Objects.requireNonNull;

import io.jakube.db.StoreException;
import io.jakube.db.etcd.transport.HttpCall;
import io.jakube.db.etcd.transport.HttpConnection;
import io.jakube.db.etcd.v2.VersionTwo;
import io.jakube.db.etcd.v3.HealthService;
import io.jakube.db.etcd.v3.MaintenanceService;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds who answers an HTTP request by its path. */
public final class HttpRoutes implements HttpConnection.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(HttpRoutes.class);
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");
    private static final Map<String, String> TEXT = Map.of("Content-Type", "text/plain; charset=utf-8");

    private final JsonGateway gateway;
    private final VersionTwo versionTwo;
    private final HealthService health;
    private final MemberMetrics metrics;

    public HttpRoutes(JsonGateway gateway, VersionTwo versionTwo, HealthService health, MemberMetrics metrics) {
        this.gateway = requireNonNull(gateway, "gateway is null");
        this.versionTwo = requireNonNull(versionTwo, "versionTwo is null");
        this.health = requireNonNull(health, "health is null");
        this.metrics = requireNonNull(metrics, "metrics is null");
    }

    @Override
    public void handle(HttpCall call) {
        try {
            String path = call.path();
            if (gateway.handles(path) || path.startsWith("/v3/")) {
                gateway.handle(call);
            } else if (path.startsWith("/v2/")) {
                versionTwo.handle(call);
            } else {
                switch (path) {
                    case "/version" -> call.respond(200, JSON, bytes("{\"etcdserver\":\"" + MaintenanceService.VERSION + "\",\"etcdcluster\":\"3.5.0\"}"));
                    case "/health" -> {
                        boolean healthy = health.healthy();
                        call.respond(healthy ? 200 : 503, JSON, bytes("{\"health\":\"" + healthy + "\",\"reason\":\"" + (healthy ? "" : "the database does not answer") + "\"}"));
                    }
                    case "/metrics" -> call.respond(200, Map.of("Content-Type", "text/plain; version=0.0.4; charset=utf-8"), bytes(metrics.text()));
                    default -> call.respond(404, TEXT, bytes("404 page not found\n"));
                }
            }
        } catch (StoreException e) {
            call.respond(503, TEXT, bytes("the database does not answer\n"));
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", call.method(), call.path(), e);
            call.respond(500, TEXT, bytes("internal error\n"));
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
