package io.jakube.apiserver.http;

import io.jakube.apiserver.request.RequestInfo;
import io.jakube.common.metrics.Histogram;
import io.jakube.common.metrics.MetricsText;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts and times of answered requests, in upstream's metric names. Thread-safe. */
public final class RequestMetrics {
    private static final String COMPONENT = "apiserver";

    private record Target(String verb, String group, String version, String resource, String subresource, String scope) {
        private static final String UNKNOWN = "";

        String[] labels(String... more) {
            String[] labels = new String[14 + more.length];
            String[] own = {"component", COMPONENT, "group", group, "resource", resource, "scope", scope, "subresource", subresource, "verb", verb, "version", version};
            System.arraycopy(own, 0, labels, 0, own.length);
            System.arraycopy(more, 0, labels, own.length, more.length);
            return labels;
        }
    }

    private record Outcome(Target target, int code) {}

    private final Map<Outcome, LongAdder> counts = new ConcurrentHashMap<>();
    private final Map<Target, Histogram> durations = new ConcurrentHashMap<>();

    /** @param info null where the request could not be understood */
    void record(@Nullable RequestInfo info, String method, int code, long nanos) {
        // A client may ask for any resource name; only what exists gets series of its own.
        boolean known = info != null && info.resourceRequest() && code != 404 && code != 403 && code != 401;
        Target target = info == null || !known
                ? new Target(info == null ? "unknown" : info.resourceRequest() ? info.verb().toUpperCase(Locale.ROOT) : method, Target.UNKNOWN, "", "", "", "")
                : new Target(info.verb().toUpperCase(Locale.ROOT), info.group(), info.version(), info.resource(), info.subresource(), scope(info));
        counts.computeIfAbsent(new Outcome(target, code), t -> new LongAdder()).increment();
        if (info == null || !info.verb().equals("watch")) {
            durations.computeIfAbsent(target, t -> new Histogram(
                    0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60)).observe(nanos);
        }
    }

    private static String scope(RequestInfo info) {
        return !info.name().isEmpty() || info.verb().equals("create") ? "resource" : info.namespace().isEmpty() ? "cluster" : "namespace";
    }

    /**
     * Prometheus' text format.
     *
     * @param reading requests being worked on that read
     * @param changing requests being worked on that change something
     * @param watchers watches at present, by resource
     */
    String text(int reading, int changing, Map<String, Integer> watchers) {
        MetricsText text = new MetricsText();
        text.family("apiserver_request_total", "counter", "Requests answered, by verb, group, version, resource, scope and code.");
        counts.forEach((outcome, count) -> text.series(count.sum(), outcome.target().labels("code", Integer.toString(outcome.code()))));
        text.family("apiserver_request_duration_seconds", "histogram", "Time until the answer was ready, watches left out.");
        durations.forEach((target, histogram) -> text.series(histogram, target.labels()));
        text.family("apiserver_current_inflight_requests", "gauge", "Requests being worked on.").series(reading, "request_kind", "readOnly").series(changing, "request_kind", "mutating");
        text.family("apiserver_longrunning_requests", "gauge", "Watches being served, by resource.");
        new TreeMap<>(watchers).forEach((resource, count) -> text.series(count, "component", COMPONENT, "resource", resource, "verb", "WATCH"));
        return text.process().toString();
    }
}
