package io.jakube.agent.logs;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What to read of a log (API reference, PodLogOptions).
 *
 * @param stream {@code All}, {@code Stdout} or {@code Stderr}
 */
public record LogOptions(boolean follow, boolean timestamps, OptionalLong tailLines, Optional<Instant> since, OptionalLong limitBytes, String stream) {
    boolean wants(LogLine line) {
        return switch (stream) {
            case "Stdout" -> !line.stderr();
            case "Stderr" -> line.stderr();
            default -> true;
        };
    }
}
