package io.jakube.agent.pull;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Whether a registry can be reached, remembered for a while. Thread-safe. */
class Registries {
    private static final Duration REMEMBERED = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofMillis(250);
    private static final int CONNECT_MILLIS = 3000;

    private record Known(boolean answers, Instant until) {}

    private final Map<String, Known> known = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Boolean>> trials = new ConcurrentHashMap<>();

    /** @param registry host, with a port if it is not 443; waits a quarter of a second at most, and silence counts as no */
    boolean answers(String registry) {
        Known last = known.get(registry);
        if (last != null && Instant.now().isBefore(last.until())) {
            return last.answers();
        }
        CompletableFuture<Boolean> trial = trials.computeIfAbsent(registry, this::start);
        try {
            return trial.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private CompletableFuture<Boolean> start(String registry) {
        CompletableFuture<Boolean> result = new CompletableFuture<>();
        Thread.ofVirtual().name("registry-" + registry).start(() -> {
            boolean answers = connects(registry.equals("docker.io") ? "registry-1.docker.io" : registry);
            known.put(registry, new Known(answers, Instant.now().plus(REMEMBERED)));
            result.complete(answers);
            trials.remove(registry);
        });
        return result;
    }

    private static boolean connects(String registry) {
        int colon = registry.lastIndexOf(':');
        String host = colon < 0 ? registry : registry.substring(0, colon);
        int port = colon < 0 ? 443 : Integer.parseInt(registry.substring(colon + 1));
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
