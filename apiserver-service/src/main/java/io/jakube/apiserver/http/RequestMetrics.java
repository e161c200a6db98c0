package io.jakube.apiserver.http;

import io.jakube.apiserver.request.RequestInfo;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Counts of answered requests, in upstream's metric names. Thread-safe. */
public final class RequestMetrics {
    private record Series(String verb, String group, String version, String resource, String subresource, int code) {}

    private static final class Sum {
        private final LongAdder count = new LongAdder();
        private final LongAdder nanos = new LongAdder();
    }

    private final Map<Series, Sum> sums = new ConcurrentHashMap<>();

    /** @param info null where the request could not be understood */
    void record(@Nullable RequestInfo info, String method, int code, long nanos) {
        Series series = info != null && info.resourceRequest()
                ? new Series(info.verb().toUpperCase(Locale.ROOT), info.group(), info.version(), info.resource(), info.subresource(), code)
                : new Series(info == null ? "unknown" : method, "", "", "", "", code);
        // A client may ask for any resource name; only what exists gets a series of its own.
        Sum sum = sums.computeIfAbsent(code == 404 || code == 403 || code == 401 ? new Series(series.verb(), "", "", "", "", code) : series, s -> new Sum());
        sum.count.increment();
        sum.nanos.add(nanos);
    }

    /** Prometheus' text format. @param watchers watches at present, by resource */
    String text(int inFlight, Map<String, Integer> watchers) {
        StringBuilder text = new StringBuilder();
        family(text, "apiserver_request_total", "counter", "Requests answered, by verb, group, version, resource, subresource and code.", sum -> sum.count.sum());
        family(text, "apiserver_request_duration_nanoseconds_total", "counter", "Time until the answer was ready, watches until they began.", sum -> sum.nanos.sum());
        gauge(text, "apiserver_current_inflight_requests", "Requests being worked on.", inFlight);
        text.append("# HELP apiserver_longrunning_requests Watches being served, by resource.\n# TYPE apiserver_longrunning_requests gauge\n");
        new TreeMap<>(watchers).forEach((resource, count) ->
                text.append("apiserver_longrunning_requests{verb=\"WATCH\",resource=\"").append(resource).append("\"} ").append(count).append('\n'));
        var memory = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        gauge(text, "jvm_memory_used_bytes", "Heap in use.", memory.getUsed());
        gauge(text, "jvm_memory_committed_bytes", "Heap taken from the system.", memory.getCommitted());
        gauge(text, "process_start_time_seconds", "When the process started, in seconds of the epoch.", ManagementFactory.getRuntimeMXBean().getStartTime() / 1000);
        return text.toString();
    }

    private void family(StringBuilder text, String name, String type, String help, ToLongFunction<Sum> value) {
        text.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
        sums.forEach((series, sum) -> text.append(name)
                .append("{verb=\"").append(series.verb()).append("\",group=\"").append(series.group()).append("\",version=\"").append(series.version())
                .append("\",resource=\"").append(series.resource()).append("\",subresource=\"").append(series.subresource()).append("\",code=\"").append(series.code())
                .append("\"} ").append(value.applyAsLong(sum)).append('\n'));
    }

    private static void gauge(StringBuilder text, String name, String help, long value) {
        text.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(" gauge\n").append(name).append(' ').append(value).append('\n');
    }
}
