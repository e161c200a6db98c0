package io.jakube.common.metrics;

import java.lang.management.ManagementFactory;

/** Writes metrics in Prometheus' text format (exposition format 0.0.4): a {@link #family} and then its series. Not thread-safe. */
public final class MetricsText {
    /** What answers are labelled as. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final StringBuilder text = new StringBuilder();
    private String name = "";

    /** @param type {@code counter}, {@code gauge} or {@code histogram} */
    public MetricsText family(String newName, String type, String help) {
        name = newName;
        text.append("# HELP ").append(name).append(' ').append(help).append("\n# TYPE ").append(name).append(' ').append(type).append('\n');
        return this;
    }

    /** One series of the family. @param labels names and values in turn */
    public MetricsText series(double value, String... labels) {
        String written = labels(labels);
        text.append(name).append(written.isEmpty() ? "" : "{" + written + "}").append(' ').append(number(value)).append('\n');
        return this;
    }

    /** A histogram of the family. @param labels names and values in turn */
    public MetricsText series(Histogram histogram, String... labels) {
        histogram.write(text, name, labels(labels));
        return this;
    }

    /** What every process tells of itself. */
    public MetricsText process() {
        var memory = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        family("jvm_memory_used_bytes", "gauge", "Heap in use.").series(memory.getUsed());
        family("jvm_memory_committed_bytes", "gauge", "Heap taken from the system.").series(memory.getCommitted());
        return family("process_start_time_seconds", "gauge", "When the process started, in seconds of the epoch.").series(ManagementFactory.getRuntimeMXBean().getStartTime() / 1000.0);
    }

    @Override
    public String toString() {
        return text.toString();
    }

    static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15 ? Long.toString((long) value) : Double.toString(value);
    }

    private static String labels(String... labels) {
        StringBuilder written = new StringBuilder();
        for (int i = 0; i < labels.length; i += 2) {
            written.append(i == 0 ? "" : ",").append(labels[i]).append("=\"").append(labels[i + 1].replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n")).append('"');
        }
        return written.toString();
    }
}
