package io.jakube.apiserver.http;

import io.jakube.apiserver.request.ApiResponse;
import io.jakube.apiserver.request.NonResourceHandler;
import io.jakube.apiserver.request.RequestContext;
import io.jakube.apiserver.watchcache.WatchCaches;
import io.jakube.common.metrics.MetricsText;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** {@code /metrics} in Prometheus' text format. */
public final class MetricsHandler implements NonResourceHandler {
    private final RequestMetrics metrics;
    private final InFlightLimits limits;
    private final WatchCaches caches;

    public MetricsHandler(RequestMetrics metrics, InFlightLimits limits, WatchCaches caches) {
        this.metrics = metrics;
        this.limits = limits;
        this.caches = caches;
    }

    @Override
    public boolean handles(String path) {
        return path.equals("/metrics");
    }

    @Override
    public ApiResponse handle(RequestContext context) {
        Map<String, Integer> watchers = new HashMap<>();
        caches.started().forEach(cache -> watchers.put(cache.definition().groupResource().toString(), cache.watcherCount()));
        byte[] body = metrics.text(limits.reading(), limits.changing(), watchers).getBytes(StandardCharsets.UTF_8);
        return new ApiResponse.Complete(200, MetricsText.CONTENT_TYPE, body);
    }
}
