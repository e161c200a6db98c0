package io.jakube.agent.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs commands as child processes, optionally behind a prefix such as {@code ip netns exec NAME}. */
public final class ProcessHostCommands implements HostCommands {
    private static final long TIMEOUT_SECONDS = 30;

    private final List<String> prefix;

    public ProcessHostCommands(String... prefix) {
        this.prefix = List.of(prefix);
    }

    @Override
    public Result run(List<String> command, String input) throws IOException {
        requireNonNull(input, "input is null");
        List<String> words = new ArrayList<>(prefix);
        words.addAll(command);
        Process process = start(words);
        try {
            CompletableFuture<String> output = read(process.getInputStream());
            CompletableFuture<String> error = read(process.getErrorStream());
            feed(process, input);
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(String.join(" ", words) + " did not end within " + TIMEOUT_SECONDS + " seconds");
            }
            return new Result(process.exitValue(), output.join(), error.join());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running " + words.getFirst(), e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(List<String> words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words);
        Map<String, String> environment = builder.environment();
        environment.put("LC_ALL", "C");
        environment.merge("PATH", "/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin", (own, more) -> own + ":" + more);
        return builder.start();
    }

    /** A program that stops reading early says why by its exit code, so a broken pipe is no error of its own. */
    private static void feed(Process process, String input) {
        try (OutputStream out = process.getOutputStream()) {
            out.write(input.getBytes(UTF_8));
        } catch (IOException e) {
            if (input.isEmpty()) {
                return;
            }
        }
    }

    private static CompletableFuture<String> read(InputStream in) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (in) {
                text.complete(new String(in.readAllBytes(), UTF_8));
            } catch (IOException e) {
                text.complete("");
            }
        });
        return text;
    }
}
