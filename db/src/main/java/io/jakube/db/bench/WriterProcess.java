package io.jakube.db.bench;

import io.jakube.db.postgres.PostgresKeyValueStore;
import io.jakube.db.postgres.StoreConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A process of its own that writes. It warms up, says {@code ready}, and then answers each line of its input, a number of milliseconds, with the rate it
 * achieved in that time.
 */
final class WriterProcess implements AutoCloseable {
    private static final Duration WARM_UP = Duration.ofSeconds(3);

    private final Process process;
    private final BufferedReader output;

    private WriterProcess(Process process) {
        this.process = process;
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    static WriterProcess start(StoreConfig config, int clients, int bytes) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"), "-cp", System.getProperty("java.class.path"), "-Xmx256m",
                "-XX:+UseSerialGC", WriterProcess.class.getName(), config.url(), config.user(), config.passwordFile().toString(), String.valueOf(clients), String.valueOf(bytes)));
        return new WriterProcess(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
    }

    void awaitReady() throws IOException {
        expect();
    }

    void begin(Duration time) throws IOException {
        process.outputWriter(StandardCharsets.UTF_8).append(time.toMillis() + "\n").flush();
    }

    double rate() throws IOException {
        return Double.parseDouble(expect());
    }

    private String expect() throws IOException {
        String line = output.readLine();
        if (line == null) {
            throw new IOException("a writer process ended early");
        }
        return line;
    }

    @Override
    public void close() {
        process.destroy();
    }

    public static void main(String[] arguments) throws IOException {
        StoreConfig config = StoreConfig.writer(arguments[0], arguments[1], Path.of(arguments[2])).withDeadline(StoreBenchmark.DEADLINE);
        int clients = Integer.parseInt(arguments[3]);
        int bytes = Integer.parseInt(arguments[4]);
        try (StoreTarget target = new StoreTarget(PostgresKeyValueStore.open(config), List.of());
                BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            new Loads(WARM_UP).writes(target, clients, bytes);
            System.out.println("ready");
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                System.out.println(new Loads(Duration.ofMillis(Long.parseLong(line))).writes(target, clients, bytes).rate());
            }
        }
    }
}
